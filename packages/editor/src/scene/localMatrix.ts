/**
 * From an object's own coordinates (origin at its `x` and `y`) to its parent's:
 * `transform` · move to `x`, `y` · turn by `rotation` about the centre of the object's box.
 */
import type { DesignObject } from "@easel/document"
import * as Box from "./Box.ts"
import * as Matrix from "./Matrix.ts"
import type { Point } from "./Point.ts"
import { numberAt, numbersOf, type Read, readerOf } from "./propertyReaders.ts"

export const localMatrixOf = (object: DesignObject): Matrix.Matrix => {
  const read = readerOf(object)
  const moved = Matrix.translation(numberAt(read, "x") ?? 0, numberAt(read, "y") ?? 0)
  const degrees = numberAt(read, "rotation") ?? 0
  const placed = degrees === 0 ? moved : Matrix.multiply(moved, Matrix.rotation(degrees, turnCentreOf(object)))
  const transform = transformOf(read)
  return transform === undefined ? placed : Matrix.multiply(transform, placed)
}

/**
 * The point about which `rotation` turns, in own coordinates. It depends on properties only, never on fonts or on
 * children, so that every editor turns an object about the same point.
 */
export const turnCentreOf = (object: DesignObject): Point => {
  const read = readerOf(object)
  const box = Box.ofPoints(cornersOf(object.type, read))
  return Box.centreOf(box ?? { x: 0, y: 0, width: numberAt(read, "width") ?? 0, height: numberAt(read, "height") ?? 0 })
}

const cornersOf = (type: string | undefined, read: Read): ReadonlyArray<Point> => {
  if (type === "line") {
    const [x1, y1, x2, y2] = ["x1", "y1", "x2", "y2"].map((path) => numberAt(read, path) ?? 0)
    return [{ x: x1 ?? 0, y: y1 ?? 0 }, { x: x2 ?? 0, y: y2 ?? 0 }]
  }
  return type === "polygon" ? pointsOf(numbersOf(read("points"))) : []
}

/** A flat list `[x0, y0, x1, y1, …]` as points; a last odd number is left out. */
const pointsOf = (numbers: ReadonlyArray<number>): ReadonlyArray<Point> => {
  const points: Array<Point> = []
  for (let index = 0; index + 1 < numbers.length; index += 2) points.push({ x: numbers[index] ?? 0, y: numbers[index + 1] ?? 0 })
  return points
}

const transformOf = (read: Read): Matrix.Matrix | undefined => {
  const [a, b, c, d, e, f, ...others] = numbersOf(read("transform"))
  if (a === undefined || b === undefined || c === undefined || d === undefined || e === undefined || f === undefined) return undefined
  return others.length === 0 ? [a, b, c, d, e, f] : undefined
}
