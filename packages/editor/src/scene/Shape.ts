/**
 * The geometry of one object in its own coordinates, by its type and properties alone.
 *
 * Objects never change, so a shape is computed once per object and kept as long as the object is.
 */
import type { DesignObject } from "@easel/document"
import type { Box } from "./Box.ts"
import { numberAt, numbersOf, type Read, readerOf, textAt } from "./propertyReaders.ts"
import * as Outline from "./Outline.ts"
import { parsePathData } from "./parsePathData.ts"
import { flatten, type Polyline } from "./Polyline.ts"

/** Radii of the corners, clockwise from the top left: how far the curve begins from the corner on either axis. */
export type CornerRadii = readonly [Radius, Radius, Radius, Radius]

interface Radius {
  readonly x: number
  readonly y: number
}

export type Shape =
  /** A rectangle, and everything with the box of one. */
  | { readonly kind: "box"; readonly box: Box; readonly radii: CornerRadii | undefined }
  | { readonly kind: "ellipse"; readonly box: Box }
  /** `d` is path data that means the same as the outline, where the object has it. */
  | { readonly kind: "outline"; readonly box: Box; readonly outline: Outline.Outline; readonly d: string | undefined }
  | { readonly kind: "text" }
  /** Groups, and containers without a size: as large as their children. */
  | { readonly kind: "children" }
  | { readonly kind: "nothing" }

const shapes = new WeakMap<DesignObject, Shape>()

export const shapeOf = (object: DesignObject): Shape => {
  const known = shapes.get(object)
  if (known !== undefined) return known
  const shape = readShape(object)
  shapes.set(object, shape)
  return shape
}

const containers: ReadonlySet<string | undefined> = new Set(["frame", "page", "component", "instance"])

/** Whether the object cuts its children off at its own edge. */
export const clips = (object: DesignObject): boolean =>
  containers.has(object.type) && object.get("clip") !== false && shapeOf(object).kind === "box"

export const isContainer = (object: DesignObject): boolean => containers.has(object.type) || object.type === "group"

/** The lines of an outline, flattened finely enough for its size; computed when first asked for. */
export const linesOf = (shape: Shape & { readonly kind: "outline" }): ReadonlyArray<Polyline> => {
  const known = lines.get(shape)
  if (known !== undefined) return known
  const size = Math.max(shape.box.width, shape.box.height)
  const flattened = flatten(shape.outline, size > 0 ? size / flatness : 1)
  lines.set(shape, flattened)
  return flattened
}

const lines = new WeakMap<Shape, ReadonlyArray<Polyline>>()

/** A flattened curve is off by one part of this of the object's size: a fraction of a pixel when it fills a screen. */
const flatness = 2_000

const nothing: Shape = { kind: "nothing" }

const readShape = (object: DesignObject): Shape => {
  const read = readerOf(object)
  switch (object.type) {
    case "rectangle":
    case "image":
      return boxShape(read)
    case "frame":
    case "page":
    case "component":
    case "instance":
      return hasSize(read) ? boxShape(read) : { kind: "children" }
    case "group":
      return { kind: "children" }
    case "ellipse":
      return { kind: "ellipse", box: sizeOf(read) }
    case "text":
      return { kind: "text" }
    case "line":
      return outlined(Outline.ofPoints(["x1", "y1", "x2", "y2"].map((path) => numberAt(read, path) ?? 0), { closed: false }))
    case "polygon":
      return polygon(read)
    case "star":
      return outlined(starPoints(read))
    case "path":
      return path(read)
    default:
      return nothing
  }
}

const hasSize = (read: Read): boolean => numberAt(read, "width") !== undefined && numberAt(read, "height") !== undefined

const sizeOf = (read: Read): Box => ({
  x: 0,
  y: 0,
  width: Math.max(numberAt(read, "width") ?? 0, 0),
  height: Math.max(numberAt(read, "height") ?? 0, 0)
})

const boxShape = (read: Read): Shape => {
  const box = sizeOf(read)
  return { kind: "box", box, radii: radiiOf(read, box) }
}

/** One radius, `[rx, ry]`, or one per corner. Radii shrink together until they fit, as in CSS. */
const radiiOf = (read: Read, { width, height }: Box): CornerRadii | undefined => {
  const value = read("cornerRadius")
  const list = typeof value === "number" ? [value, value] : numbersOf(value)
  const [first = 0, second = first, third, fourth] = list.map((radius) => Math.max(radius, 0))
  if (list.every((radius) => radius <= 0)) return undefined
  const even = { x: first, y: second }
  const corners: CornerRadii = third === undefined
    ? [even, even, even, even]
    : [round(first), round(second), round(third), round(fourth ?? second)]
  const [a, b, c, d] = corners
  const [sumX, sumY] = [Math.max(a.x + b.x, c.x + d.x), Math.max(a.y + d.y, b.y + c.y)]
  const shrink = list.length === 2 && third === undefined
    // Each axis by itself, as SVG does with `rx` and `ry`.
    ? { x: Math.min(1, width / sumX), y: Math.min(1, height / sumY) }
    : round(Math.min(1, width / sumX, height / sumY))
  const [p, q, r, s] = corners.map(({ x, y }) => ({ x: x * shrink.x, y: y * shrink.y }))
  return p === undefined || q === undefined || r === undefined || s === undefined || p.x * p.y + q.x * q.y + r.x * r.y + s.x * s.y === 0
    ? undefined
    : [p, q, r, s]
}

const round = (radius: number): Radius => ({ x: radius, y: radius })

const outlined = (outline: Outline.Outline, d?: string): Shape => {
  const box = Outline.bounds(outline)
  return box === undefined ? nothing : { kind: "outline", box, outline, d }
}

/** By its points, or else with so many sides inside its box. */
const polygon = (read: Read): Shape => {
  const points = numbersOf(read("points"))
  if (points.length > 0) return outlined(Outline.ofPoints(points, { closed: read("closed") === true }))
  const sides = tipsOf(numberAt(read, "sides") ?? 3)
  return outlined(Outline.ofPoints(tips(sides, read, () => 1), { closed: true }))
}

/** `points` tips, and between them corners at `innerRadius`, a share of the outer one. */
const starPoints = (read: Read): Outline.Outline => {
  const count = tipsOf(numberAt(read, "points") ?? 5)
  const inner = Math.min(Math.max(numberAt(read, "innerRadius") ?? 0.5, 0), 1)
  return Outline.ofPoints(tips(count * 2, read, (index) => (index % 2 === 0 ? 1 : inner)), { closed: true })
}

/** More would look like a circle, and cost like a thousand shapes. */
const tipsMax = 360

const tipsOf = (count: number): number => Math.min(Math.max(Math.round(count), 3), tipsMax)

/** Corners around the ellipse in the box, the first at the top. */
const tips = (count: number, read: Read, radius: (index: number) => number): ReadonlyArray<number> => {
  const { width, height } = sizeOf(read)
  return Array.from({ length: count }, (_, index) => {
    const angle = (index / count) * 2 * Math.PI
    const reach = radius(index)
    return [width / 2 + (width / 2) * reach * Math.sin(angle), height / 2 - (height / 2) * reach * Math.cos(angle)]
  }).flat()
}

const path = (read: Read): Shape => {
  const d = textAt(read, "d")
  if (d !== undefined) return outlined(parsePathData(d), d)
  return outlined(Outline.ofPoints(numbersOf(read("points")), { closed: read("closed") === true }))
}
