/**
 * Property values as the kind they are meant to be. A value of another kind counts as absent, for objects come from
 * anybody who can write to the file.
 */
import type { DesignObject, Json } from "@easel/document"

/** Where properties are read from: an object, or a span of a text before its object. */
export type Read = (path: string) => Json | undefined

export const readerOf = (object: DesignObject): Read => (path) => object.get(path)

export const numberAt = (read: Read, path: string): number | undefined => {
  const value = read(path)
  return typeof value === "number" ? value : undefined
}

export const textAt = (read: Read, path: string): string | undefined => {
  const value = read(path)
  return typeof value === "string" ? value : undefined
}

export const numbersOf = (value: Json | undefined): ReadonlyArray<number> =>
  isList(value) && value.every((item) => typeof item === "number") ? value : []

/** A share of the whole, such as an opacity; 1 when absent. */
export const shareAt = (read: Read, path: string): number => Math.min(Math.max(numberAt(read, path) ?? 1, 0), 1)

export const isList = (value: Json | undefined): value is ReadonlyArray<Json> => Array.isArray(value)

export const isRecord = (value: Json | undefined): value is { readonly [key: string]: Json } =>
  typeof value === "object" && value !== null && !Array.isArray(value)
