/**
 * Draws what one node itself shows, children apart: fill, stroke, text or image.
 *
 * `base` maps the page to the context's pixels. What is smaller than a few pixels is drawn as a spot of its colour.
 */
import * as Matrix from "../scene/Matrix.ts"
import { isPainted, type PaintStyle } from "../scene/paint.ts"
import type { SceneNode } from "../scene/SceneNode.ts"
import { type Shape, shapeOf } from "../scene/Shape.ts"
import { canvasPaint, type Context, setStroke } from "./canvasPaint.ts"
import { drawImage } from "./drawImage.ts"
import { drawText } from "./drawText.ts"
import type { ImageCache } from "./ImageCache.ts"
import { shapePath } from "./shapePath.ts"

/** Device pixels below which nobody can tell a shape from a spot. */
const spotMax = 2

export const drawNode = (context: Context, base: Matrix.Matrix, node: SceneNode, alpha: number, images: ImageCache): void => {
  const shape = shapeOf(node.object)
  const { width, height } = node.paintBounds
  const scale = base[0]
  if (shape.kind === "children" || shape.kind === "nothing") return
  if (Math.max(width, height) * scale < spotMax && shape.kind !== "text") return drawSpot(context, base, node, alpha)
  const matrix = Matrix.multiply(base, node.matrix)
  context.setTransform(matrix[0], matrix[1], matrix[2], matrix[3], matrix[4], matrix[5])
  if (shape.kind === "text") {
    if (node.text !== undefined) drawText(context, node.text, alpha, Matrix.scaleOf(matrix))
  } else if (node.object.type === "image" && shape.kind === "box") drawImage(context, node.object, shape, alpha, images)
  else if (isPainted(node.style)) drawShape(context, node, shape, alpha)
}

/** Whether fill and stroke overlap, so that an opacity must apply to both together. */
export const overlapsItself = ({ style, object, text }: SceneNode): boolean => {
  if (object.type === "text") return (text?.runs.length ?? 0) > 1 || style.stroke !== undefined
  return style.stroke !== undefined && style.fill.kind !== "none" && style.fillOpacity > 0
}

type Drawn = Exclude<Shape, { readonly kind: "children" | "nothing" | "text" }>

const drawShape = (context: Context, { object, style }: SceneNode, shape: Drawn, alpha: number): void => {
  const fill = style.fillOpacity > 0 ? canvasPaint(context, style.fill, shape.box) : undefined
  const isPlainBox = shape.kind === "box" && shape.radii === undefined
  if (fill !== undefined) {
    context.fillStyle = fill
    context.globalAlpha = alpha * style.fillOpacity
    if (isPlainBox) context.fillRect(0, 0, shape.box.width, shape.box.height)
    else {
      const path = shapePath(object)
      if (path !== undefined) context.fill(path, style.fillRule)
    }
  }
  const { stroke } = style
  const paint = stroke === undefined ? undefined : canvasPaint(context, stroke.paint, shape.box)
  const path = paint === undefined ? undefined : shapePath(object)
  if (stroke === undefined || paint === undefined || path === undefined) return
  setStroke(context, stroke)
  context.strokeStyle = paint
  context.globalAlpha = alpha * stroke.opacity
  context.stroke(path)
}

const drawSpot = (context: Context, base: Matrix.Matrix, { style, paintBounds, object }: SceneNode, alpha: number): void => {
  const paint = spotPaint(context, style, object.type === "image")
  if (paint === undefined) return
  const { x, y, width, height } = Matrix.applyToBox(base, paintBounds)
  context.setTransform(1, 0, 0, 1, 0, 0)
  context.fillStyle = paint
  context.globalAlpha = alpha * (style.fill.kind === "none" ? 0.6 : style.fillOpacity)
  // Never thinner than half a pixel, or a drawing far away would vanish.
  context.fillRect(x, y, Math.max(width, 0.5), Math.max(height, 0.5))
}

const spotPaint = (context: Context, { fill, stroke }: PaintStyle, isImage: boolean): string | CanvasGradient | undefined => {
  if (isImage) return "#888888"
  const paint = fill.kind === "none" ? stroke?.paint : fill
  if (paint === undefined) return undefined
  if (paint.kind === "linear" || paint.kind === "radial") return paint.stops[0]?.colour
  return canvasPaint(context, paint, { x: 0, y: 0, width: 0, height: 0 })
}
