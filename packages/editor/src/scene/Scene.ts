/**
 * The document as placed nodes, derived and kept up to date object by object.
 *
 * After `update` the scene equals one built from the whole document, at the price of what changed and of what hangs
 * below containers that moved. Deleted objects are not in it, hidden ones are, with `visible: false`. It remembers
 * where the picture has changed until `takeDamage` is asked. No DOM: fonts are measured by whoever sets `measureText`.
 */
import { type DesignObject, Document } from "@easel/document"
import * as Box from "./Box.ts"
import { guessTextSize, type MeasureText } from "./Font.ts"
import { showsThrough, touches } from "./hitTest.ts"
import { aroundChildren, isAsLargeAsChildren, placeNode } from "./placeNode.ts"
import type { Point } from "./Point.ts"
import type { SceneNode } from "./SceneNode.ts"
import { type Entry, SceneTree } from "./SceneTree.ts"

export type { SceneNode } from "./SceneNode.ts"

/** Where the picture has changed: boxes on the page, or the whole of it. */
export type Damage = "everything" | ReadonlyArray<Box.Box>

/** More boxes than this are one box around all of them. */
const damageBoxesMax = 256

/** From so many changed objects on, a scene is built anew when that is also a good part of it. */
const changesMax = 2_000

export class Scene {
  #tree = new SceneTree()
  #version = 0
  #measure: MeasureText = guessTextSize
  #hasCycles = false
  #damage: "everything" | Array<Box.Box> = []
  /** Groups whose boxes are to be fitted to their children. */
  readonly #loose = new Set<Entry>()
  #bounds: { readonly version: number; readonly box: Box.Box | undefined } = { version: -1, box: undefined }

  /** Takes over a document. `objectIds` are those that may differ from the last one; absent: all may. */
  update(document: Document.Document, objectIds?: ReadonlySet<string>): void {
    this.#version++
    const isMany = objectIds === undefined || (objectIds.size > changesMax && objectIds.size * 2 > this.#tree.size)
    if (isMany || this.#hasCycles) return this.#rebuild(document)
    const updated = new Set<string>()
    for (const id of objectIds) {
      const path = pathTo(document, id)
      if (path === undefined) return this.#rebuild(document)
      // From the file down: an object must not be hung below one that is about to leave its own subtree.
      for (const step of path) {
        if (!objectIds.has(step) || updated.has(step)) continue
        updated.add(step)
        this.#updateOne(document, step)
      }
    }
    this.#fitGroups()
  }

  /** Counts updates. */
  get version(): number {
    return this.#version
  }

  /** Lays all texts out anew, by what this function says of fonts. */
  measureText(measure: MeasureText): void {
    this.#measure = measure
    this.#version++
    const texts = [...this.#tree.entries()].filter(({ node }) => node.object.type === "text")
    for (const entry of texts) {
      const parent = entry.node.parentId === null ? undefined : this.#tree.get(entry.node.parentId)
      this.#replace(entry, placeNode(entry.node.object, parent?.node, undefined, measure), entry.stray)
    }
    this.#fitGroups()
  }

  get(id: string): SceneNode | undefined {
    return this.#tree.get(id)?.node
  }

  /** How many nodes there are, hidden ones included. */
  get size(): number {
    return this.#tree.size
  }

  /** The visible nodes, bottom first. */
  inPaintOrder(): Iterable<SceneNode> {
    return this.#tree.inPaintOrder()
  }

  /** Bottom first, hidden ones included; `null`: what hangs at the file. */
  childrenOf(id: string | null): ReadonlyArray<SceneNode> {
    return this.#tree.childrenOf(id).map(({ node }) => node)
  }

  /** The nodes at a point of the page, topmost first. Groups are not among them, only what is in them. */
  at(point: Point, tolerance: number): ReadonlyArray<SceneNode> {
    const box = Box.expand({ ...point, width: 0, height: 0 }, tolerance)
    const found = this.#tree.sort(this.#tree.search(box)).reverse()
    return found.flatMap(({ node }) => (touches(node, point, tolerance) && this.#isUnclipped(node, point) ? [node] : []))
  }

  /** The visible nodes, groups excepted, whose bounds touch the box; bottom first. */
  inBox(box: Box.Box): ReadonlyArray<SceneNode> {
    const found = this.#tree.search(box).filter(({ node }) => Box.intersects(node.bounds, box) && this.#isUnclippedIn(node, box))
    return this.#tree.sort(found).map(({ node }) => node)
  }

  /** Everything that may paint into the box, bottom first. */
  paintingIn(box: Box.Box): ReadonlyArray<SceneNode> {
    return this.#tree.sort(this.#tree.search(box)).map(({ node }) => node)
  }

  /** The geometry of an object in own coordinates, whether it is in the scene or not. */
  boxOf(object: DesignObject): Box.Box {
    return placeNode(object, undefined, undefined, this.#measure).localBox
  }

  boundsOf(ids: Iterable<string>): Box.Box | undefined {
    const boxes: Array<Box.Box> = []
    for (const id of ids) {
      const node = this.get(id)
      if (node !== undefined && Box.isFinite(node.bounds)) boxes.push(node.bounds)
    }
    return Box.unionOf(boxes)
  }

  /** Around everything visible. */
  get bounds(): Box.Box | undefined {
    if (this.#bounds.version !== this.#version) {
      const roots = this.#tree.childrenOf(null).filter(({ node }) => node.visible && Box.isFinite(node.bounds))
      this.#bounds = { version: this.#version, box: Box.unionOf(roots.map(({ node }) => node.bounds)) }
    }
    return this.#bounds.box
  }

  /** Where the picture has changed since this was last asked. */
  takeDamage(): Damage {
    const damage = this.#damage
    this.#damage = []
    return damage
  }

  #rebuild(document: Document.Document): void {
    const before = this.#tree
    const parents = document.parentIds()
    const seen = new Set<string>()
    this.#tree = new SceneTree()
    this.#loose.clear()
    this.#hasCycles = false
    const add = (object: DesignObject, parent: Entry | undefined, stray: boolean, hidden: boolean): void => {
      if (seen.has(object.id)) return
      seen.add(object.id)
      const isHidden = hidden || object.deleted
      const node = isHidden ? undefined : placeNode(object, parent?.node, before.get(object.id)?.node, this.#measure)
      const entry = node === undefined ? undefined : this.#tree.add(node, stray)
      if (entry !== undefined && isAsLargeAsChildren(entry.node)) this.#loose.add(entry)
      if (parents.has(object.id)) for (const child of document.children(object.id)) add(child, entry, false, isHidden)
    }
    for (const root of document.children(null)) add(root, undefined, false, false)
    if (seen.size < document.size) {
      for (const object of document.all()) {
        const parentId = Document.effectiveParentId(document, object)
        if (seen.has(object.id) || (parentId !== null && document.get(parentId) !== undefined)) continue
        if (parentId === null) this.#hasCycles = true
        add(object, undefined, true, false)
      }
    }
    this.#damage = "everything"
    this.#fitGroups()
  }

  #updateOne(document: Document.Document, id: string): void {
    const object = document.get(id)
    const parentId = object?.parent?.parentId ?? null
    const stray = parentId !== null && document.get(parentId) === undefined
    const parent = stray || parentId === null ? undefined : this.#tree.get(parentId)
    const isShown = object !== undefined && !object.deleted && (stray || parentId === null || parent !== undefined)
    if (!isShown) return this.#hide(document, id, { orphans: object === undefined })
    const entry = this.#tree.get(id)
    if (entry === undefined) this.#show(document, object, parent, stray)
    else this.#place(entry, object, parent, stray)
  }

  /** Takes an object and all below it away. Children of what no longer exists at all hang at the file. */
  #hide(document: Document.Document, id: string, { orphans }: { readonly orphans: boolean }): void {
    const entry = this.#tree.get(id)
    if (entry !== undefined) this.#remove(entry)
    for (const child of document.children(id)) {
      if (orphans) this.#updateOne(document, child.id)
      else {
        const childEntry = this.#tree.get(child.id)
        if (childEntry !== undefined) this.#remove(childEntry)
      }
    }
  }

  #remove(entry: Entry): void {
    for (let child = entry.children.at(-1); child !== undefined; child = entry.children.at(-1)) this.#remove(child)
    this.#touch(entry)
    this.#loosen(entry.node.parentId)
    this.#loose.delete(entry)
    this.#tree.remove(entry)
  }

  /** Adds an object with everything below it; orphans that waited for it come to it. */
  #show(document: Document.Document, object: DesignObject, parent: Entry | undefined, stray: boolean): void {
    const known = this.#tree.get(object.id)
    if (known !== undefined) return this.#place(known, object, parent, stray)
    const entry = this.#tree.add(placeNode(object, parent?.node, undefined, this.#measure), stray)
    this.#touch(entry)
    this.#loosen(entry.node.id)
    this.#loosen(entry.node.parentId)
    for (const child of document.children(object.id)) if (!child.deleted) this.#show(document, child, entry, false)
  }

  #place(entry: Entry, object: DesignObject, parent: Entry | undefined, stray: boolean): void {
    const before = entry.node
    const after = placeNode(object, parent?.node, before, this.#measure)
    const isSame = before.object === object && before.parentId === after.parentId && entry.stray === stray
    if (isSame && !inheritsOtherwise(before, after)) return
    if (entry.children.length > 0 && paintsChildrenOtherwise(before, after)) this.#touchBelow(entry)
    this.#replace(entry, after, stray)
    if (before.visible === after.visible && !bequeathsOtherwise(before, after)) return
    for (const child of entry.children) this.#place(child, child.node.object, entry, false)
  }

  #replace(entry: Entry, node: SceneNode, stray: boolean): void {
    this.#touch(entry)
    this.#loosen(entry.node.parentId)
    this.#tree.replace(entry, node, stray)
    this.#touch(entry)
    this.#loosen(node.id)
    this.#loosen(node.parentId)
  }

  /** Notes that the boxes of a group, and of the groups around it, may no longer fit. */
  #loosen(id: string | null): void {
    for (let next = id; next !== null;) {
      const entry = this.#tree.get(next)
      if (entry === undefined || !isAsLargeAsChildren(entry.node)) return
      this.#loose.add(entry)
      next = entry.node.parentId
    }
  }

  #fitGroups(): void {
    const groups = [...this.#loose].filter(({ node }) => isAsLargeAsChildren(node)).map((entry) => ({ entry, depth: this.#depthOf(entry) }))
    this.#loose.clear()
    for (const { entry } of groups.sort((one, other) => other.depth - one.depth)) {
      entry.node = aroundChildren(entry.node, entry.children.map(({ node }) => node))
    }
  }

  #depthOf(entry: Entry): number {
    let depth = 0
    for (let id = entry.node.parentId; id !== null; depth++) id = this.#tree.get(id)?.node.parentId ?? null
    return depth
  }

  #touch({ node }: Entry): void {
    if (this.#damage === "everything" || !node.visible || isAsLargeAsChildren(node)) return
    if (this.#damage.length === damageBoxesMax) this.#damage = [Box.unionOf(this.#damage) ?? node.paintBounds]
    this.#damage.push(node.paintBounds)
  }

  #touchBelow(entry: Entry): void {
    for (const child of entry.children) {
      this.#touch(child)
      this.#touchBelow(child)
    }
  }

  #isUnclipped(node: SceneNode, point: Point): boolean {
    return node.clipIds.every((id) => {
      const clip = this.get(id)
      return clip === undefined || showsThrough(clip, point)
    })
  }

  #isUnclippedIn(node: SceneNode, box: Box.Box): boolean {
    return node.clipIds.every((id) => {
      const clip = this.get(id)
      return clip === undefined || Box.intersects(clip.bounds, box)
    })
  }
}

const inheritsOtherwise = (before: SceneNode, after: SceneNode): boolean =>
  before.matrix !== after.matrix ||
  before.visible !== after.visible ||
  before.locked !== after.locked ||
  before.clipIds !== after.clipIds ||
  before.scopeIds !== after.scopeIds

const bequeathsOtherwise = (before: SceneNode, after: SceneNode): boolean =>
  before.matrix !== after.matrix ||
  before.locked !== after.locked ||
  before.childClipIds !== after.childClipIds ||
  before.childScopeIds !== after.childScopeIds

/** Whether children look different although their own nodes stay as they are. */
const paintsChildrenOtherwise = (before: SceneNode, after: SceneNode): boolean =>
  before.opacity !== after.opacity ||
  before.blendMode !== after.blendMode ||
  before.parentId !== after.parentId ||
  before.object.parent !== after.object.parent

/** An object behind its ancestors, from the file down, or `undefined` when their registers form a cycle. */
const pathTo = (document: Document.Document, id: string): ReadonlyArray<string> | undefined => {
  const seen = new Set<string>()
  for (let next: string | null = id; next !== null;) {
    if (seen.has(next)) return undefined
    seen.add(next)
    next = document.get(next)?.parent?.parentId ?? null
  }
  return [...seen].reverse()
}
