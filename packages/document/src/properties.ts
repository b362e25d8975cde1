/** The properties of objects as readers see them: without type, place and `_deleted`, and without cleared ones. */
import { deletedPath, type DesignObject, parentPath, typePath } from "./DesignObject.ts"
import { canonicalText, type Json } from "./Json.ts"

export interface PropertyApart {
  readonly path: string
  /** `null` where it is not set. */
  readonly from: Json
  readonly to: Json
}

export const propertiesOf = (object: DesignObject): ReadonlyArray<readonly [path: string, value: Json]> =>
  object.paths.flatMap((path, index): ReadonlyArray<readonly [string, Json]> => {
    const value = object.values[index] ?? null
    return isProperty(path) && value !== null ? [[path, value]] : []
  })

/** The properties that two objects do not have alike, in the order of `from`'s, then `to`'s. */
export const propertiesApart = (from: DesignObject, to: DesignObject): ReadonlyArray<PropertyApart> => {
  if (from === to) return []
  const apart: Array<PropertyApart> = []
  const add = (path: string, before: Json, after: Json): void => {
    if (isProperty(path) && !isSameValue(before, after)) apart.push({ path, from: before, to: after })
  }
  const hasSamePaths = from.paths === to.paths
  from.paths.forEach((path, index) => add(path, from.values[index] ?? null, (hasSamePaths ? to.values[index] : to.get(path)) ?? null))
  if (!hasSamePaths) {
    to.paths.forEach((path, index) => {
      if (!from.paths.includes(path)) add(path, null, to.values[index] ?? null)
    })
  }
  return apart
}

const isProperty = (path: string): boolean => path !== typePath && path !== parentPath && path !== deletedPath

const isSameValue = (a: Json, b: Json): boolean =>
  a === b || (typeof a === "object" && typeof b === "object" && canonicalText(a) === canonicalText(b))
