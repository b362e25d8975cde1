/**
 * How an object's properties change when an affine map in its parent's coordinates is applied to it.
 *
 * Numbers a person can read come first: a shift goes into `x` and `y`, a turn into `rotation`, a stretch along the
 * object's own axes into its size, end points or font size. Only what these cannot say (skews, mirrored texts, stretched
 * paths) goes into `transform`. Pure; the answer has no property that stays as it is.
 */
import { canonicalText, type DesignObject, type Json, turnCentreOf } from "@easel/document"
import { fontSizeInitial } from "../scene/Font.ts"
import * as Matrix from "../scene/Matrix.ts"
import type { Point } from "../scene/Point.ts"

export type Properties = Readonly<Record<string, Json>>

/** Factors and unit vectors closer than this are equal. */
const tolerance = 1e-6

export const transformObject = (object: DesignObject, map: Matrix.Matrix): Properties => {
  const outside = transformOf(object)
  const back = Matrix.invert(outside)
  if (back === undefined) return changed(object, { transform: Matrix.multiply(map, outside) })
  const inner = Matrix.multiply(back, Matrix.multiply(map, outside))
  const placed = shifted(object, inner) ?? turned(object, inner) ?? stretched(object, inner)
  return changed(object, placed ?? { transform: Matrix.multiply(map, outside) })
}

export const numberOf = (object: DesignObject, path: string, otherwise = 0): number => {
  const value = object.get(path)
  return typeof value === "number" ? value : otherwise
}

/** Three decimals: a quarter of a pixel at the highest zoom, and no digits that only arithmetic made. */
export const rounded = (value: number): number => Math.round(value * 1_000) / 1_000 + 0

const shifted = (object: DesignObject, map: Matrix.Matrix): Properties | undefined => {
  if (!near(map[0], 1) || !near(map[1], 0) || !near(map[2], 0) || !near(map[3], 1)) return undefined
  return position({ x: numberOf(object, "x") + map[4], y: numberOf(object, "y") + map[5] })
}

const turned = (object: DesignObject, map: Matrix.Matrix): Properties | undefined => {
  const [a, b, c, d] = map
  if (!near(a, d) || !near(b, -c) || !near(a * a + b * b, 1)) return undefined
  const own = turnCentreOf(object)
  const centre = Matrix.apply(map, { x: numberOf(object, "x") + own.x, y: numberOf(object, "y") + own.y })
  return {
    ...position({ x: centre.x - own.x, y: centre.y - own.y }),
    rotation: degrees(numberOf(object, "rotation") + Matrix.rotationOf(map))
  }
}

const stretched = (object: DesignObject, map: Matrix.Matrix): Properties | undefined => {
  const linear = Matrix.multiply(map, Matrix.rotation(numberOf(object, "rotation")))
  const [a, b, c, d] = linear
  const lengthX = Math.hypot(a, b)
  const lengthY = Math.hypot(c, d)
  if (lengthX === 0 || lengthY === 0 || !near((a * c + b * d) / (lengthX * lengthY), 0)) return undefined
  const before = numberOf(object, "rotation")
  const angle = (Math.atan2(b, a) * 180) / Math.PI
  // A mirrored axis is a negative factor and not half a turn.
  const isBackwards = Math.cos(((angle - before) * Math.PI) / 180) < -tolerance
  const scaleX = isBackwards ? -lengthX : lengthX
  const scaleY = Math.sign(a * d - b * c) * Math.sign(scaleX) * lengthY
  const size = sizeBy(object, scaleX, scaleY)
  if (size === undefined) return undefined
  const own = turnCentreOf(object)
  const centre = Matrix.apply(map, { x: numberOf(object, "x") + own.x, y: numberOf(object, "y") + own.y })
  return {
    ...size.properties,
    ...position({ x: centre.x - size.centre.x, y: centre.y - size.centre.y }),
    rotation: degrees(isBackwards ? angle + 180 : angle)
  }
}

interface Sized {
  readonly properties: Properties
  /** The point about which the object turns, in own coordinates, after the stretch. */
  readonly centre: Point
}

/** The object stretched along its own axes, or `undefined` if its type has no properties for that. */
const sizeBy = (object: DesignObject, scaleX: number, scaleY: number): Sized | undefined => {
  const centre = turnCentreOf(object)
  const scaled = { x: centre.x * scaleX, y: centre.y * scaleY }
  const points = pointsOf(object)
  switch (object.type) {
    case "rectangle":
    case "ellipse":
    case "frame":
    case "page":
    case "component":
    case "instance":
    case "star":
    case "image":
      return boxSized(object, scaleX, scaleY)
    case "line": {
      const ends = ["x1", "y1", "x2", "y2"].map((path, index) => [path, rounded(numberOf(object, path) * (index % 2 === 0 ? scaleX : scaleY))])
      return { properties: Object.fromEntries(ends), centre: scaled }
    }
    case "polygon":
      if (points.length === 0) return boxSized(object, scaleX, scaleY)
      return { properties: { points: points.map((value, index) => rounded(value * (index % 2 === 0 ? scaleX : scaleY))) }, centre: scaled }
    case "text":
      return textSized(object, scaleX, scaleY)
    default:
      return undefined
  }
}

const boxSized = (object: DesignObject, scaleX: number, scaleY: number): Sized | undefined => {
  const [width, height] = [object.get("width"), object.get("height")]
  if (typeof width !== "number" || typeof height !== "number") return undefined
  // A picture has a right way round; other boxes look the same in a mirror.
  if (object.type === "image" && (scaleX < 0 || scaleY < 0)) return undefined
  const size = { width: rounded(width * Math.abs(scaleX)), height: rounded(height * Math.abs(scaleY)) }
  return { properties: size, centre: { x: size.width / 2, y: size.height / 2 } }
}

const textSized = (object: DesignObject, scaleX: number, scaleY: number): Sized | undefined => {
  if (scaleX < 0 || scaleY < 0 || !near(scaleX / scaleY, 1) || object.get("textSpans") !== undefined) return undefined
  const lengths = ["width", "height", "letterSpacing"].filter((path) => typeof object.get(path) === "number")
  const properties = {
    fontSize: rounded(numberOf(object, "fontSize", fontSizeInitial) * scaleX),
    ...Object.fromEntries(lengths.map((path) => [path, rounded(numberOf(object, path) * scaleX)]))
  }
  const { x, y } = turnCentreOf(object)
  return { properties, centre: { x: x * scaleX, y: y * scaleX } }
}

/** The `transform` alone. */
export const transformOf = (object: DesignObject): Matrix.Matrix => {
  const value = numbersOf(object.get("transform"))
  const [a, b, c, d, e, f] = value
  if (a === undefined || b === undefined || c === undefined || d === undefined || e === undefined || f === undefined) return Matrix.identity
  return value.length === 6 ? [a, b, c, d, e, f] : Matrix.identity
}

const pointsOf = (object: DesignObject): ReadonlyArray<number> => (object.type === "polygon" ? numbersOf(object.get("points")) : [])

const numbersOf = (value: Json | undefined): ReadonlyArray<number> =>
  Array.isArray(value) ? value.filter((item) => typeof item === "number") : []

const position = ({ x, y }: Point): Properties => ({ x: rounded(x), y: rounded(y) })

const degrees = (angle: number): number => {
  const turn = rounded(angle % 360)
  return turn > 180 ? rounded(turn - 360) : turn <= -180 ? rounded(turn + 360) : turn
}

const near = (one: number, other: number): boolean => Math.abs(one - other) < tolerance

/** Without what the object has already; a rotation of zero need not be written where none was. */
const changed = (object: DesignObject, properties: Properties): Properties =>
  Object.fromEntries(
    Object.entries(properties).filter(([path, value]) => {
      const before = object.get(path) ?? (path === "x" || path === "y" || path === "rotation" ? 0 : null)
      return canonicalText(before) !== canonicalText(value)
    })
  )
