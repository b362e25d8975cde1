/**
 * Shows a scene through a camera on one canvas, and what the editor draws over it on another.
 *
 * Nothing is drawn outside of an animation frame (a change of size apart, which would flicker), and no frame is asked
 * for while nothing changes. Frames stay short: the picture is cached, and painted ahead in slices.
 */
import type { Camera } from "../camera/Camera.ts"
import type { Box } from "../scene/Box.ts"
import type { Scene, SceneNode } from "../scene/Scene.ts"
import { canvasMeasure } from "./canvasFont.ts"
import { ImageCache, imageKeyOf, type ReadImage } from "./ImageCache.ts"
import { isAccelerated } from "./isAccelerated.ts"
import { FramePace } from "./FramePace.ts"
import { LayerPool } from "./LayerPool.ts"
import { Picture, type View } from "./Picture.ts"

interface RendererOptions {
  readonly canvas: HTMLCanvasElement
  readonly overlay: HTMLCanvasElement
  readonly scene: Scene
  /** Reads the file's images. */
  readonly readImage: ReadImage | undefined
}

type DrawOverlay = (context: CanvasRenderingContext2D, camera: Camera, devicePixelRatio: number) => void

/** Painted in advance on each side, in CSS pixels. */
const marginPixels = 256

export class Renderer {
  readonly frames = { count: 0, lastMillis: 0 }
  readonly #scene: Scene
  readonly #canvas: HTMLCanvasElement
  readonly #overlay: HTMLCanvasElement
  readonly #context: CanvasRenderingContext2D
  readonly #overlayContext: CanvasRenderingContext2D
  readonly #picture: Picture
  readonly #pace = new FramePace()
  readonly #disposal = new AbortController()
  #camera: Camera = { x: 0, y: 0, zoom: 1 }
  #hiddenIds: ReadonlySet<string> = new Set()
  #onOverlay: DrawOverlay = () => {}
  #width = 0
  #height = 0
  #ratio = 1
  #frame: number | undefined
  #isSceneDrawn = false
  #isOverlayDrawn = false

  constructor({ canvas, overlay, readImage, scene }: RendererOptions) {
    this.#scene = scene
    this.#canvas = canvas
    this.#overlay = overlay
    this.#context = contextOf(canvas)
    this.#overlayContext = contextOf(overlay)
    const isSoftware = !isAccelerated()
    const images = new ImageCache(readImage, (key) => this.#imageChanged(key))
    const layers = new LayerPool({ isRead: isSoftware })
    this.#picture = new Picture({ scene, images, layers, isHidden: (node) => this.#isHidden(node) }, { isSoftware })
    scene.measureText(canvasMeasure())
    // A text that was measured with another font than it will be drawn with is laid out anew.
    document.fonts.addEventListener("loadingdone", () => this.#fontsChanged(), { signal: this.#disposal.signal })
    this.sceneChanged()
  }

  get camera(): Camera {
    return this.#camera
  }

  set camera(camera: Camera) {
    const { x, y, zoom } = this.#camera
    if (camera.x === x && camera.y === y && camera.zoom === zoom) return
    this.#camera = camera
    this.#isSceneDrawn = false
    this.overlayChanged()
  }

  get hiddenIds(): ReadonlySet<string> {
    return this.#hiddenIds
  }

  /** Objects not to be drawn, nor anything in them: for instance a text that is being edited. */
  set hiddenIds(ids: ReadonlySet<string>) {
    const boxes = [...this.#hiddenIds, ...ids].flatMap((id) => this.#scene.get(id)?.paintBounds ?? [])
    this.#hiddenIds = ids
    this.#picture.damage(boxes)
    this.#schedule()
  }

  /** Draws over the scene in CSS pixels from the top left; called in every frame in which the overlay changes. */
  set onOverlay(draw: DrawOverlay) {
    this.#onOverlay = draw
    this.overlayChanged()
  }

  get onOverlay(): DrawOverlay {
    return this.#onOverlay
  }

  /** To be called after `scene.update`. The scene knows where it has changed. */
  sceneChanged(_objectIds?: ReadonlySet<string>): void {
    this.#picture.damage(this.#scene.takeDamage())
    this.overlayChanged()
  }

  overlayChanged(): void {
    this.#isOverlayDrawn = false
    this.#schedule()
  }

  /** In CSS pixels. Draws at once, because canvases lose their content when they change size. */
  resize(width: number, height: number): void {
    const ratio = window.devicePixelRatio
    if (width === this.#width && height === this.#height && ratio === this.#ratio) return
    this.#width = width
    this.#height = height
    this.#ratio = ratio
    this.#picture.margin = marginPixels * ratio
    for (const canvas of [this.#canvas, this.#overlay]) {
      canvas.width = Math.max(Math.round(width * ratio), 1)
      canvas.height = Math.max(Math.round(height * ratio), 1)
      canvas.style.width = `${width}px`
      canvas.style.height = `${height}px`
    }
    this.#isSceneDrawn = false
    this.#isOverlayDrawn = false
    this.#draw()
    this.#schedule()
  }

  dispose(): void {
    if (this.#frame !== undefined) cancelAnimationFrame(this.#frame)
    this.#disposal.abort()
    this.#frame = undefined
  }

  #schedule(): void {
    if (this.#disposal.signal.aborted) return
    this.#frame ??= requestAnimationFrame((time) => this.#onFrame(time))
  }

  #onFrame(time: number): void {
    const start = performance.now()
    this.#frame = undefined
    if (window.devicePixelRatio !== this.#ratio) this.resize(this.#width, this.#height)
    const view = this.#view
    if (this.#picture.repair()) this.#isSceneDrawn = false
    const isMoving = !this.#isSceneDrawn
    this.#draw()
    const deadline = performance.now() + this.#pace.sliceMillis({ time, isMoving })
    if (this.#picture.isBehind(view) && (this.#picture.work(view, deadline) || this.#picture.isFillingIn(view))) {
      this.#isSceneDrawn = false
      // A picture at rest that has just become sharp is shown now and not a frame later.
      if (!isMoving) this.#draw()
    }
    if (!this.#isSceneDrawn || this.#picture.isBehind(view)) this.#schedule()
    this.frames.count++
    this.frames.lastMillis = performance.now() - start
  }

  #draw(): void {
    if (!this.#isSceneDrawn) {
      this.#isSceneDrawn = true
      this.#picture.drawOn(this.#context, this.#view)
    }
    if (this.#isOverlayDrawn) return
    this.#isOverlayDrawn = true
    const context = this.#overlayContext
    context.setTransform(1, 0, 0, 1, 0, 0)
    context.clearRect(0, 0, this.#overlay.width, this.#overlay.height)
    context.setTransform(this.#ratio, 0, 0, this.#ratio, 0, 0)
    this.#onOverlay(context, this.#camera, this.#ratio)
  }

  /** The camera on the pixel grid; what is seen is at most half a device pixel beside the truth. */
  get #view(): View {
    const scale = this.#camera.zoom * this.#ratio
    const [left, top] = [Math.round(this.#camera.x * scale), Math.round(this.#camera.y * scale)]
    return { scale, rect: { left, top, width: this.#canvas.width, height: this.#canvas.height } }
  }

  #isHidden(node: SceneNode): boolean {
    if (this.#hiddenIds.size === 0) return false
    for (let next: SceneNode | undefined = node; next !== undefined;) {
      if (this.#hiddenIds.has(next.id)) return true
      next = next.parentId === null ? undefined : this.#scene.get(next.parentId)
    }
    return false
  }

  #imageChanged(key: string): void {
    const boxes: Array<Box> = []
    for (const { object, paintBounds } of this.#scene.inPaintOrder()) if (imageKeyOf(object) === key) boxes.push(paintBounds)
    this.#picture.damage(boxes)
    this.#schedule()
  }

  #fontsChanged(): void {
    this.#scene.measureText(canvasMeasure())
    this.sceneChanged()
  }
}

const contextOf = (canvas: HTMLCanvasElement): CanvasRenderingContext2D => {
  const context = canvas.getContext("2d")
  if (context === null) throw new Error("this browser has no canvas")
  return context
}
