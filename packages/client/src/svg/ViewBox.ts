/**
 * `viewBox` and `preserveAspectRatio`: how the coordinates of a drawing fill the box it is shown in.
 */
import { parseNumbers, positiveZero } from "./numbers.ts"
import type { Matrix } from "./Transform.ts"
import type { Size } from "./Units.ts"

export interface ViewBox extends Size {
  readonly x: number
  readonly y: number
}

/** `undefined` if the text is not four numbers with a positive size. */
export const parseViewBox = (text: string): ViewBox | undefined => {
  const { numbers, complete } = parseNumbers(text)
  const [x = 0, y = 0, width = 0, height = 0] = numbers
  return complete && numbers.length === 4 && width > 0 && height > 0 ? { x, y, width, height } : undefined
}

export interface AspectRatio {
  /** `none` stretches, `meet` shows the whole, `slice` fills the box. */
  readonly scaling: "none" | "meet" | "slice"
  /** Share of the free space before the content: 0, 0.5 or 1. */
  readonly alignX: number
  readonly alignY: number
}

const shares: ReadonlyMap<string, number> = new Map([["Min", 0], ["Mid", 0.5], ["Max", 1]])

/** `undefined` if the text is not a `preserveAspectRatio`. */
export const parseAspectRatio = (text: string): AspectRatio | undefined => {
  const [align = "", scaling = "meet", ...rest] = text.trim().split(/[ \n\t]+/).filter((word) => word !== "defer")
  if (rest.length > 0 || (scaling !== "meet" && scaling !== "slice")) return undefined
  if (align === "none") return { scaling: "none", alignX: 0, alignY: 0 }
  const alignX = shares.get(align.slice(1, 4))
  const alignY = shares.get(align.slice(5))
  if (alignX === undefined || alignY === undefined || align[0] !== "x" || align[4] !== "Y") return undefined
  return { scaling, alignX, alignY }
}

/** From the coordinates of the view box to those of the box. May leave the finite numbers. */
export const viewBoxMatrix = (viewBox: ViewBox, box: Size, ratio: AspectRatio): Matrix => {
  const fitX = box.width / viewBox.width
  const fitY = box.height / viewBox.height
  const uniform = ratio.scaling === "slice" ? Math.max(fitX, fitY) : Math.min(fitX, fitY)
  const [scaleX, scaleY] = ratio.scaling === "none" ? [fitX, fitY] : [uniform, uniform]
  const shiftX = (box.width - viewBox.width * scaleX) * ratio.alignX - viewBox.x * scaleX
  const shiftY = (box.height - viewBox.height * scaleY) * ratio.alignY - viewBox.y * scaleY
  return [scaleX, 0, 0, scaleY, positiveZero(shiftX), positiveZero(shiftY)]
}
