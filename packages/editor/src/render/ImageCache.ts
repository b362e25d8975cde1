/**
 * Images by what names them, an address or an asset of the file, loaded once. Those that were asked for longest ago make room for new ones.
 *
 * An image that cannot be loaded stays failed until its place is taken; the page does not try again and again.
 */
import type { DesignObject } from "@easel/document"

/** Reads an asset of the file. */
export type ReadImage = (assetId: string) => Promise<Blob>

/** Names the image that an object shows; `undefined` when it shows none. */
export const imageKeyOf = (object: DesignObject): string | undefined => {
  const [assetId, src] = [object.get("assetId"), object.get("src")]
  if (typeof assetId === "string" && assetId !== "") return `${assetPrefix}${assetId}`
  return typeof src === "string" && src !== "" ? src : undefined
}

/** No address begins so: what does is no scheme. */
const assetPrefix = "asset "

type LoadedImage =
  | { readonly state: "loading" }
  | { readonly state: "failed" }
  | { readonly state: "ready"; readonly image: HTMLImageElement }

/** Images kept. Decoded ones are large, and the browser may drop the pixels of those it does not draw. */
const imagesMax = 256

export class ImageCache {
  readonly #images = new Map<string, LoadedImage>()
  readonly #onChange: (key: string) => void
  readonly #readImage: ReadImage | undefined

  /** `onChange` is called when an image has been loaded, or has failed. Without `readImage` there are no assets. */
  constructor(readImage: ReadImage | undefined, onChange: (key: string) => void) {
    this.#readImage = readImage
    this.#onChange = onChange
  }

  get(key: string): LoadedImage {
    const known = this.#images.get(key)
    if (known === undefined) return this.#load(key)
    this.#images.delete(key)
    this.#images.set(key, known)
    return known
  }

  #load(key: string): LoadedImage {
    const [oldest] = this.#images.keys()
    if (oldest !== undefined && this.#images.size >= imagesMax) this.#images.delete(oldest)
    const loading: LoadedImage = { state: "loading" }
    this.#images.set(key, loading)
    const image = new Image()
    const settle = (result: LoadedImage): void => {
      if (image.src.startsWith("blob:")) URL.revokeObjectURL(image.src)
      if (this.#images.get(key) !== loading) return
      this.#images.set(key, result)
      this.#onChange(key)
    }
    image.decoding = "async"
    image.addEventListener("load", () => {
      // Decoded before it is drawn, so that no frame waits for it.
      image.decode().then(() => settle({ state: "ready", image }), () => settle({ state: "ready", image }))
    })
    image.addEventListener("error", () => settle({ state: "failed" }))
    this.#addressOf(key).then(
      (address) => {
        image.src = address
      },
      () => settle({ state: "failed" })
    )
    return loading
  }

  /** An asset is read in the name of whoever looks, which an address cannot say. */
  async #addressOf(key: string): Promise<string> {
    if (!key.startsWith(assetPrefix)) return key
    if (this.#readImage === undefined) throw new Error("there are no assets here")
    return URL.createObjectURL(await this.#readImage(key.slice(assetPrefix.length)))
  }
}
