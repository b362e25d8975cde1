/**
 * Which part of a file a difference is about: whole objects, or some registers of some objects. Without a scope it is
 * the whole file.
 */
import type { Document } from "./Document.ts"

export type Scope =
  /** Objects with all that lies in them in either document: a page, a frame. */
  | { readonly _tag: "Subtrees"; readonly objectIds: ReadonlyArray<string> }
  | { readonly _tag: "Objects"; readonly objectIds: ReadonlyArray<string> }
  /** Registers by object: property paths, `parent` for the place, `_deleted`. None of them creates an object. */
  | { readonly _tag: "Registers"; readonly paths: ReadonlyMap<string, ReadonlySet<string>> }

/** A scope as two documents fill it. */
export interface Extent {
  /** Whatever may differ, in order of id. */
  readonly ids: ReadonlyArray<string>
  readonly hasObject: (id: string) => boolean
  readonly hasRegister: (id: string, path: string) => boolean
}

export const extentOf = (scope: Scope | undefined, from: Document, to: Document): Extent => {
  if (scope === undefined) return { ids: from.idsApart(to), hasObject: () => true, hasRegister: () => true }
  if (scope._tag === "Registers") {
    const { paths } = scope
    return { ids: [...paths.keys()].sort(), hasObject: () => false, hasRegister: (id, path) => paths.get(id)?.has(path) === true }
  }
  const ids = new Set(scope.objectIds)
  if (scope._tag === "Subtrees") for (const id of ids) addChildren(ids, id, from, to)
  const hasObject = (id: string): boolean => ids.has(id)
  return { ids: [...ids].sort(), hasObject, hasRegister: hasObject }
}

/** The set grows while it is walked, so that the children's children are reached as well. */
const addChildren = (ids: Set<string>, id: string, from: Document, to: Document): void => {
  for (const child of from.children(id)) ids.add(child.id)
  for (const child of to.children(id)) ids.add(child.id)
}
