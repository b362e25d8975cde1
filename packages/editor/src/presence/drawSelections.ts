/** Draws over the page what the others have selected, outlined in their colours. */
import type { Camera } from "../camera/Camera.ts"
import type { Scene } from "../scene/Scene.ts"
import { traceNode } from "../tools/traceNode.ts"
import type { OtherEditor } from "./OtherEditors.ts"

/** `context` works in CSS pixels from the top left of the canvas. */
export const drawSelections = (context: CanvasRenderingContext2D, camera: Camera, scene: Scene, editors: ReadonlyArray<OtherEditor>): void => {
  for (const { color, selection } of editors) {
    context.strokeStyle = color
    context.lineWidth = 1.5
    context.beginPath()
    for (const id of selection) traceNode(context, camera, scene.get(id))
    context.stroke()
  }
}
