/**
 * Objects as editors see them: `{id, type, parentId, orderKey, ...properties}`, free properties under `data`, and
 * `_deleted: true` on one that was deleted itself.
 *
 * The view has no stamps. `fromView` gives every register the zero stamp, so that any operation after the snapshot
 * wins over it, which is right because the actor sends only operations that won.
 */
import { deletedPath, DesignObject, make, parentPath, type RegisterWrite, typePath } from "./DesignObject.ts"
import { type Document, effectiveParentId, empty } from "./Document.ts"
import type { Json } from "./Json.ts"
import { dataPrefix } from "./ObjectTypes.ts"
import * as Stamp from "./Stamp.ts"

export type ObjectView = { readonly id: string; readonly type: string } & { readonly [property: string]: Json }

export const toView = (object: DesignObject): ObjectView => {
  const view: Record<string, Json> = { id: object.id, type: object.type ?? "" }
  const parent = object.parent
  if (parent !== undefined) {
    view.parentId = parent.parentId
    view.orderKey = parent.orderKey
  }
  let data: Record<string, Json> | undefined
  for (let index = 0; index < object.paths.length; index++) {
    const path = object.paths[index]
    const value = object.values[index]
    if (path === undefined || value === undefined) continue
    if (path === typePath || path === parentPath || (path === deletedPath && value === false)) continue
    if (path.startsWith(dataPrefix)) (data ??= {})[path.slice(dataPrefix.length)] = value
    else view[path] = value
  }
  if (data !== undefined) view.data = data
  // SAFETY: id and type were set above.
  return view as ObjectView
}

/** JSON text of `toView`, made in one pass. Paths need no escaping: their grammar allows none of `"` and `\\`. */
export const toViewText = (object: DesignObject): string => {
  let text = `{"id":"${object.id}","type":"${object.type ?? ""}"`
  let data = ""
  for (let index = 0; index < object.paths.length; index++) {
    const path = object.paths[index]
    const value = object.values[index]
    if (path === undefined || value === undefined || path === typePath) continue
    if (path === parentPath) {
      const parent = object.parent
      if (parent === undefined) continue
      const parentId = parent.parentId === null ? "null" : `"${parent.parentId}"`
      text += `,"parentId":${parentId},"orderKey":"${parent.orderKey}"`
    } else if (path.startsWith(dataPrefix)) {
      data += `${data === "" ? "" : ","}"${path.slice(dataPrefix.length)}":${JSON.stringify(value)}`
    } else if (path !== deletedPath || value === true) {
      // -0 is 0 in JSON; every other finite number has the same text in JSON and in JavaScript.
      text += typeof value === "number" && value !== 0 ? `,"${path}":${value}` : `,"${path}":${JSON.stringify(value)}`
    }
  }
  return data === "" ? `${text}}` : `${text},"data":{${data}}}`
}

/** The document of a snapshot: live and deleted objects in any order. */
export const fromViews = (views: Iterable<ObjectView>): Document =>
  empty.edit((draft) => {
    for (const view of views) draft.put(undefined, fromView(view))
  })

const fromView = (view: ObjectView): DesignObject => {
  const { id, type, parentId = null, orderKey = "a0", data, ...properties } = view
  const writes: Array<RegisterWrite> = [{ path: typePath, value: type }, { path: parentPath, value: { parentId, orderKey } }]
  for (const path of Object.keys(properties)) writes.push({ path, value: properties[path] ?? null })
  if (typeof data === "object" && data !== null && !Array.isArray(data)) {
    // SAFETY: not an array, so an object of Json values.
    for (const [key, value] of Object.entries(data as Record<string, Json>)) writes.push({ path: dataPrefix + key, value })
  }
  return make(id, writes, Stamp.zero)
}

/** Objects in paint order, parents before children; an object is hidden when it or an ancestor is deleted. */
export function* inPaintOrder(document: Document): Generator<Painted> {
  const seen = new Set<string>()
  const parents = document.parentIds()
  yield* inSubtrees(document, parents, document.children(null), seen)
  if (seen.size === document.size) return
  // Only a merge without a sequencer makes cycles and orphans; they hang at the root (Document.effectiveParentId).
  for (const object of document.all()) {
    const parentId = effectiveParentId(document, object)
    const isRoot = parentId === null || document.get(parentId) === undefined
    if (isRoot) yield* inSubtrees(document, parents, [object].values(), seen)
  }
}

interface Painted {
  readonly object: DesignObject
  readonly hidden: boolean
}

function* inSubtrees(
  document: Document,
  parents: ReadonlySet<string>,
  roots: IterableIterator<DesignObject>,
  seen: Set<string>
): Generator<Painted> {
  const stack = [{ children: roots, hidden: false }]
  for (let top = stack.at(-1); top !== undefined; top = stack.at(-1)) {
    const next = top.children.next()
    if (next.done === true) {
      stack.pop()
      continue
    }
    const object = next.value
    if (seen.has(object.id)) continue
    const hidden = top.hidden || object.deleted
    seen.add(object.id)
    yield { object, hidden }
    if (parents.has(object.id)) stack.push({ children: document.children(object.id), hidden })
  }
}
