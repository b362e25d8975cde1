/**
 * A bitmap of a part of the page at one scale.
 *
 * Its pixels lie on the grid that begins at the page's origin, so that two surfaces of one scale can be copied into
 * each other pixel by pixel.
 */
import type { Box } from "../scene/Box.ts"
import type { Matrix } from "../scene/Matrix.ts"
import { type PixelRect, toBox } from "./PixelRect.ts"

export class Surface {
  readonly canvas: HTMLCanvasElement
  readonly context: CanvasRenderingContext2D
  /** Where it lies on the pixel grid of its scale. */
  rect: PixelRect = { left: 0, top: 0, width: 0, height: 0 }
  /** Device pixels per page unit. */
  scale = 1

  /** `isRead`: its pixels are read now and then, so it should lie in main memory. */
  constructor({ isRead }: { readonly isRead: boolean }) {
    this.canvas = document.createElement("canvas")
    const context = this.canvas.getContext("2d", { willReadFrequently: isRead })
    if (context === null) throw new Error("this browser has no canvas")
    this.context = context
  }

  /** Moves the empty surface to another place and scale. */
  place(rect: PixelRect, scale: number): void {
    this.rect = rect
    this.scale = scale
    const { canvas, context } = this
    if (canvas.width !== rect.width || canvas.height !== rect.height) {
      canvas.width = rect.width
      canvas.height = rect.height
      return
    }
    context.setTransform(1, 0, 0, 1, 0, 0)
    context.clearRect(0, 0, rect.width, rect.height)
  }

  /** From the page to its pixels. */
  get base(): Matrix {
    return [this.scale, 0, 0, this.scale, -this.rect.left, -this.rect.top]
  }

  /** The part of the page that it shows. */
  get box(): Box {
    return toBox(this.rect, this.scale)
  }

  /** A rectangle of the grid in its own pixels. */
  inOwnPixels({ left, top, width, height }: PixelRect): PixelRect {
    return { left: left - this.rect.left, top: top - this.rect.top, width, height }
  }
}
