/**
 * Images by their address, loaded once. Those that were asked for longest ago make room for new ones.
 *
 * An image that cannot be loaded stays failed until its place is taken; the page does not try again and again.
 */
type LoadedImage =
  | { readonly state: "loading" }
  | { readonly state: "failed" }
  | { readonly state: "ready"; readonly image: HTMLImageElement }

/** Images kept. Decoded ones are large, and the browser may drop the pixels of those it does not draw. */
const imagesMax = 256

export class ImageCache {
  readonly #images = new Map<string, LoadedImage>()
  readonly #onChange: (src: string) => void

  /** `onChange` is called when an image has been loaded, or has failed. */
  constructor(onChange: (src: string) => void) {
    this.#onChange = onChange
  }

  get(src: string): LoadedImage {
    const known = this.#images.get(src)
    if (known === undefined) return this.#load(src)
    this.#images.delete(src)
    this.#images.set(src, known)
    return known
  }

  #load(src: string): LoadedImage {
    const [oldest] = this.#images.keys()
    if (oldest !== undefined && this.#images.size >= imagesMax) this.#images.delete(oldest)
    const loading: LoadedImage = { state: "loading" }
    this.#images.set(src, loading)
    const image = new Image()
    const settle = (result: LoadedImage): void => {
      if (this.#images.get(src) !== loading) return
      this.#images.set(src, result)
      this.#onChange(src)
    }
    image.decoding = "async"
    image.addEventListener("load", () => {
      // Decoded before it is drawn, so that no frame waits for it.
      image.decode().then(() => settle({ state: "ready", image }), () => settle({ state: "ready", image }))
    })
    image.addEventListener("error", () => settle({ state: "failed" }))
    image.src = src
    return loading
  }
}
