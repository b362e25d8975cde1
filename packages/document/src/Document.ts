/**
 * The document of one file: objects by id and siblings by order key, as persistent ordered trees.
 *
 * A document never changes; `edit` returns a new one that shares all untouched nodes with the old, so a committed
 * state, a snapshot being encoded and a batch in flight can be held side by side for the price of the difference.
 * Merging is commutative, associative and idempotent: a document is a function of the set of (write, stamp) pairs.
 */
import sorted from "sorted-btree"
import diffAgainst from "sorted-btree/extended/diffAgainst.js"
import { deletedPath, DesignObject, make as makeObject, type Parent, parentPath, type RegisterWrite } from "./DesignObject.ts"
import type * as Stamp from "./Stamp.ts"
import type { Steps } from "./Steps.ts"

const BTree = sorted.default
type Tree<Value> = sorted.default<string, Value>

const byCodeUnits = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)

export class Document {
  private readonly objects: Tree<DesignObject>
  /** `parentId NUL orderKey NUL id` -> id; the root's parentId is empty. */
  private readonly siblings: Tree<string>

  constructor(objects: Tree<DesignObject>, siblings: Tree<string>) {
    this.objects = objects
    this.siblings = siblings
  }

  /** An object that has been created, deleted or not. */
  get(id: string): DesignObject | undefined {
    const object = this.objects.get(id)
    return object?.type === undefined ? undefined : object
  }

  /** Whatever was written to under an id, created or not. */
  getHeld(id: string): DesignObject | undefined {
    return this.objects.get(id)
  }

  /** How many objects are held, deleted ones included. */
  get size(): number {
    return this.objects.size
  }

  /** All created objects in order of id, deleted ones included. */
  *all(): IterableIterator<DesignObject> {
    for (const object of this.objects.values()) if (object.type !== undefined) yield object
  }

  /** Everything that was written to, created or not, in order of id: what a checkpoint must hold. */
  held(): IterableIterator<DesignObject> {
    return this.objects.values()
  }

  /** The children of an object (`null`: of the file) in order, deleted ones included. */
  *children(parentId: string | null): IterableIterator<DesignObject> {
    const prefix = siblingPrefix(parentId)
    for (const [key, id] of this.siblings.entries(prefix)) {
      if (!key.startsWith(prefix)) return
      const object = this.get(id)
      if (object !== undefined) yield object
    }
  }

  /** The ids of all objects that have children. Costs a look-up per parent, not per object. */
  parentIds(): ReadonlySet<string> {
    const parents = new Set<string>()
    for (let key = this.siblings.nextHigherKey(afterPrefix(siblingPrefix(null))); key !== undefined;) {
      const parentId = key.slice(0, key.indexOf("\u0000"))
      parents.add(parentId)
      key = this.siblings.nextHigherKey(afterPrefix(siblingPrefix(parentId)))
    }
    return parents
  }

  /** The highest order key among the children of a parent, or `null`. */
  lastOrderKey(parentId: string | null): string | null {
    const prefix = siblingPrefix(parentId)
    const last = this.siblings.nextLowerKey(afterPrefix(prefix))
    return last?.startsWith(prefix) === true ? orderKeyOf(last, prefix) : null
  }

  /** The lowest order key above `orderKey` among the children of a parent, or `null`. */
  nextOrderKey(parentId: string | null, orderKey: string): string | null {
    const prefix = siblingPrefix(parentId)
    const next = this.siblings.nextHigherKey(`${prefix}${orderKey}\u0001`)
    return next?.startsWith(prefix) === true ? orderKeyOf(next, prefix) : null
  }

  /**
   * Whether a sibling that counts has the key and is not deleted. What was deleted keeps its key for its return, and
   * must not push away what an undo brings back to it meanwhile.
   */
  orderKeyTaken(parentId: string | null, orderKey: string, counts: (id: string) => boolean): boolean {
    const prefix = `${siblingPrefix(parentId)}${orderKey}\u0000`
    let key = this.siblings.nextHigherKey(prefix)
    while (key?.startsWith(prefix) === true) {
      const id = this.siblings.get(key)
      if (id !== undefined && counts(id) && this.objects.get(id)?.deleted !== true) return true
      key = this.siblings.nextHigherKey(key)
    }
    return false
  }

  /**
   * The ids of all that is not the very same object here and in `other`, created or not, in order. Costs in proportion
   * to the nodes that the two do not share; documents that share nothing are walked whole.
   */
  idsApart(other: Document): ReadonlyArray<string> {
    const ids: Array<string> = []
    const add = (id: string): void => void ids.push(id)
    diffAgainst.default(this.objects, other.objects, add, add, add)
    // The trees are walked from the end.
    return ids.reverse()
  }

  /** Whether more than so many objects are not the very same here and in `other`. Costs what that many cost at most. */
  isApart(other: Document, objects: number): boolean {
    let count = 0
    const add = (): { break: true } | void => {
      if (++count > objects) return { break: true }
    }
    return diffAgainst.default(this.objects, other.objects, add, add, add) === true
  }

  /** Applies a group of writes to a copy. `change` must not keep the draft. */
  edit(change: (draft: Draft) => void): Document {
    const draft = new Draft(this.objects.clone(), this.siblings.clone())
    change(draft)
    return draft
  }
}

/** A document that is being edited or made; it reads its own writes. Only `Document.edit` and `begin` make one. */
export class Draft extends Document {
  private readonly mutableObjects: Tree<DesignObject>
  private readonly mutableSiblings: Tree<string>

  constructor(objects: Tree<DesignObject>, siblings: Tree<string>) {
    super(objects, siblings)
    this.mutableObjects = objects
    this.mutableSiblings = siblings
  }

  /** Merges register writes of one operation. Returns whether at least one of them won. */
  write(objectId: string, writes: ReadonlyArray<RegisterWrite>, stamp: Stamp.Stamp): boolean {
    const before = this.mutableObjects.get(objectId)
    const after = before === undefined ? makeObject(objectId, writes, stamp) : before.write(writes, stamp)
    if (after === before) return false
    this.put(before, after)
    return true
  }

  /** Puts an object with all its registers and stamps, replacing what stood under its id. */
  put(before: DesignObject | undefined, after: DesignObject): void {
    this.mutableObjects.set(after.id, after)
    const from = before?.parent
    const to = after.parent
    if (from === to) return
    if (from !== undefined) this.mutableSiblings.delete(siblingKey(from, after.id))
    if (to !== undefined) this.mutableSiblings.set(siblingKey(to, after.id), after.id)
  }

  /** What was made. The draft must not be written to any more. */
  finished(): Document {
    return new Document(this.mutableObjects, this.mutableSiblings)
  }

  /** Removes what stands under an id. Only a state that never had it is reached like that; editors delete. */
  remove(object: DesignObject): void {
    this.mutableObjects.delete(object.id)
    if (object.parent !== undefined) this.mutableSiblings.delete(siblingKey(object.parent, object.id))
  }
}

/** For who makes a document from nothing in several steps: nothing is copied in between, as `edit` would. */
export const begin = (): Draft => new Draft(new BTree(undefined, byCodeUnits), new BTree(undefined, byCodeUnits))

export const empty: Document = begin().finished()

/** Objects in order of id, some at a time. */
export type ObjectsInOrder = Iterable<ReadonlyArray<DesignObject>>

/** The document that holds these objects, in as many steps as they come in. */
export function* fromObjects(groups: ObjectsInOrder): Steps<Document> {
  const draft = begin()
  for (const objects of groups) {
    for (const object of objects) draft.put(undefined, object)
    yield
  }
  return draft.finished()
}

/**
 * The parent that readers see. Registers merged without a sequencer can form a cycle; then the member whose parent
 * was written last hangs at the root, which breaks every cycle at exactly one place and in every replica alike.
 */
export const effectiveParentId = (document: Document, object: DesignObject): string | null => {
  const parentId = object.parent?.parentId ?? null
  const seen = new Set([object.id])
  let newest = object
  for (let id = parentId; id !== null;) {
    if (id === object.id) return newest === object ? null : parentId
    if (seen.has(id)) return parentId
    seen.add(id)
    const next = document.get(id)
    if (next === undefined) return parentId
    if (isNewerParent(next, newest)) newest = next
    id = next.parent?.parentId ?? null
  }
  return parentId
}

/** Whether hanging `objectId` under `parentId` would make it its own ancestor. */
export const wouldCycle = (document: Document, objectId: string, parentId: string | null): boolean => {
  for (let id = parentId; id !== null;) {
    if (id === objectId) return true
    const ancestor = document.get(id)
    if (ancestor === undefined) return false
    id = effectiveParentId(document, ancestor)
  }
  return false
}

/** Whether an object is shown: created, and neither it nor an ancestor deleted. */
export const isVisible = (document: Document, object: DesignObject): boolean => {
  for (let current: DesignObject | undefined = object; current !== undefined;) {
    if (current.get(deletedPath) === true) return false
    const parentId: string | null = effectiveParentId(document, current)
    current = parentId === null ? undefined : document.get(parentId)
  }
  return true
}

const isNewerParent = (a: DesignObject, b: DesignObject): boolean => {
  const stampA = a.stampOf(parentPath)
  const stampB = b.stampOf(parentPath)
  if (stampA === undefined || stampB === undefined) return stampA !== undefined
  if (stampA.timestamp !== stampB.timestamp) return stampA.timestamp > stampB.timestamp
  if (stampA.clientId !== stampB.clientId) return stampA.clientId > stampB.clientId
  return stampA.counter !== stampB.counter ? stampA.counter > stampB.counter : a.id > b.id
}

const siblingPrefix = (parentId: string | null): string => `${parentId ?? ""}\u0000`
const siblingKey = (parent: Parent, id: string): string => `${siblingPrefix(parent.parentId)}${parent.orderKey}\u0000${id}`
const afterPrefix = (prefix: string): string => `${prefix.slice(0, -1)}\u0001`
const orderKeyOf = (key: string, prefix: string): string => key.slice(prefix.length, key.indexOf("\u0000", prefix.length))
