/**
 * The difference of two documents for people and programs that look at it: what is new, gone, changed and moved. What
 * becomes of it is `difference`'s business.
 */
import type { DesignObject, Parent } from "./DesignObject.ts"
import type { Document } from "./Document.ts"
import type { Json } from "./Json.ts"
import { isSamePlace, placeOf } from "./places.ts"
import { propertiesApart, type PropertyApart } from "./properties.ts"

/** Most entries of each list, unless said otherwise. */
const entriesMax = 1_000

/** Longest JSON text of a value that is shown, in characters, unless said otherwise. */
const valueCharsMax = 1_000

export interface Description {
  /** Objects that are there in `to` and are not, or are deleted, in `from`. */
  readonly created: ReadonlyArray<string>
  /** The other way round. */
  readonly deleted: ReadonlyArray<string>
  readonly changed: ReadonlyArray<{ readonly objectId: string; readonly paths: ReadonlyArray<ChangedProperty> }>
  readonly moved: ReadonlyArray<{ readonly objectId: string; readonly from: Parent; readonly to: Parent }>
  /** How many were left out; of `changed`, properties. */
  readonly truncated: { readonly created: number; readonly deleted: number; readonly changed: number; readonly moved: number }
}

interface ChangedProperty {
  readonly path: string
  /** `null` where the property is not set; absent where its value is too long to be shown. */
  readonly from?: Json
  readonly to?: Json
}

/**
 * Lists are in order of id. Of an object that is there in both documents, properties and place are compared; what lies
 * in a deleted object is not counted as deleted. Costs in proportion to what the documents do not share.
 */
export const describe = (
  from: Document,
  to: Document,
  limits: { readonly entriesMax?: number; readonly valueCharsMax?: number } = {}
): Description => {
  const max = limits.entriesMax ?? entriesMax
  const created: Array<string> = []
  const deleted: Array<string> = []
  const moved: Array<Description["moved"][number]> = []
  const properties: Array<PropertyApart & { readonly objectId: string }> = []
  for (const objectId of from.idsApart(to)) {
    const before = present(from, objectId)
    const after = present(to, objectId)
    if (before === undefined && after !== undefined) created.push(objectId)
    if (before !== undefined && after === undefined) deleted.push(objectId)
    if (before === undefined || after === undefined) continue
    if (!isSamePlace(placeOf(before), placeOf(after))) moved.push({ objectId, from: placeOf(before), to: placeOf(after) })
    for (const property of propertiesApart(before, after)) properties.push({ objectId, ...property })
  }
  return {
    created: created.slice(0, max),
    deleted: deleted.slice(0, max),
    changed: byObject(properties.slice(0, max), limits.valueCharsMax ?? valueCharsMax),
    moved: moved.slice(0, max),
    truncated: {
      created: Math.max(0, created.length - max),
      deleted: Math.max(0, deleted.length - max),
      changed: Math.max(0, properties.length - max),
      moved: Math.max(0, moved.length - max)
    }
  }
}

const present = (document: Document, id: string): DesignObject | undefined => {
  const object = document.get(id)
  return object?.deleted === true ? undefined : object
}

const byObject = (properties: ReadonlyArray<PropertyApart & { readonly objectId: string }>, charsMax: number): Description["changed"] => {
  const paths = new Map<string, Array<ChangedProperty>>()
  for (const { from, objectId, path, to } of properties) {
    const changed = { path, ...(isShort(from, charsMax) ? { from } : {}), ...(isShort(to, charsMax) ? { to } : {}) }
    const known = paths.get(objectId)
    if (known === undefined) paths.set(objectId, [changed])
    else known.push(changed)
  }
  return Array.from(paths, ([objectId, paths]) => ({ objectId, paths }))
}

const isShort = (value: Json, charsMax: number): boolean => JSON.stringify(value).length <= charsMax
