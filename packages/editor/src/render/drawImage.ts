/** Draws an image into its box, or a placeholder while there is none; the context's transform is the object's own. */
import type { DesignObject } from "@easel/document"
import type { Box } from "../scene/Box.ts"
import type { Shape } from "../scene/Shape.ts"
import type { Context } from "./canvasPaint.ts"
import { type ImageCache, imageKeyOf } from "./ImageCache.ts"
import { shapePath } from "./shapePath.ts"

export const drawImage = (context: Context, object: DesignObject, shape: Shape & { readonly kind: "box" }, alpha: number, images: ImageCache): void => {
  const key = imageKeyOf(object)
  const loaded = key === undefined ? undefined : images.get(key)
  context.globalAlpha = alpha
  if (loaded?.state !== "ready") return drawPlaceholder(context, shape.box, loaded?.state === "loading")
  const { naturalWidth, naturalHeight } = loaded.image
  // An SVG without a size has none of its own: it fills the box.
  const size = { width: naturalWidth || shape.box.width, height: naturalHeight || shape.box.height }
  const placed = fitted(object.get("fit"), size, shape.box)
  const isCut = shape.radii !== undefined || placed.width > shape.box.width || placed.height > shape.box.height
  const path = isCut ? shapePath(object) : undefined
  context.save()
  if (path !== undefined) context.clip(path)
  context.drawImage(loaded.image, placed.x, placed.y, placed.width, placed.height)
  context.restore()
}

/** As `object-fit` of CSS; `contain` unless it says otherwise. */
const fitted = (fit: unknown, size: { readonly width: number; readonly height: number }, box: Box): Box => {
  if (fit === "fill" || size.width === 0 || size.height === 0) return box
  const [scaleX, scaleY] = [box.width / size.width, box.height / size.height]
  const scale = fit === "cover" ? Math.max(scaleX, scaleY) : Math.min(scaleX, scaleY)
  const [width, height] = [size.width * scale, size.height * scale]
  return { x: box.x + (box.width - width) / 2, y: box.y + (box.height - height) / 2, width, height }
}

const drawPlaceholder = (context: Context, { x, y, width, height }: Box, isLoading: boolean): void => {
  context.fillStyle = "rgba(128, 128, 128, 0.16)"
  context.fillRect(x, y, width, height)
  if (isLoading) return
  context.strokeStyle = "rgba(128, 128, 128, 0.5)"
  context.lineWidth = Math.min(width, height) / 48
  context.setLineDash([])
  context.strokeRect(x, y, width, height)
  context.beginPath()
  context.moveTo(x, y)
  context.lineTo(x + width, y + height)
  context.moveTo(x + width, y)
  context.lineTo(x, y + height)
  context.stroke()
}
