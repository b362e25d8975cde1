/**
 * Affine maps of the plane as `[a, b, c, d, e, f]`, the notation of SVG and Canvas: x' = ax + cy + e, y' = bx + dy + f.
 *
 * `multiply(outer, inner)` applies `inner` first. All functions are pure; a map without an inverse answers `undefined`.
 */
import type { Box } from "./Box.ts"
import type { Point } from "./Point.ts"

export type Matrix = readonly [number, number, number, number, number, number]

export const identity: Matrix = [1, 0, 0, 1, 0, 0]

export const translation = (x: number, y: number): Matrix => [1, 0, 0, 1, x, y]

export const scaling = (x: number, y: number): Matrix => [x, 0, 0, y, 0, 0]

/** Clockwise on screen, about a centre. Quarter turns are exact. */
export const rotation = (degrees: number, centre: Point = { x: 0, y: 0 }): Matrix => {
  const [cos, sin] = cosineAndSine(degrees)
  return [cos, sin, -sin, cos, centre.x - cos * centre.x + sin * centre.y, centre.y - sin * centre.x - cos * centre.y]
}

/** The map that does `inner`, then `outer`. */
export const multiply = (outer: Matrix, inner: Matrix): Matrix => [
  outer[0] * inner[0] + outer[2] * inner[1],
  outer[1] * inner[0] + outer[3] * inner[1],
  outer[0] * inner[2] + outer[2] * inner[3],
  outer[1] * inner[2] + outer[3] * inner[3],
  outer[0] * inner[4] + outer[2] * inner[5] + outer[4],
  outer[1] * inner[4] + outer[3] * inner[5] + outer[5]
]

export const determinant = (m: Matrix): number => m[0] * m[3] - m[1] * m[2]

export const invert = (m: Matrix): Matrix | undefined => {
  const by = determinant(m)
  if (by === 0 || !Number.isFinite(by)) return undefined
  const inverse: Matrix = [
    m[3] / by,
    -m[1] / by,
    -m[2] / by,
    m[0] / by,
    (m[2] * m[5] - m[3] * m[4]) / by,
    (m[1] * m[4] - m[0] * m[5]) / by
  ]
  return isFinite(inverse) ? inverse : undefined
}

export const apply = (m: Matrix, { x, y }: Point): Point => ({
  x: m[0] * x + m[2] * y + m[4],
  y: m[1] * x + m[3] * y + m[5]
})

/** A direction: the shift of the map is left out. */
export const applyToVector = (m: Matrix, { x, y }: Point): Point => ({ x: m[0] * x + m[2] * y, y: m[1] * x + m[3] * y })

/** The smallest upright box around the image of a box. */
export const applyToBox = (m: Matrix, box: Box): Box => {
  const width = Math.abs(m[0]) * box.width + Math.abs(m[2]) * box.height
  const height = Math.abs(m[1]) * box.width + Math.abs(m[3]) * box.height
  const x = m[0] * box.x + m[2] * box.y + m[4] + Math.min(0, m[0] * box.width) + Math.min(0, m[2] * box.height)
  const y = m[1] * box.x + m[3] * box.y + m[5] + Math.min(0, m[1] * box.width) + Math.min(0, m[3] * box.height)
  return { x, y, width, height }
}

/** The corners of a box under the map, clockwise from the top left as the object itself sees them. */
export const cornersOf = (m: Matrix, { x, y, width, height }: Box): readonly [Point, Point, Point, Point] => [
  apply(m, { x, y }),
  apply(m, { x: x + width, y }),
  apply(m, { x: x + width, y: y + height }),
  apply(m, { x, y: y + height })
]

/** The factor by which the map stretches lengths on average: the root of the area factor. */
export const scaleOf = (m: Matrix): number => Math.sqrt(Math.abs(determinant(m)))

/** Degrees clockwise by which the map turns the x axis. */
export const rotationOf = (m: Matrix): number => (Math.atan2(m[1], m[0]) * 180) / Math.PI

export const equals = (one: Matrix, other: Matrix): boolean => one.every((value, index) => value === other[index])

const isFinite = (m: Matrix): boolean => m.every(Number.isFinite)

/** Whether boxes stay upright boxes under the map. */
export const isUpright = (m: Matrix): boolean => (m[1] === 0 && m[2] === 0) || (m[0] === 0 && m[3] === 0)

const cosineAndSine = (degrees: number): readonly [number, number] => {
  const turn = ((degrees % 360) + 360) % 360
  if (turn === 0) return [1, 0]
  if (turn === 90) return [0, 1]
  if (turn === 180) return [-1, 0]
  if (turn === 270) return [0, -1]
  const radians = (turn * Math.PI) / 180
  return [Math.cos(radians), Math.sin(radians)]
}
