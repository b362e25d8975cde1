/** What the drawing tools make: the first look and the default size of every kind of object. */
import type { Tool } from "../model/EditorModel.ts"
import { textInitial } from "../model/paste.ts"
import { type Properties, rounded } from "../model/transformObject.ts"
import type { Point } from "../scene/Point.ts"
import { alongAngle } from "./snapping.ts"

export type DrawingTool = Exclude<Tool, "select" | "hand" | "comment">

/** What a click without a drag makes, in page units. */
export const sizeDefault = 100

const looks: Readonly<Record<DrawingTool, Properties>> = {
  rectangle: { fill: "#d9d9d9" },
  ellipse: { fill: "#d9d9d9" },
  frame: { fill: "#ffffff", clip: true },
  line: { stroke: "#1f2328", strokeWidth: 2 },
  text: textInitial
}

/** The properties of a new object between two points of its parent. `square`: as wide as high, or a line at 45°. */
export const newObject = (tool: DrawingTool, from: Point, to: Point, square: boolean): Properties => {
  const drawn = { x: to.x - from.x, y: to.y - from.y }
  if (tool === "line") {
    const arm = square ? alongAngle(drawn, 45) : drawn
    return { ...looks.line, x: rounded(from.x), y: rounded(from.y), x1: 0, y1: 0, x2: rounded(arm.x), y2: rounded(arm.y) }
  }
  // The point of a click lies on the middle of the line of text, and `y` is its baseline.
  if (tool === "text") return { ...looks.text, text: "", x: rounded(from.x), y: rounded(from.y + Math.round(textInitial.fontSize * 0.35)) }
  const side = Math.max(Math.abs(drawn.x), Math.abs(drawn.y))
  const size = square ? { x: side * sign(drawn.x), y: side * sign(drawn.y) } : drawn
  return {
    ...looks[tool],
    x: rounded(Math.min(from.x, from.x + size.x)),
    y: rounded(Math.min(from.y, from.y + size.y)),
    width: Math.max(1, rounded(Math.abs(size.x))),
    height: Math.max(1, rounded(Math.abs(size.y)))
  }
}

const sign = (value: number): number => (value < 0 ? -1 : 1)
