/** Rectangles of whole device pixels: what bitmaps are copied, cleared and repainted by. */
import type { Box } from "../scene/Box.ts"

export interface PixelRect {
  readonly left: number
  readonly top: number
  readonly width: number
  readonly height: number
}

/** The pixels that a box touches, and one more on each side for the soft edge. */
export const around = ({ x, y, width, height }: Box, scale: number): PixelRect => {
  const left = Math.floor(x * scale) - 1
  const top = Math.floor(y * scale) - 1
  return { left, top, width: Math.ceil((x + width) * scale) + 1 - left, height: Math.ceil((y + height) * scale) + 1 - top }
}

export const toBox = ({ left, top, width, height }: PixelRect, scale: number): Box => ({
  x: left / scale,
  y: top / scale,
  width: width / scale,
  height: height / scale
})

export const grown = ({ left, top, width, height }: PixelRect, by: number): PixelRect => ({
  left: left - by,
  top: top - by,
  width: width + 2 * by,
  height: height + 2 * by
})

export const covers = (outer: PixelRect, inner: PixelRect): boolean =>
  outer.left <= inner.left &&
  outer.top <= inner.top &&
  outer.left + outer.width >= inner.left + inner.width &&
  outer.top + outer.height >= inner.top + inner.height

/** `undefined` when no pixel is common. */
export const common = (one: PixelRect, other: PixelRect): PixelRect | undefined => {
  const left = Math.max(one.left, other.left)
  const top = Math.max(one.top, other.top)
  const width = Math.min(one.left + one.width, other.left + other.width) - left
  const height = Math.min(one.top + one.height, other.top + other.height) - top
  return width <= 0 || height <= 0 ? undefined : { left, top, width, height }
}

/** `whole` without `hole`, as up to four rectangles that do not overlap. */
export const without = (whole: PixelRect, hole: PixelRect): ReadonlyArray<PixelRect> => {
  const inside = common(whole, hole)
  if (inside === undefined) return [whole]
  const { left, top, width, height } = whole
  const below = inside.top + inside.height
  const beside = inside.left + inside.width
  return [
    { left, top, width, height: inside.top - top },
    { left, top: below, width, height: top + height - below },
    { left, top: inside.top, width: inside.left - left, height: inside.height },
    { left: beside, top: inside.top, width: left + width - beside, height: inside.height }
  ].filter((rect) => rect.width > 0 && rect.height > 0)
}

/** The same pixels in fewer rectangles: those whose common hull is hardly larger than themselves become one. */
export const merged = (rects: ReadonlyArray<PixelRect>): ReadonlyArray<PixelRect> => {
  const all: Array<PixelRect> = []
  for (const rect of rects) {
    let grownRect = rect
    for (let index = 0; index < all.length;) {
      const other = all[index]
      const hull = other === undefined ? undefined : hullOf(grownRect, other)
      if (other !== undefined && hull !== undefined && areaOf(hull) <= (areaOf(grownRect) + areaOf(other)) * hullAreaMax) {
        grownRect = hull
        all.splice(index, 1)
        index = 0
      } else index++
    }
    all.push(grownRect)
  }
  return all
}

/** By how much the hull of two rectangles may exceed their areas, for painting some pixels in vain beats a second pass. */
const hullAreaMax = 1.2

const areaOf = ({ width, height }: PixelRect): number => width * height

const hullOf = (one: PixelRect, other: PixelRect): PixelRect => {
  const left = Math.min(one.left, other.left)
  const top = Math.min(one.top, other.top)
  return {
    left,
    top,
    width: Math.max(one.left + one.width, other.left + other.width) - left,
    height: Math.max(one.top + one.height, other.top + other.height) - top
  }
}
