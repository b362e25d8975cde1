/** Bitmaps for what must be composed before it is laid on the rest; used ones are kept for the next time. */
export interface Layer {
  readonly canvas: HTMLCanvasElement
  readonly context: CanvasRenderingContext2D
}

/** Kept bitmaps; layers nest, and deeper nesting than this is rare. */
const layersMax = 4

export class LayerPool {
  readonly #free: Array<Layer> = []
  readonly #isRead: boolean

  constructor({ isRead }: { readonly isRead: boolean }) {
    this.#isRead = isRead
  }

  /** An empty layer of at least this size. */
  take(width: number, height: number): Layer {
    const layer = this.#free.pop() ?? this.#make()
    const { canvas, context } = layer
    if (canvas.width < width || canvas.height < height) {
      canvas.width = Math.max(canvas.width, width)
      canvas.height = Math.max(canvas.height, height)
    } else {
      context.setTransform(1, 0, 0, 1, 0, 0)
      context.globalCompositeOperation = "source-over"
      context.clearRect(0, 0, width, height)
    }
    return layer
  }

  give(layer: Layer): void {
    if (this.#free.length < layersMax) this.#free.push(layer)
  }

  #make(): Layer {
    const canvas = document.createElement("canvas")
    canvas.width = 0
    canvas.height = 0
    const context = canvas.getContext("2d", { willReadFrequently: this.#isRead })
    if (context === null) throw new Error("this browser has no canvas")
    return { canvas, context }
  }
}
