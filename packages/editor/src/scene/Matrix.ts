/**
 * Affine maps of the plane as `[a, b, c, d, e, f]`, the notation of SVG and Canvas: x' = ax + cy + e, y' = bx + dy + f.
 *
 * `multiply(outer, inner)` applies `inner` first. All functions are pure; a map without an inverse answers `undefined`.
 */
import { Affine } from "@easel/document"
import type { Box } from "./Box.ts"
import type { Point } from "./Point.ts"

export type Matrix = Affine.Matrix

export const { apply, determinant, identity, invert, multiply, rotation, translation } = Affine

export const scaling = (x: number, y: number): Matrix => [x, 0, 0, y, 0, 0]

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

/** Whether boxes stay upright boxes under the map. */
export const isUpright = (m: Matrix): boolean => (m[1] === 0 && m[2] === 0) || (m[0] === 0 && m[3] === 0)
