/**
 * The difference of two documents as changes: what somebody does to one of them so that its readers see the other.
 *
 * Both are states of files as their actors keep them: parents exist, nobody is his own ancestor. The changes are in
 * an order in which each is valid where it stands. Objects go to their places from the top of the tree as it will be:
 * all above an object is where it stays when the object is hung under it, so no move makes a cycle on the way, however
 * objects changed places.
 */
import type { Change } from "./Change.ts"
import { deletedPath, type DesignObject, type Parent } from "./DesignObject.ts"
import type { Document } from "./Document.ts"
import type { Json } from "./Json.ts"
import { isObjectType, type ObjectType } from "./ObjectTypes.ts"
import { objectsPerStep, placesFromTheTop } from "./places.ts"
import { propertiesApart, propertiesOf } from "./properties.ts"
import { type Extent, extentOf, type Scope } from "./Scope.ts"
import { eachInSteps, finish, type Steps } from "./Steps.ts"
import { checkProperty, createPropertiesMax } from "./validateOperation.ts"

/**
 * Changes that turn what readers see of `from` into what they see of `to`; none if they see the same.
 *
 * Afterwards every object of `to` is as it is there: deleted or not, in its exact place, with all properties. A
 * cleared property (`null`) counts as one that was never set, and properties that `to` does not have are cleared. What
 * is only in `from` is deleted: of such objects in each other the outermost, and the rest is hidden with it. So the
 * visible digests are equal. An object keeps its type, whatever it is in `to`, and takes what properties the type has.
 *
 * Each register is changed once. The exception: an object created where a sibling has its key right then is moved
 * there afterwards, because only a move says `exact`.
 *
 * With a scope, nothing outside of it is changed. An object of the scope whose parent is outside, and missing or
 * hidden now, hangs at the nearest ancestor it had in `to` that is there, or else at the root, with the key it had. If
 * parents inside and outside would form a cycle, one of its members hangs at the root.
 *
 * Costs in proportion to what the documents do not share (`Document.idsApart`), and the depth of the tree above it;
 * with a scope, to its size.
 */
export const difference = (from: Document, to: Document, scope?: Scope): ReadonlyArray<Change> => finish(differenceSteps(from, to, scope))

/** The same in steps. */
export function* differenceSteps(from: Document, to: Document, scope?: Scope): Steps<ReadonlyArray<Change>> {
  const extent = extentOf(scope, from, to)
  const changes: Array<Change> = []
  const keys = new KeysOnTheWay(from)
  yield
  // Deleted objects hold no order keys, so deleting comes first and restoring last.
  for (const objectId of deletions(from, to, extent)) {
    changes.push({ operationType: "delete", objectId })
    keys.leave(objectId)
  }
  yield* eachInSteps(yield* placesFromTheTop(from, to, extent), objectsPerStep, ([objectId, place]) => {
    const object = to.get(objectId)
    if (from.get(objectId) !== undefined || object === undefined) {
      changes.push({ operationType: "move", objectId, ...place, exact: true })
      keys.move(objectId, place)
      return
    }
    const [creation, ...rest] = creationOf(object, place)
    changes.push(creation)
    if (keys.areTaken(place, objectId)) changes.push({ operationType: "move", objectId, ...place, exact: true })
    if (object.deleted) changes.push({ operationType: "delete", objectId })
    else keys.take(place)
    changes.push(...rest)
  })
  yield* eachInSteps(extent.ids, objectsPerStep, (id) => void changes.push(...updates(from.get(id), to.get(id), extent)))
  for (const objectId of extent.ids) if (isRestored(from, to, extent, objectId)) changes.push({ operationType: "restore", objectId })
  return changes
}

/** Which places are taken while the changes are made one by one. What is deleted takes none. */
class KeysOnTheWay {
  private readonly from: Document
  private readonly left = new Set<string>()
  private readonly taken = new Set<string>()

  constructor(from: Document) {
    this.from = from
  }

  /** By somebody else than the object. */
  areTaken(place: Parent, objectId: string): boolean {
    const counts = (id: string): boolean => id !== objectId && !this.left.has(id)
    return this.taken.has(nameOf(place)) || this.from.orderKeyTaken(place.parentId, place.orderKey, counts)
  }

  take(place: Parent): void {
    this.taken.add(nameOf(place))
  }

  leave(id: string): void {
    this.left.add(id)
  }

  move(id: string, place: Parent): void {
    if (this.left.has(id) || this.from.get(id)?.deleted === true) return
    this.leave(id)
    this.take(place)
  }
}

const nameOf = ({ orderKey, parentId }: Parent): string => `${orderKey} ${parentId ?? ""}`

const deletions = (from: Document, to: Document, extent: Extent): ReadonlyArray<string> => {
  /** Whether it hides what is in it, and both are only in `from`: it is deleted, or will be, or hidden so itself. */
  const hides = (id: string | null): boolean => {
    for (let at = id; at !== null; at = from.get(at)?.parent?.parentId ?? null) {
      const now = from.get(at)
      if (now === undefined || to.get(at) !== undefined) return false
      if (now.deleted || extent.hasObject(at)) return true
    }
    return false
  }
  return extent.ids.filter((id) => {
    const now = from.get(id)
    if (now === undefined || now.deleted) return false
    const then = to.get(id)
    if (then !== undefined) return then.deleted && extent.hasRegister(id, deletedPath)
    return extent.hasObject(id) && !hides(now.parent?.parentId ?? null)
  })
}

const isRestored = (from: Document, to: Document, extent: Extent, id: string): boolean =>
  from.get(id)?.deleted === true && to.get(id)?.deleted === false && extent.hasRegister(id, deletedPath)

const updates = (now: DesignObject | undefined, then: DesignObject | undefined, extent: Extent): ReadonlyArray<Change> => {
  if (now === undefined || then === undefined) return []
  const type = typeOf(now)
  return propertiesApart(now, then)
    .filter(({ path, to }) => extent.hasRegister(now.id, path) && !isRefused(type, path, to))
    .map(({ path, to }) => ({ operationType: "update", objectId: now.id, propertyPath: path, newValue: to }))
}

/** A create, and updates for properties beyond those that fit into one. */
const creationOf = (object: DesignObject, place: Parent): readonly [Change, ...ReadonlyArray<Change>] => {
  const properties: Record<string, Json> = {}
  const rest: Array<Change> = []
  let count = 0
  for (const [path, value] of propertiesOf(object)) {
    if (count++ < createPropertiesMax) properties[path] = value
    else rest.push({ operationType: "update", objectId: object.id, propertyPath: path, newValue: value })
  }
  return [{ operationType: "create", objectId: object.id, objectType: typeOf(object), properties, ...place }, ...rest]
}

const isRefused = (type: ObjectType, path: string, value: Json): boolean => checkProperty(type, path, value) !== undefined

const typeOf = ({ id, type = "" }: DesignObject): ObjectType => {
  if (!isObjectType(type)) throw new Error(`difference: object ${id} has the unknown type ${type}`)
  return type
}
