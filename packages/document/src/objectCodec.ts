/**
 * An object with all its registers and stamps as JSON, and back. Decoding checks the shape and throws what its caller
 * says when something is wrong.
 */
import { DesignObject, parentPath, sharedPaths } from "./DesignObject.ts"
import { isJson, type Json } from "./Json.ts"
import * as Stamp from "./Stamp.ts"

/** The error of whoever decodes, for a reason. */
export type Invalid = (reason: string) => Error

/** `[id, paths, values, stamps]`; a stamp is `[timestamp, clientId, counter]`, and `stamps` is one stamp or one per path. */
export const encodeObject = (object: DesignObject): ReadonlyArray<Json> => [object.id, object.paths, object.values, encodeStamps(object)]

const encodeStamps = (object: DesignObject): Json =>
  hasOneStamp(object) ? encodeStamp(object.stampAt(0)) : object.paths.map((_, index) => encodeStamp(object.stampAt(index)))

/** Whether all registers of an object have the same stamp. */
export const hasOneStamp = (object: DesignObject): boolean =>
  object.paths.every((_, index) => Stamp.isSame(object.stampAt(index), object.stampAt(0)))

export const encodeStamp = (stamp: Stamp.Stamp): ReadonlyArray<Json> => [stamp.timestamp, stamp.clientId, stamp.counter]

export const decodeObject = (entry: unknown, invalid: Invalid): DesignObject => {
  if (!Array.isArray(entry) || entry.length !== 4) throw invalid("an object is not [id, paths, values, stamps]")
  const [id, pathList, values, stamps]: ReadonlyArray<unknown> = entry
  if (typeof id !== "string" || !isTextArray(pathList) || !isJsonArray(values) || !Array.isArray(stamps)) {
    throw invalid("an object has members of the wrong type")
  }
  const paths = sharedPaths(pathList)
  if (paths.length !== values.length) throw invalid(`object ${id} has ${paths.length} paths and ${values.length} values`)
  if (paths.some((path, index) => paths.indexOf(path, index + 1) !== -1)) throw invalid(`object ${id} has a path twice`)
  const parent = values[paths.indexOf(parentPath)]
  if (parent !== undefined && !isParent(parent)) throw invalid(`the parent of object ${id} is not {parentId, orderKey}`)
  const many: ReadonlyArray<unknown> = stamps
  if (Array.isArray(many[0])) {
    if (many.length !== paths.length) throw invalid(`object ${id} has ${many.length} stamps for ${paths.length} paths`)
    return new DesignObject(id, paths, values, many.map((stamp) => decodeStamp(stamp, invalid)))
  }
  return new DesignObject(id, paths, values, decodeStamp(many, invalid))
}

export const decodeStamp = (entry: unknown, invalid: Invalid): Stamp.Stamp => {
  if (!Array.isArray(entry) || entry.length !== 3) throw invalid("a stamp is not an array of three")
  const [timestamp, clientId, counter]: ReadonlyArray<unknown> = entry
  if (typeof timestamp !== "number" || typeof clientId !== "string" || typeof counter !== "number") {
    throw invalid("a stamp is not [timestamp, clientId, counter]")
  }
  if (!Number.isSafeInteger(timestamp) || !Number.isSafeInteger(counter)) throw invalid("a stamp is not of whole numbers")
  return { timestamp, clientId, counter }
}

export const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === "object" && value !== null
export const isParent = (value: unknown): boolean =>
  isRecord(value) && typeof value.orderKey === "string" && (value.parentId === null || typeof value.parentId === "string")
export const isTextArray = (value: unknown): value is ReadonlyArray<string> =>
  Array.isArray(value) && value.every((item) => typeof item === "string")
export const isJsonArray = (value: unknown): value is ReadonlyArray<Json> => Array.isArray(value) && value.every(isJson)
