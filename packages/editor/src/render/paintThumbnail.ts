/** A whole scene, painted small onto a canvas in slices, so that the page stays at hand meanwhile. */
import { fit } from "../camera/Camera.ts"
import type { Scene } from "../scene/Scene.ts"
import { ImageCache } from "./ImageCache.ts"
import { isAccelerated } from "./isAccelerated.ts"
import { LayerPool } from "./LayerPool.ts"
import { NodePainter } from "./NodePainter.ts"

/** In device pixels, around the drawing. */
const padding = 6
/** Never enlarged beyond this, or a single dot would fill the picture. */
const zoomMax = 2
const sliceMillis = 6

/** Answers whether it was painted to its end. Images that are not loaded yet are left out. */
export const paintThumbnail = async (canvas: HTMLCanvasElement, scene: Scene, signal: AbortSignal): Promise<boolean> => {
  const context = canvas.getContext("2d")
  const { bounds } = scene
  if (context === null || bounds === undefined) return false
  const { height, width } = canvas
  const { x, y, zoom } = fit(bounds, canvas, padding, zoomMax)
  const painter = new NodePainter(
    {
      context,
      base: [zoom, 0, 0, zoom, -x * zoom, -y * zoom],
      region: { left: 0, top: 0, width, height }
    },
    [...scene.inPaintOrder()],
    { scene, images: new ImageCache(undefined, () => undefined), layers: new LayerPool({ isRead: !isAccelerated() }), isHidden: () => false }
  )
  while (true) {
    const deadline = performance.now() + sliceMillis
    if (painter.paint(() => performance.now() < deadline)) return true
    await new Promise(requestAnimationFrame)
    if (signal.aborted) {
      painter.abandon()
      return false
    }
  }
}
