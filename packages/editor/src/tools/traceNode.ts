/** Adds the outline of an object's own box, turned as the object is, to the current path of a canvas. */
import { type Camera, toScreen } from "../camera/Camera.ts"
import type { Box } from "../scene/Box.ts"
import * as Matrix from "../scene/Matrix.ts"
import type { SceneNode } from "../scene/Scene.ts"
import { numberOf } from "../model/transformObject.ts"

export const traceNode = (context: CanvasRenderingContext2D, camera: Camera, node: SceneNode | undefined): void => {
  if (node === undefined) return
  if (node.object.type !== "line") return traceBox(context, camera, node.matrix, node.localBox)
  const [from, to] = [1, 2].map((end) => toScreen(camera, Matrix.apply(node.matrix, { x: numberOf(node.object, `x${end}`), y: numberOf(node.object, `y${end}`) })))
  if (from === undefined || to === undefined) return
  context.moveTo(from.x, from.y)
  context.lineTo(to.x, to.y)
}

export const traceBox = (context: CanvasRenderingContext2D, camera: Camera, matrix: Matrix.Matrix, box: Box): void => {
  const [first, ...others] = Matrix.cornersOf(matrix, box).map((corner) => toScreen(camera, corner))
  if (first === undefined) return
  context.moveTo(first.x, first.y)
  for (const { x, y } of others) context.lineTo(x, y)
  context.closePath()
}
