/**
 * Lengths in CSS pixels. Absolute units count at 96 px per inch, `em` by the font size of the element, per cent by
 * the nearest viewport: its width, its height, or its diagonal divided by the root of two, as SVG prescribes.
 */
import { numberEnd, positiveZero } from "./numbers.ts"

export interface Size {
  readonly width: number
  readonly height: number
}

export interface LengthContext {
  readonly viewport: Size
  readonly fontSize: number
}

/** What a percentage is of. */
export type Axis = "x" | "y" | "diagonal"

const pixels: ReadonlyMap<string, number> = new Map([
  ["", 1],
  ["px", 1],
  ["pt", 96 / 72],
  ["pc", 16],
  ["in", 96],
  ["mm", 96 / 25.4],
  ["cm", 96 / 2.54],
  ["q", 96 / 101.6],
  ["rem", 16]
])

/** A length in pixels, or `undefined` for text that is none or is not finite. */
export const parseLength = (text: string, axis: Axis, context: LengthContext): number | undefined => {
  const trimmed = text.trim()
  const end = numberEnd(trimmed, 0)
  if (end === undefined) return undefined
  const factor = unitPixels(trimmed.slice(end).toLowerCase(), axis, context)
  const length = factor === undefined ? Number.NaN : Number(trimmed.slice(0, end)) * factor
  return Number.isFinite(length) ? positiveZero(length) : undefined
}

const unitPixels = (unit: string, axis: Axis, context: LengthContext): number | undefined => {
  switch (unit) {
    case "em":
      return context.fontSize
    case "ex":
    case "ch":
      return context.fontSize / 2
    case "%":
      return extent(axis, context.viewport) / 100
    default:
      return pixels.get(unit)
  }
}

const extent = (axis: Axis, { width, height }: Size): number => {
  switch (axis) {
    case "x":
      return width
    case "y":
      return height
    case "diagonal":
      return Math.hypot(width, height) / Math.SQRT2
  }
}
