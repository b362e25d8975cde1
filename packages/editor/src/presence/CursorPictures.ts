/**
 * Draws the cursors of the others with their names. Each is painted once, as a small bitmap, and then only copied:
 * laying out a name costs more than all else of a cursor, and cursors move in every frame while names stay.
 */
import { type Camera, toScreen } from "../camera/Camera.ts"
import type { OtherEditor } from "./OtherEditors.ts"

/** Kept bitmaps, more than are ever drawn at once. Beyond it, as when people rename themselves, all are painted anew. */
const picturesMax = 300

const nameCharsMax = 24

/** Around the tip of the cursor, for its stroke, in CSS pixels. */
const margin = 2

/** From the tip down, in CSS pixels. */
const height = 36

export class CursorPictures {
  private readonly pictures = new Map<string, HTMLCanvasElement>()

  /** `context` works in CSS pixels from the top left of the canvas, each of which is `ratio` device pixels. */
  draw(context: CanvasRenderingContext2D, camera: Camera, editors: ReadonlyArray<OtherEditor>, ratio: number): void {
    // On whole device pixels, so that letters stay sharp.
    const edge = (tip: number) => (Math.round(tip * ratio) - originOf(ratio)) / ratio
    for (const { color, cursor, name } of editors) {
      if (cursor === undefined) continue
      const picture = this.pictureOf(name, color, ratio)
      const { x, y } = toScreen(camera, cursor)
      context.drawImage(picture, edge(x), edge(y), picture.width / ratio, picture.height / ratio)
    }
  }

  private pictureOf(name: string, color: string, ratio: number): HTMLCanvasElement {
    const key = `${ratio} ${color} ${name}`
    const known = this.pictures.get(key)
    if (known !== undefined) return known
    if (this.pictures.size >= picturesMax) this.pictures.clear()
    const picture = paint(name.length > nameCharsMax ? `${name.slice(0, nameCharsMax - 1)}…` : name, color, ratio)
    this.pictures.set(key, picture)
    return picture
  }
}

/** Where the tip is in a bitmap, from the left and from the top, in device pixels. */
const originOf = (ratio: number): number => Math.ceil(margin * ratio)

const paint = (name: string, color: string, ratio: number): HTMLCanvasElement => {
  const picture = document.createElement("canvas")
  const context = picture.getContext("2d")
  if (context === null) throw new Error("this browser has no canvas")
  context.font = font
  const nameWidth = name === "" ? 0 : context.measureText(name).width + 12
  picture.width = originOf(ratio) + Math.ceil((10 + Math.max(nameWidth, 6)) * ratio)
  picture.height = originOf(ratio) + Math.ceil(height * ratio)
  context.setTransform(ratio, 0, 0, ratio, originOf(ratio), originOf(ratio))
  drawArrow(context, color)
  if (name !== "") drawName(context, color, name, nameWidth)
  return picture
}

const font = "500 11px system-ui, sans-serif"

const drawArrow = (context: CanvasRenderingContext2D, color: string): void => {
  context.beginPath()
  context.moveTo(0, 0)
  context.lineTo(4.5, 15)
  context.lineTo(7.5, 8.5)
  context.lineTo(14, 5.5)
  context.closePath()
  context.fillStyle = color
  context.strokeStyle = "#ffffff"
  context.lineWidth = 1.5
  context.lineJoin = "round"
  context.stroke()
  context.fill()
}

const drawName = (context: CanvasRenderingContext2D, color: string, name: string, width: number): void => {
  // A canvas that is given a size forgets its font.
  context.font = font
  context.textBaseline = "middle"
  context.textAlign = "left"
  context.beginPath()
  context.roundRect(10, 14, width, 18, 4)
  context.fill()
  context.fillStyle = isLight(color) ? "#1f2328" : "#ffffff"
  context.fillText(name, 16, 23.5)
}

/** Whether dark letters read better on a colour `#rrggbb` (relative luminance of WCAG, roughly). */
const isLight = (color: string): boolean => {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => (Number.parseInt(color.slice(at, at + 2), 16) / 255) ** 2.2)
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue > 0.4
}
