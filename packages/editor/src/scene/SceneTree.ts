/**
 * The nodes of a scene by id and as ordered siblings, and their index by place.
 *
 * An entry stays the same while its node is replaced; entries that paint are in the R-tree. Numbers for the paint
 * order are given when somebody asks after the structure has changed, in one walk.
 */
import RBush from "rbush"
import type { Box } from "./Box.ts"
import type { SceneNode } from "./SceneNode.ts"
import { shapeOf } from "./Shape.ts"

export interface Entry {
  node: SceneNode
  readonly children: Array<Entry>
  /** Place in the paint order; parents before children. */
  order: number
  /** Whether it hangs at the file only because its parent is missing or below it; such come last. */
  stray: boolean
  minX: number
  minY: number
  maxX: number
  maxY: number
  indexed: boolean
}

export class SceneTree {
  readonly #entries = new Map<string, Entry>()
  readonly #roots: Array<Entry> = []
  readonly #index = new RBush<Entry>()
  #orderStale = false
  /** Entries to be indexed at once: loading many is far cheaper than inserting them one by one. */
  #toIndex: Array<Entry> = []

  get size(): number {
    return this.#entries.size
  }

  get(id: string): Entry | undefined {
    return this.#entries.get(id)
  }

  entries(): Iterable<Entry> {
    return this.#entries.values()
  }

  childrenOf(id: string | null): ReadonlyArray<Entry> {
    return id === null ? this.#roots : (this.#entries.get(id)?.children ?? [])
  }

  /** Adds an entry below the node's parent, which must be there. */
  add(node: SceneNode, stray: boolean): Entry {
    const entry = { node, children: [], order: 0, stray, minX: 0, minY: 0, maxX: 0, maxY: 0, indexed: false }
    this.#entries.set(node.id, entry)
    this.#attach(entry)
    this.#toIndex.push(entry)
    return entry
  }

  /** Replaces the node; when parent or order key differ, the entry moves among its siblings. */
  replace(entry: Entry, node: SceneNode, stray: boolean): void {
    const moves = entry.node.parentId !== node.parentId || orderKeyOf(entry.node) !== orderKeyOf(node) || entry.stray !== stray
    if (moves) this.#detach(entry)
    entry.node = node
    entry.stray = stray
    if (moves) this.#attach(entry)
    if (entry.indexed && sameBox(entry, node.paintBounds) && paints(node)) return
    this.#unindex(entry)
    this.#toIndex.push(entry)
  }

  /** Removes one entry; its children must be gone or follow. */
  remove(entry: Entry): void {
    this.#detach(entry)
    this.#entries.delete(entry.node.id)
    this.#unindex(entry)
  }

  /** The visible entries whose paint may touch the box, in no order. */
  search({ x, y, width, height }: Box): Array<Entry> {
    this.#flush()
    return this.#index.search({ minX: x, minY: y, maxX: x + width, maxY: y + height })
  }

  /** Sorts entries by paint order, bottom first. */
  sort(entries: Array<Entry>): Array<Entry> {
    if (this.#orderStale) this.#number()
    return entries.sort(byOrder)
  }

  /** All visible nodes, bottom first. */
  *inPaintOrder(siblings: ReadonlyArray<Entry> = this.#roots): Generator<SceneNode> {
    for (const entry of siblings) {
      if (entry.node.visible) yield entry.node
      if (entry.node.visible && entry.children.length > 0) yield* this.inPaintOrder(entry.children)
    }
  }

  #attach(entry: Entry): void {
    const siblings = this.#siblings(entry)
    // Most are added at the end.
    const last = siblings.at(-1)
    if (last === undefined || compare(last, entry) < 0) siblings.push(entry)
    else siblings.splice(placeOf(siblings, entry), 0, entry)
    this.#orderStale = true
  }

  #detach(entry: Entry): void {
    const siblings = this.#siblings(entry)
    const place = placeOf(siblings, entry)
    const found = siblings[place] === entry ? place : siblings.indexOf(entry)
    if (found !== -1) siblings.splice(found, 1)
    this.#orderStale = true
  }

  #siblings({ node }: Entry): Array<Entry> {
    if (node.parentId === null) return this.#roots
    // The list of a parent that was removed first is gone with it.
    return this.#entries.get(node.parentId)?.children ?? []
  }

  #unindex(entry: Entry): void {
    if (!entry.indexed) return
    this.#index.remove(entry)
    entry.indexed = false
  }

  #flush(): void {
    if (this.#toIndex.length === 0) return
    const entries: Array<Entry> = []
    for (const entry of this.#toIndex) {
      if (entry.indexed || this.#entries.get(entry.node.id) !== entry || !paints(entry.node)) continue
      const { x, y, width, height } = entry.node.paintBounds
      entry.minX = x
      entry.minY = y
      entry.maxX = x + width
      entry.maxY = y + height
      entry.indexed = true
      entries.push(entry)
    }
    this.#toIndex = []
    if (entries.length > loadMin) this.#index.load(entries)
    else for (const entry of entries) this.#index.insert(entry)
  }

  #number(): void {
    let next = 0
    const number = (entries: ReadonlyArray<Entry>): void => {
      for (const entry of entries) {
        entry.order = next++
        if (entry.children.length > 0) number(entry.children)
      }
    }
    number(this.#roots)
    this.#orderStale = false
  }
}

/** From so many on, bulk loading is cheaper than inserting. */
const loadMin = 64

/** Whether the node itself, apart from children, is anything on the page. */
const paints = (node: SceneNode): boolean => {
  const { kind } = shapeOf(node.object)
  return node.visible && kind !== "children" && kind !== "nothing"
}

const sameBox = ({ minX, minY, maxX, maxY }: Entry, { x, y, width, height }: Box): boolean =>
  minX === x && minY === y && maxX === x + width && maxY === y + height

const byOrder = (one: Entry, other: Entry): number => one.order - other.order

const orderKeyOf = (node: SceneNode): string => node.object.parent?.orderKey ?? ""

/** Siblings by order key and id, as in the document; strays last and by id. */
const compare = (one: Entry, other: Entry): number => {
  if (one.stray !== other.stray) return one.stray ? 1 : -1
  return (one.stray ? 0 : byText(orderKeyOf(one.node), orderKeyOf(other.node))) || byText(one.node.id, other.node.id)
}

const byText = (one: string, other: string): number => (one < other ? -1 : one > other ? 1 : 0)

/** Where the entry is, or belongs, among sorted siblings. */
const placeOf = (siblings: ReadonlyArray<Entry>, entry: Entry): number => {
  let low = 0
  let high = siblings.length
  while (low < high) {
    const middle = (low + high) >> 1
    const sibling = siblings[middle]
    if (sibling !== undefined && compare(sibling, entry) < 0) low = middle + 1
    else high = middle
  }
  return low
}
