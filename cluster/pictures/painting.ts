/**
 * What the program that paints does with its tasks. Documents are drawn as SVG by the page's own geometry and painted by
 * resvg, with the fonts that come with Easel and no others, so that every node paints the same.
 */
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { fromViews, type ObjectView } from "@easel/document"
import { type Drawing, drawingOf, writeSvg } from "@easel/editor/svg"
import type { Look } from "@easel/gateway"
import { Limits } from "@easel/protocol"
import { Resvg } from "@resvg/resvg-js"
import sharp from "sharp"

/** There is nothing to be seen, or not what was asked for. */
export class NothingThere extends Error {}

/** A picture would have more pixels than it may. */
export class PictureTooLarge extends Error {}

/** What a header may promise that does not hold. */
const limitInputPixels = Limits.assetPixelsMax * 1.2

const pngOf = (image: Uint8Array) => sharp(image, { limitInputPixels, sequentialRead: true }).rotate()

export const shrunk = (image: Uint8Array, pixelsMax: number): Promise<Buffer> =>
  pngOf(image).resize({ width: pixelsMax, height: pixelsMax, fit: "inside", withoutEnlargement: true }).png().toBuffer()

/** A document that is about to be drawn. */
export class Canvas {
  readonly #look: Look
  readonly #drawing: Drawing
  readonly #images = new Map<string, string>()

  /** `document` is JSON with the `objects` of a file. */
  constructor(document: Buffer, look: Look) {
    // SAFETY: the body of a file's actor, which encodes it from the document.
    const { objects } = JSON.parse(document.toString("utf8")) as { readonly objects: ReadonlyArray<ObjectView> }
    const drawing = drawingOf(fromViews(objects), look.ids)
    if (drawing === "nothing") throw new NothingThere("there is nothing to be seen")
    if ("missingId" in drawing) throw new NothingThere(`no visible object has the id ${drawing.missingId}`)
    this.#look = look
    this.#drawing = drawing
    if (look.format === "png") this.#zoom()
  }

  /** The images that it shows. */
  get assetIds(): ReadonlyArray<string> {
    return this.#drawing.assetIds
  }

  /** In SVG an image stays as it is; resvg knows PNG and JPEG best. */
  async addImage(assetId: string, contentType: string, bytes: Buffer): Promise<void> {
    const isKept = this.#look.format === "svg" || contentType === "image/png" || contentType === "image/jpeg"
    const [type, image] = isKept ? [contentType, bytes] : ["image/png", await pngOf(bytes).png().toBuffer()]
    this.#images.set(assetId, `data:${type};base64,${image.toString("base64")}`)
  }

  draw(): Buffer {
    const svg = writeSvg(this.#drawing, (assetId) => this.#images.get(assetId))
    if (this.#look.format === "svg") return Buffer.from(svg, "utf8")
    return new Resvg(svg, { fitTo: { mode: "zoom", value: this.#zoom() }, font: fonts(), logLevel: "off" }).render().asPng()
  }

  /** Pixels for one unit. */
  #zoom(): number {
    const { height, width } = this.#drawing.box
    const { size } = this.#look
    const zoom = "scale" in size ? size.scale : Math.min(size.pixelsMax / Math.max(width, height), thumbnailZoomMax)
    const [wide, high] = [Math.max(1, Math.ceil(width * zoom)), Math.max(1, Math.ceil(height * zoom))]
    if (wide * high > Limits.exportPixelsMax || Math.max(wide, high) > Limits.exportSidePixelsMax) {
      throw new PictureTooLarge(`it would be ${wide} by ${high} pixels; a PNG has at most ${Limits.exportSidePixelsMax} a side and ${Limits.exportPixelsMax} in all: export a part of it, or SVG`)
    }
    return zoom
  }
}

/** A single dot does not fill a picture. */
const thumbnailZoomMax = 2

let fontsKept: ReturnType<typeof findFonts> | undefined
const fonts = () => (fontsKept ??= findFonts())

const findFonts = () => {
  const folder = fileURLToPath(new URL("ttf", import.meta.resolve("dejavu-fonts-ttf/package.json")))
  const styles = ["Sans", "Sans-Bold", "Sans-Oblique", "Sans-BoldOblique", "SansMono", "SansMono-Bold", "Serif", "Serif-Bold", "Serif-Italic", "Serif-BoldItalic"]
  return {
    loadSystemFonts: false,
    fontFiles: styles.map((style) => join(folder, `DejaVu${style}.ttf`)),
    defaultFontFamily: "DejaVu Sans",
    sansSerifFamily: "DejaVu Sans",
    serifFamily: "DejaVu Serif",
    monospaceFamily: "DejaVu Sans Mono"
  }
}
