/** Draws the others over the page: what they have selected, outlined in their colour, and their cursors with names. */
import { type Camera, toScreen } from "../camera/Camera.ts"
import type { Point } from "../scene/Point.ts"
import type { Scene } from "../scene/Scene.ts"
import { traceNode } from "../tools/traceNode.ts"
import type { OtherEditor } from "./OtherEditors.ts"

/** `context` works in CSS pixels from the top left of the canvas. */
export const drawPresence = (context: CanvasRenderingContext2D, camera: Camera, scene: Scene, editors: ReadonlyArray<OtherEditor>): void => {
  for (const { color, selection } of editors) {
    context.strokeStyle = color
    context.lineWidth = 1.5
    context.beginPath()
    for (const id of selection) traceNode(context, camera, scene.get(id))
    context.stroke()
  }
  // Cursors stand above all outlines.
  for (const { color, cursor, name } of editors) if (cursor !== undefined) drawCursor(context, toScreen(camera, cursor), color, name)
}

const nameCharsMax = 24

const drawCursor = (context: CanvasRenderingContext2D, { x, y }: Point, color: string, name: string): void => {
  context.save()
  context.translate(x, y)
  context.beginPath()
  context.moveTo(0, 0)
  context.lineTo(4.5, 15)
  context.lineTo(7.5, 8.5)
  context.lineTo(14, 5.5)
  context.closePath()
  context.fillStyle = color
  context.strokeStyle = "#ffffff"
  context.lineWidth = 1.5
  context.lineJoin = "round"
  context.stroke()
  context.fill()
  drawName(context, color, name.length > nameCharsMax ? `${name.slice(0, nameCharsMax - 1)}…` : name)
  context.restore()
}

const drawName = (context: CanvasRenderingContext2D, color: string, name: string): void => {
  if (name === "") return
  context.font = "500 11px system-ui, sans-serif"
  context.textBaseline = "middle"
  context.textAlign = "left"
  const width = context.measureText(name).width + 12
  context.beginPath()
  context.roundRect(10, 14, width, 18, 4)
  context.fill()
  context.fillStyle = isLight(color) ? "#1f2328" : "#ffffff"
  context.fillText(name, 16, 23.5)
}

/** Whether dark letters read better on a colour `#rrggbb` (relative luminance of WCAG, roughly). */
const isLight = (color: string): boolean => {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => (Number.parseInt(color.slice(at, at + 2), 16) / 255) ** 2.2)
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue > 0.4
}
