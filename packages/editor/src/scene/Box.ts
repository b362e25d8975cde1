/** Upright rectangles with a size of zero or more. Edges belong to the box. */
import { boxAround, type Box as DocumentBox } from "@easel/document"
import type { Point } from "./Point.ts"

export type Box = DocumentBox

/** The box with two opposite corners, in any order. */
export const ofCorners = (one: Point, other: Point): Box => ({
  x: Math.min(one.x, other.x),
  y: Math.min(one.y, other.y),
  width: Math.abs(one.x - other.x),
  height: Math.abs(one.y - other.y)
})

/** The smallest box around points, or `undefined` for none. */
export const ofPoints = boxAround

export const union = (one: Box, other: Box): Box => {
  const x = Math.min(one.x, other.x)
  const y = Math.min(one.y, other.y)
  const right = Math.max(one.x + one.width, other.x + other.width)
  const bottom = Math.max(one.y + one.height, other.y + other.height)
  return { x, y, width: right - x, height: bottom - y }
}

/** The smallest box around boxes, or `undefined` for none. */
export const unionOf = (boxes: Iterable<Box>): Box | undefined => {
  let all: Box | undefined
  for (const box of boxes) all = all === undefined ? box : union(all, box)
  return all
}

/** The common part, which may be a line or a point; `undefined` when the boxes are apart. */
export const intersection = (one: Box, other: Box): Box | undefined => {
  const x = Math.max(one.x, other.x)
  const y = Math.max(one.y, other.y)
  const width = Math.min(one.x + one.width, other.x + other.width) - x
  const height = Math.min(one.y + one.height, other.y + other.height) - y
  return width < 0 || height < 0 ? undefined : { x, y, width, height }
}

export const intersects = (one: Box, other: Box): boolean =>
  one.x <= other.x + other.width &&
  other.x <= one.x + one.width &&
  one.y <= other.y + other.height &&
  other.y <= one.y + one.height

/** Whether `inner` lies in `outer` as a whole. */
export const contains = (outer: Box, inner: Box): boolean =>
  inner.x >= outer.x &&
  inner.y >= outer.y &&
  inner.x + inner.width <= outer.x + outer.width &&
  inner.y + inner.height <= outer.y + outer.height

export const containsPoint = ({ x, y, width, height }: Box, point: Point): boolean =>
  point.x >= x && point.y >= y && point.x <= x + width && point.y <= y + height

/** The box grown by `by` on every side. Shrinking (a negative `by`) stops at the centre. */
export const expand = ({ x, y, width, height }: Box, by: number): Box => {
  const [growX, growY] = [Math.max(by, -width / 2), Math.max(by, -height / 2)]
  return { x: x - growX, y: y - growY, width: width + 2 * growX, height: height + 2 * growY }
}

export const centreOf = ({ x, y, width, height }: Box): Point => ({ x: x + width / 2, y: y + height / 2 })

export const isFinite = ({ x, y, width, height }: Box): boolean =>
  Number.isFinite(x) && Number.isFinite(y) && Number.isFinite(x + width) && Number.isFinite(y + height)
