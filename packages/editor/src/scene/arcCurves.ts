/**
 * Elliptical arcs as cubic curves, by SVG 1.1, appendix F.6: centre parameters first, then one curve per quarter turn.
 * The error of a quarter is below 0.03 % of the radius.
 */
import type { Point } from "./Point.ts"

interface ArcShape {
  readonly rx: number
  readonly ry: number
  /** By how much the axes of the ellipse are turned. */
  readonly degrees: number
  readonly large: boolean
  readonly sweep: boolean
}

type Curve = readonly [number, number, number, number, number, number]

/** `undefined` when the arc is a straight line, because a radius is zero. */
export const arcCurves = (from: Point, shape: ArcShape, to: Point): ReadonlyArray<Curve> | undefined => {
  if (from.x === to.x && from.y === to.y) return []
  if (shape.rx === 0 || shape.ry === 0) return undefined
  const phi = (shape.degrees * Math.PI) / 180
  const [cos, sin] = [Math.cos(phi), Math.sin(phi)]
  const halfX = (cos * (from.x - to.x) + sin * (from.y - to.y)) / 2
  const halfY = (cos * (from.y - to.y) - sin * (from.x - to.x)) / 2
  const short = (halfX / shape.rx) ** 2 + (halfY / shape.ry) ** 2
  // Radii that cannot reach both ends grow until they do.
  const grow = short > 1 ? Math.sqrt(short) : 1
  const [rx, ry] = [Math.abs(shape.rx) * grow, Math.abs(shape.ry) * grow]

  const root = Math.sqrt(Math.max(0, 1 / Math.min(short, 1) - 1))
  const sign = shape.large === shape.sweep ? -1 : 1
  const innerX = (sign * root * rx * halfY) / ry
  const innerY = (-sign * root * ry * halfX) / rx
  const centreX = cos * innerX - sin * innerY + (from.x + to.x) / 2
  const centreY = sin * innerX + cos * innerY + (from.y + to.y) / 2

  const start = Math.atan2((halfY - innerY) / ry, (halfX - innerX) / rx)
  const end = Math.atan2((-halfY - innerY) / ry, (-halfX - innerX) / rx)
  const turn = turnBetween(start, end, shape.sweep)
  const count = Math.max(1, Math.ceil(Math.abs(turn) / (Math.PI / 2) - 1e-9))
  const step = turn / count
  const reach = (4 / 3) * Math.tan(step / 4)
  const place = (x: number, y: number): readonly [number, number] => [
    centreX + cos * rx * x - sin * ry * y,
    centreY + sin * rx * x + cos * ry * y
  ]
  return Array.from({ length: count }, (_, index): Curve => {
    const [one, other] = [start + index * step, start + (index + 1) * step]
    const [x1, y1] = place(Math.cos(one) - reach * Math.sin(one), Math.sin(one) + reach * Math.cos(one))
    const [x2, y2] = place(Math.cos(other) + reach * Math.sin(other), Math.sin(other) - reach * Math.cos(other))
    const [x, y] = index === count - 1 ? [to.x, to.y] : place(Math.cos(other), Math.sin(other))
    return [x1, y1, x2, y2, x, y]
  })
}

const turnBetween = (start: number, end: number, sweep: boolean): number => {
  const turn = end - start
  if (sweep) return turn < 0 ? turn + 2 * Math.PI : turn
  return turn > 0 ? turn - 2 * Math.PI : turn
}
