/**
 * The cached bitmap of what is seen and a margin around it, kept like the scene.
 *
 * While the camera moves, the bitmap is shifted or stretched, and a second one is painted behind it in slices of a
 * frame until it can take its place. What changes in the document is repainted in the very next frame, as long as that
 * is quick; a change of everything goes the slow way, too. Shows nothing that it has not painted.
 */
import * as Box from "../scene/Box.ts"
import type { Damage } from "../scene/Scene.ts"
import { NodePainter, type PaintResources } from "./NodePainter.ts"
import * as PixelRect from "./PixelRect.ts"
import { Surface } from "./Surface.ts"

/** What is seen: a rectangle of the pixel grid at a scale. */
export interface View {
  readonly scale: number
  readonly rect: PixelRect.PixelRect
}

/** A repair that would take longer than this is painted in the background, and shown when it is done. */
const repairMillisMax = 60
/** Nodes painted between two looks at the clock. */
const nodesPerLook = 24
/** A bitmap that is off by more than this factor of scale is not worth finishing. */
const staleScale = 3

interface Job {
  readonly surface: Surface
  /** What is to be painted, one region after the other. */
  readonly regions: Array<PixelRect.PixelRect>
  painter: NodePainter | undefined
  /** What has changed on the page since the job began. */
  readonly damage: Array<Box.Box>
}

export class Picture {
  readonly #resources: PaintResources
  readonly #isSoftware: boolean
  #front: Surface | undefined
  #spare: Surface | undefined
  #job: Job | undefined
  #isStale = false
  #damage: Array<Box.Box> = []
  #margin = 256
  #last: View | undefined
  /** What one node costs, by experience. */
  #millisPerNode = 0.02

  /** `isSoftware`: bitmaps are painted by the processor, on this thread. */
  constructor(resources: PaintResources, { isSoftware }: { readonly isSoftware: boolean }) {
    this.#resources = resources
    this.#isSoftware = isSoftware
  }

  /** How many device pixels around what is seen are painted in advance. */
  set margin(pixels: number) {
    this.#margin = Math.round(pixels)
  }

  damage(damage: Damage): void {
    if (damage === "everything") {
      this.#isStale = true
      this.#damage = []
      this.#abandon()
    } else {
      this.#damage.push(...damage)
      this.#job?.damage.push(...damage)
    }
  }

  /** Brings the shown bitmap up to date with the scene. Whether it has changed. */
  repair(): boolean {
    if (this.#damage.length === 0 || this.#front === undefined) return false
    const damage = this.#damage
    this.#damage = []
    return this.#repairSurface(this.#front, damage)
  }

  /** Paints ahead until the clock says `deadline`. Whether the shown bitmap has changed. */
  work(view: View, deadline: number): boolean {
    if (this.#job !== undefined && isHopeless(this.#job, view)) this.#abandon()
    this.#job ??= this.#nextJob(view)
    this.#last = view
    const job = this.#job
    if (job === undefined || !this.#paint(job, deadline)) return false
    if (job.damage.length > 0) this.#repairSurface(job.surface, job.damage.splice(0))
    this.#spare = this.#front
    this.#front = job.surface
    this.#job = undefined
    return true
  }

  /** Whether `work` would have something to do. */
  isBehind(view: View): boolean {
    return this.#job !== undefined || this.#wants(view)
  }

  /** Whether parts of the view are not painted yet but on their way, so that each step should be shown. */
  isFillingIn(view: View): boolean {
    return this.#job !== undefined && (this.#front === undefined || !Box.contains(this.#front.box, PixelRect.toBox(view.rect, view.scale)))
  }

  drawOn(context: CanvasRenderingContext2D, view: View): void {
    const { left, top, width, height } = view.rect
    const front = this.#front
    context.setTransform(1, 0, 0, 1, 0, 0)
    context.globalAlpha = 1
    if (front !== undefined && front.scale === view.scale && PixelRect.covers(front.rect, view.rect)) {
      context.globalCompositeOperation = "copy"
      context.drawImage(front.canvas, front.rect.left - left, front.rect.top - top)
      context.globalCompositeOperation = "source-over"
      return
    }
    context.clearRect(0, 0, width, height)
    if (this.#job !== undefined && this.isFillingIn(view)) {
      context.save()
      if (front !== undefined) clipOutside(context, view, front)
      drawSurface(context, view, this.#job.surface)
      context.restore()
    }
    if (front !== undefined) drawSurface(context, view, front)
  }

  #wants({ scale, rect }: View): boolean {
    const front = this.#front
    if (front === undefined || this.#isStale || front.scale !== scale) return true
    return !PixelRect.covers(front.rect, PixelRect.grown(rect, Math.floor(this.#margin / 3)))
  }

  #nextJob(view: View): Job | undefined {
    if (!this.#wants(view)) return undefined
    const rect = PixelRect.grown(this.#ahead(view), this.#margin)
    const surface = this.#spare ?? new Surface({ isRead: this.#isSoftware })
    this.#spare = undefined
    surface.place(rect, view.scale)
    const front = this.#isStale || this.#front?.scale !== view.scale ? undefined : this.#front
    this.#isStale = false
    const kept = front === undefined ? undefined : PixelRect.common(front.rect, rect)
    if (front === undefined || kept === undefined) return { surface, regions: [rect], painter: undefined, damage: [] }
    const [from, to] = [front.inOwnPixels(kept), surface.inOwnPixels(kept)]
    surface.context.setTransform(1, 0, 0, 1, 0, 0)
    surface.context.globalAlpha = 1
    surface.context.drawImage(front.canvas, from.left, from.top, kept.width, kept.height, to.left, to.top, kept.width, kept.height)
    return { surface, regions: [...PixelRect.without(rect, kept)], painter: undefined, damage: [...this.#damage] }
  }

  /** Where the view will be when the painting is done, if it goes on moving as it did. */
  #ahead({ scale, rect }: View): PixelRect.PixelRect {
    if (this.#last?.scale !== scale) return rect
    const limit = Math.floor(this.#margin / 2)
    const lead = (now: number, before: number) => Math.min(Math.max((now - before) * leadFrames, -limit), limit)
    return { ...rect, left: rect.left + lead(rect.left, this.#last.rect.left), top: rect.top + lead(rect.top, this.#last.rect.top) }
  }

  #paint(job: Job, deadline: number): boolean {
    const { surface, regions } = job
    let [looked, painted] = [performance.now(), 0]
    const goesOn = (): boolean => {
      if (++painted % nodesPerLook !== 0) return true
      if (this.#isSoftware) flush(surface)
      const now = performance.now()
      this.#millisPerNode += 0.05 * ((now - looked) / nodesPerLook - this.#millisPerNode)
      looked = now
      return now < deadline
    }
    for (let region = regions[0]; region !== undefined; region = regions[0]) {
      job.painter ??= this.#painterOf(surface, region)
      if (!job.painter.paint(goesOn)) return false
      surface.context.restore()
      job.painter = undefined
      regions.shift()
    }
    if (this.#isSoftware) flush(surface)
    return true
  }

  /** A painter whose context is clipped to the region, until `restore`. */
  #painterOf(surface: Surface, region: PixelRect.PixelRect): NodePainter {
    const { context, base, scale } = surface
    const own = surface.inOwnPixels(region)
    context.save()
    context.setTransform(1, 0, 0, 1, 0, 0)
    context.beginPath()
    context.rect(own.left, own.top, own.width, own.height)
    context.clip()
    context.clearRect(own.left, own.top, own.width, own.height)
    return new NodePainter({ context, base, region: own }, this.#resources.scene.paintingIn(PixelRect.toBox(region, scale)), this.#resources)
  }

  #repairSurface(surface: Surface, damage: ReadonlyArray<Box.Box>): boolean {
    const touched = damage.flatMap((box) => PixelRect.common(PixelRect.around(box, surface.scale), surface.rect) ?? [])
    const rects = PixelRect.merged(touched)
    const nodes = rects.reduce((count, rect) => count + this.#resources.scene.paintingIn(PixelRect.toBox(rect, surface.scale)).length, 0)
    if (nodes * this.#millisPerNode > repairMillisMax) {
      this.#isStale = true
      return false
    }
    for (const rect of rects) {
      this.#painterOf(surface, rect).paint(() => true)
      surface.context.restore()
    }
    return rects.length > 0
  }

  #abandon(): void {
    const job = this.#job
    if (job === undefined) return
    if (job.painter !== undefined) {
      job.painter.abandon()
      job.surface.context.restore()
    }
    this.#spare = job.surface
    this.#job = undefined
  }
}

/** Frames that painting an edge takes about. */
const leadFrames = 8

const isHopeless = ({ surface }: Job, view: View): boolean => {
  const ratio = surface.scale / view.scale
  return ratio > staleScale || ratio < 1 / staleScale || !Box.intersects(surface.box, PixelRect.toBox(view.rect, view.scale))
}

/** Reading a pixel makes the browser paint what it has only noted so far, so that the clock tells the truth. */
const flush = ({ context }: Surface): void => {
  context.getImageData(0, 0, 1, 1)
}

const drawSurface = (context: CanvasRenderingContext2D, view: View, { canvas, scale, rect }: Surface): void => {
  const [x, y, width, height] = placeIn(view, scale, rect)
  if (width > 0 && height > 0 && canvas.width > 0) context.drawImage(canvas, x, y, width, height)
}

const placeIn = (view: View, scale: number, rect: PixelRect.PixelRect): readonly [number, number, number, number] => {
  const ratio = view.scale / scale
  return [rect.left * ratio - view.rect.left, rect.top * ratio - view.rect.top, rect.width * ratio, rect.height * ratio]
}

const clipOutside = (context: CanvasRenderingContext2D, view: View, { scale, rect }: Surface): void => {
  context.beginPath()
  context.rect(0, 0, view.rect.width, view.rect.height)
  context.rect(...placeIn(view, scale, rect))
  context.clip("evenodd")
}
