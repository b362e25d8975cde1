/**
 * What a comment is fastened to, and where that is in a document: an object, a region of the page, or a point of it.
 *
 * The place of an object's anchor is a function of the document, so nothing has to be told or written when objects
 * move: a deleted object keeps its registers (D7), and with them the place of what is fastened to it.
 */
import * as Affine from "./Affine.ts"
import type { DesignObject } from "./DesignObject.ts"
import { type Document, effectiveParentId, isVisible } from "./Document.ts"
import { type Box, boxAround, isAsLargeAsChildren, localMatrixOf, ownBoxOf } from "./placement.ts"

export interface ObjectAnchor {
  readonly kind: "object"
  readonly objectId: string
  /** 0 to 1 across the object's box, in its own coordinates: the point turns and grows with it. */
  readonly x: number
  readonly y: number
  /** Where it was on the page when it was made: its place where there is no such object. */
  readonly page: Affine.Point
}

/** Upright, in coordinates of the page. */
interface RegionAnchor extends Box {
  readonly kind: "region"
}

interface PageAnchor extends Affine.Point {
  readonly kind: "page"
}

export type Anchor = ObjectAnchor | RegionAnchor | PageAnchor

/** On the page. Of a region, its top left corner. */
export interface Place extends Affine.Point {
  /** What it hangs at: an object that is shown, one that was deleted (or was never there), or nothing but the page. */
  readonly at: "object" | "deleted object" | "page"
}

/** The box of an object in own coordinates, where properties alone do not say it: texts and paths have to be measured. */
export type BoxOf = (object: DesignObject) => Box

export const placeOfAnchor = (document: Document, anchor: Anchor, boxOf: BoxOf = ownBoxOf): Place => {
  if (anchor.kind !== "object") return { x: anchor.x, y: anchor.y, at: "page" }
  const object = document.get(anchor.objectId)
  const point = object === undefined ? undefined : pagePointOf(document, object, anchor, boxOf)
  const isShown = object !== undefined && isVisible(document, object)
  return { ...(point ?? anchor.page), at: isShown ? "object" : "deleted object" }
}

/** Fastens a point of the page to an object, to the nearest point of its box when it lies outside. */
export const anchorToObject = (document: Document, object: DesignObject, page: Affine.Point, boxOf: BoxOf = ownBoxOf): ObjectAnchor => {
  const box = boxIn(document, object, boxOf)
  const inverse = Affine.invert(pageMatrixOf(document, object))
  const own = box === undefined || inverse === undefined ? undefined : Affine.apply(inverse, page)
  const share = (at: number | undefined, from: number | undefined, size: number | undefined): number =>
    at === undefined || from === undefined || size === undefined || size === 0 ? 0.5 : Math.min(Math.max((at - from) / size, 0), 1)
  return {
    kind: "object",
    objectId: object.id,
    x: share(own?.x, box?.x, box?.width),
    y: share(own?.y, box?.y, box?.height),
    page: { x: page.x, y: page.y }
  }
}

const pagePointOf = (document: Document, object: DesignObject, { x, y }: Affine.Point, boxOf: BoxOf): Affine.Point | undefined => {
  const box = boxIn(document, object, boxOf)
  if (box === undefined) return undefined
  const point = Affine.apply(pageMatrixOf(document, object), { x: box.x + x * box.width, y: box.y + y * box.height })
  return Number.isFinite(point.x) && Number.isFinite(point.y) ? point : undefined
}

/** From own coordinates to the page's, below its ancestors whether they are deleted or not. */
const pageMatrixOf = (document: Document, object: DesignObject): Affine.Matrix => {
  let matrix = Affine.identity
  for (let next: DesignObject | undefined = object; next !== undefined;) {
    matrix = Affine.multiply(localMatrixOf(next), matrix)
    const parentId: string | null = effectiveParentId(document, next)
    next = parentId === null ? undefined : document.get(parentId)
  }
  return matrix
}

/** The object's box in own coordinates; `undefined` when it is as large as its children and has none. */
const boxIn = (document: Document, object: DesignObject, boxOf: BoxOf, within: ReadonlySet<string> = new Set()): Box | undefined => {
  if (!isAsLargeAsChildren(object)) return boxOf(object)
  // Registers merged without a sequencer may form a cycle.
  if (within.has(object.id)) return undefined
  const around = new Set(within).add(object.id)
  return boxAround(sizing(document, object).flatMap((child) => {
    const box = boxIn(document, child, boxOf, around)
    return box === undefined ? [] : cornersUnder(localMatrixOf(child), box)
  }))
}

/** The children that give a group its size: the visible ones, else those that are there, else those that were. */
const sizing = (document: Document, group: DesignObject): ReadonlyArray<DesignObject> => {
  const all = [...document.children(group.id)]
  const there = all.filter(({ deleted }) => !deleted)
  const visible = there.filter((child) => child.get("visible") !== false)
  return [visible, there, all].find(({ length }) => length > 0) ?? all
}

const cornersUnder = (matrix: Affine.Matrix, { height, width, x, y }: Box): ReadonlyArray<Affine.Point> =>
  [[x, y], [x + width, y], [x + width, y + height], [x, y + height]].map(([left = 0, top = 0]) => Affine.apply(matrix, { x: left, y: top }))
