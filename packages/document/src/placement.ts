/**
 * Where an object lies, by its properties alone: from its own coordinates (origin at its `x` and `y`) to its parent's,
 * `transform` · move to `x`, `y` · turn by `rotation` about the centre of the object's box. A value of another kind
 * than is meant counts as absent.
 */
import * as Affine from "./Affine.ts"
import type { DesignObject } from "./DesignObject.ts"
import type { Json } from "./Json.ts"

/** An upright rectangle with a size of zero or more. */
export interface Box extends Affine.Point {
  readonly width: number
  readonly height: number
}

export const localMatrixOf = (object: DesignObject): Affine.Matrix => {
  const moved = Affine.translation(numberAt(object, "x"), numberAt(object, "y"))
  const degrees = numberAt(object, "rotation")
  const placed = degrees === 0 ? moved : Affine.multiply(moved, Affine.rotation(degrees, turnCentreOf(object)))
  const transform = transformOf(object)
  return transform === undefined ? placed : Affine.multiply(transform, placed)
}

/**
 * The point about which `rotation` turns, in own coordinates. It depends on properties only, never on fonts or on
 * children, so that every editor turns an object about the same point.
 */
export const turnCentreOf = (object: DesignObject): Affine.Point => {
  const { height, width, x, y } = ownBoxOf(object)
  return { x: x + width / 2, y: y + height / 2 }
}

/** The box that the properties say, in own coordinates; without a size where they say none, as of texts and paths. */
export const ownBoxOf = (object: DesignObject): Box =>
  boxAround(cornersOf(object)) ?? { x: 0, y: 0, width: numberAt(object, "width"), height: numberAt(object, "height") }

/** The smallest box around points, or `undefined` for none. */
export const boxAround = (points: Iterable<Affine.Point>): Box | undefined => {
  let [left, top, right, bottom] = [Infinity, Infinity, -Infinity, -Infinity]
  for (const { x, y } of points) {
    left = Math.min(left, x)
    top = Math.min(top, y)
    right = Math.max(right, x)
    bottom = Math.max(bottom, y)
  }
  return left > right ? undefined : { x: left, y: top, width: right - left, height: bottom - top }
}

const containers: ReadonlySet<string | undefined> = new Set(["frame", "page", "component", "instance"])

/** Groups, and containers without a size, are as large as what is in them. */
export const isAsLargeAsChildren = (object: DesignObject): boolean =>
  object.type === "group" || (containers.has(object.type) && !(isNumber(object.get("width")) && isNumber(object.get("height"))))

const cornersOf = (object: DesignObject): ReadonlyArray<Affine.Point> => {
  if (object.type === "line") {
    return [{ x: numberAt(object, "x1"), y: numberAt(object, "y1") }, { x: numberAt(object, "x2"), y: numberAt(object, "y2") }]
  }
  return object.type === "polygon" ? pointsOf(numbersOf(object.get("points"))) : []
}

/** A flat list `[x0, y0, x1, y1, …]` as points; a last odd number is left out. */
const pointsOf = (numbers: ReadonlyArray<number>): ReadonlyArray<Affine.Point> => {
  const points: Array<Affine.Point> = []
  for (let index = 0; index + 1 < numbers.length; index += 2) points.push({ x: numbers[index] ?? 0, y: numbers[index + 1] ?? 0 })
  return points
}

const transformOf = (object: DesignObject): Affine.Matrix | undefined => {
  const [a, b, c, d, e, f, ...others] = numbersOf(object.get("transform"))
  if (a === undefined || b === undefined || c === undefined || d === undefined || e === undefined || f === undefined) return undefined
  return others.length === 0 ? [a, b, c, d, e, f] : undefined
}

const numbersOf = (value: Json | undefined): ReadonlyArray<number> => Array.isArray(value) && value.every(isNumber) ? value : []

const numberAt = (object: DesignObject, path: string): number => {
  const value = object.get(path)
  return isNumber(value) ? value : 0
}

const isNumber = (value: Json | undefined): value is number => typeof value === "number"
