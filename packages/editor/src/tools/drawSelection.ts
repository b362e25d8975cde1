/** Draws over the page what the hand works with: hovered and selected outlines, handles, the marquee, the size. */
import { boxToScreen, type Camera, toScreen } from "../camera/Camera.ts"
import type { EditorModel } from "../model/EditorModel.ts"
import * as Matrix from "../scene/Matrix.ts"
import type { Point } from "../scene/Point.ts"
import type { Gestures } from "./Gestures.ts"
import { handlePoint, lineEnds, type SelectionFrame, shownHandles } from "./handles.ts"
import { traceBox, traceNode } from "./traceNode.ts"

/** Selected objects whose own outlines are drawn; of more only the frame around all is. */
const outlinesMax = 500

const accent = "#0b7bff"

/** `context` works in CSS pixels from the top left of the canvas. */
export const drawSelection = (context: CanvasRenderingContext2D, camera: Camera, model: EditorModel, gestures: Gestures): void => {
  const { scene, selection } = model
  context.strokeStyle = accent
  context.lineJoin = "miter"
  const isIdle = gestures.name === undefined
  if (isIdle && model.hoveredId !== undefined && !selection.has(model.hoveredId)) {
    stroke(context, 2, () => traceNode(context, camera, scene.get(model.hoveredId ?? "")))
  }
  if (typeof gestures.containerId === "string") stroke(context, 2, () => traceNode(context, camera, scene.get(gestures.containerId ?? "")))
  if (model.enteredId !== null) {
    context.setLineDash([4, 4])
    stroke(context, 1, () => traceNode(context, camera, scene.get(model.enteredId ?? "")))
    context.setLineDash([])
  }
  const frame = gestures.selectionFrame
  if (frame !== undefined && model.editingTextId === undefined) drawFrame(context, camera, model, gestures, frame)
  if (gestures.marquee !== undefined) drawMarquee(context, camera, gestures.marquee)
}

const drawFrame = (context: CanvasRenderingContext2D, camera: Camera, model: EditorModel, gestures: Gestures, frame: SelectionFrame): void => {
  const { scene, selection } = model
  if (selection.size <= outlinesMax) stroke(context, 1.5, () => selection.forEach((id) => traceNode(context, camera, scene.get(id))))
  if (frame.lineId === undefined && selection.size > 1) stroke(context, 1, () => traceBox(context, camera, frame.matrix, frame.box))
  if (model.readOnly || frame.locked || model.tool !== "select" || gestures.name === "move" || gestures.name === "marquee") return
  for (const point of handlePoints(model, camera, frame)) drawHandle(context, toScreen(camera, point), frame)
  if (gestures.name === "resize" || gestures.name === "draw") drawSize(context, camera, frame)
}

/** Corners, or the ends of a line. Edges are pulled without a mark, for it would hide small objects. */
const handlePoints = (model: EditorModel, camera: Camera, frame: SelectionFrame): ReadonlyArray<Point> => {
  if (frame.lineId !== undefined) return lineEnds(model.scene, frame.lineId) ?? []
  return shownHandles(frame, camera)
    .filter(({ x, y }) => x !== 0 && y !== 0)
    .map((handle) => Matrix.apply(frame.matrix, handlePoint(frame.box, handle)))
}

const drawHandle = (context: CanvasRenderingContext2D, { x, y }: Point, { lineId, matrix }: SelectionFrame): void => {
  context.save()
  context.translate(x, y)
  context.rotate((Matrix.rotationOf(matrix) * Math.PI) / 180)
  context.beginPath()
  if (lineId === undefined) context.rect(-4, -4, 8, 8)
  else context.arc(0, 0, 4.5, 0, Math.PI * 2)
  context.fillStyle = "#ffffff"
  context.fill()
  context.lineWidth = 1.5
  context.stroke()
  context.restore()
}

const drawSize = (context: CanvasRenderingContext2D, camera: Camera, { box, lineId, matrix }: SelectionFrame): void => {
  if (lineId !== undefined) return
  const corners = Matrix.cornersOf(matrix, box).map((corner) => toScreen(camera, corner))
  const bottom = Math.max(...corners.map(({ y }) => y))
  const middle = corners.reduce((sum, { x }) => sum + x, 0) / corners.length
  const width = box.width * Math.hypot(matrix[0], matrix[1])
  const height = box.height * Math.hypot(matrix[2], matrix[3])
  const text = `${Math.round(width * 10) / 10} × ${Math.round(height * 10) / 10}`
  context.font = "500 11px system-ui, sans-serif"
  context.textAlign = "center"
  context.textBaseline = "middle"
  const half = context.measureText(text).width / 2 + 6
  context.fillStyle = accent
  context.beginPath()
  context.roundRect(middle - half, bottom + 8, half * 2, 18, 4)
  context.fill()
  context.fillStyle = "#ffffff"
  context.fillText(text, middle, bottom + 17.5)
}

const drawMarquee = (context: CanvasRenderingContext2D, camera: Camera, marquee: Parameters<typeof boxToScreen>[1]): void => {
  const { height, width, x, y } = boxToScreen(camera, marquee)
  context.fillStyle = `${accent}1a`
  context.fillRect(x, y, width, height)
  context.lineWidth = 1
  context.strokeRect(x, y, width, height)
}

const stroke = (context: CanvasRenderingContext2D, width: number, trace: () => void): void => {
  context.lineWidth = width
  context.beginPath()
  trace()
  context.stroke()
}
