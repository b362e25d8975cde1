/**
 * Affine maps of the plane as `[a, b, c, d, e, f]`, the notation of SVG and Canvas: x' = ax + cy + e, y' = bx + dy + f.
 *
 * `multiply(outer, inner)` applies `inner` first. A map without an inverse answers `undefined`.
 */

/** A place, in whatever coordinates its user names: an object's own, the page's or the screen's. */
export interface Point {
  readonly x: number
  readonly y: number
}

export type Matrix = readonly [number, number, number, number, number, number]

export const identity: Matrix = [1, 0, 0, 1, 0, 0]

export const translation = (x: number, y: number): Matrix => [1, 0, 0, 1, x, y]

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
  return inverse.every(Number.isFinite) ? inverse : undefined
}

export const apply = (m: Matrix, { x, y }: Point): Point => ({
  x: m[0] * x + m[2] * y + m[4],
  y: m[1] * x + m[3] * y + m[5]
})

const cosineAndSine = (degrees: number): readonly [number, number] => {
  const turn = ((degrees % 360) + 360) % 360
  if (turn === 0) return [1, 0]
  if (turn === 90) return [0, 1]
  if (turn === 180) return [-1, 0]
  if (turn === 270) return [0, -1]
  const radians = (turn * Math.PI) / 180
  return [Math.cos(radians), Math.sin(radians)]
}
