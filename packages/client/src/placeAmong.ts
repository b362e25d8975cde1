/** Where among its siblings an object goes: order keys for `before`, `after`, `first` and `last`. */
import { type Change, type Document, OrderKey } from "@easel/document"

export type Placement = { readonly before: string } | { readonly after: string } | "first" | "last"

export interface Place {
  readonly key: string
  /** Moves of siblings that make room where keys have grown too long. Mostly empty. */
  readonly room: ReadonlyArray<Change>
}

/** A free key at a place among the children of a parent. `exceptId` is the object that will have it. */
export const placeAmong = (document: Document.Document, parentId: string | null, place: Placement, exceptId: string): Place => {
  if (place === "last") {
    const key = OrderKey.between(document.lastOrderKey(parentId), null)
    if (key !== undefined) return { key, room: [] }
  }
  const siblings = Array.from(document.children(parentId)).filter(({ id }) => id !== exceptId)
  const keys = siblings.map(({ parent }) => parent?.orderKey ?? "")
  const { key, respaced } = OrderKey.place(keys, indexOf(siblings.map(({ id }) => id), place))
  const room = respaced.flatMap(({ index, key: orderKey }): ReadonlyArray<Change> => {
    const sibling = siblings[index]
    return sibling === undefined ? [] : [{ operationType: "move", objectId: sibling.id, parentId, orderKey }]
  })
  return { key, room }
}

const indexOf = (ids: ReadonlyArray<string>, place: Placement): number => {
  if (place === "first") return 0
  if (place === "last") return ids.length
  const neighbour = "before" in place ? place.before : place.after
  const index = ids.indexOf(neighbour)
  if (index === -1) throw new Error("the neighbour is not a child of the parent")
  return "before" in place ? index : index + 1
}
