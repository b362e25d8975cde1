/**
 * Where the characters of a text stand: runs of one style on lines, in own coordinates.
 *
 * The object's origin is the anchor on the baseline that `textBaseline` names; lines are never wrapped. A span begins
 * where the one before it ends, unless it has `x` or `y` (from the origin) or is shifted by `dx`, `dy`. What stands in
 * one line without a new position is aligned as a whole, as SVG aligns text chunks.
 */
import type { DesignObject, Json } from "@easel/document"
import * as Box from "./Box.ts"
import { type Font, fontOf, type MeasureText, type TextSize } from "./Font.ts"
import { type PaintStyle, paintStyleOf } from "./paint.ts"
import { isList, isRecord, numberAt, type Read, readerOf, textAt } from "./propertyReaders.ts"

export interface TextRun {
  readonly text: string
  /** Where the run begins, on its alphabetic baseline. */
  readonly x: number
  readonly y: number
  readonly width: number
  readonly font: Font
  readonly style: PaintStyle
  /** Words such as `underline`; empty for none. */
  readonly decoration: string
  readonly visible: boolean
}

export interface TextLayout {
  readonly runs: ReadonlyArray<TextRun>
  /** Around all runs, from the ascent of the first line to the descent of the last. */
  readonly box: Box.Box
}

export const layoutText = (object: DesignObject, measure: MeasureText): TextLayout => new Layout(object, measure).run()

/** The distance of baselines, in document units. A bare number is a multiple of the font's size, as in CSS. */
export const lineHeightOf = (value: Json | undefined, fontSize: number): number => {
  if (typeof value === "number" && value > 0) return value * fontSize
  if (typeof value !== "string") return lineHeightInitial * fontSize
  const [, number = "", unit = ""] = /^\s*([\d.]+)\s*(px|%|em)?\s*$/.exec(value) ?? []
  const length = Number(number)
  if (!(length > 0)) return lineHeightInitial * fontSize
  return unit === "px" ? length : (length * fontSize) / (unit === "%" ? 100 : 1)
}

const lineHeightInitial = 1.2

interface Placed {
  readonly text: string
  x: number
  readonly y: number
  readonly size: TextSize
  readonly read: Read
  readonly font: Font
}

class Layout {
  readonly #object: DesignObject
  readonly #measure: MeasureText
  readonly #placed: Array<Placed> = []
  /** The runs of the chunk that is being laid out, not aligned yet. */
  #chunk: Array<Placed> = []
  #x = 0
  #y = 0

  constructor(object: DesignObject, measure: MeasureText) {
    this.#object = object
    this.#measure = measure
  }

  run(): TextLayout {
    const own = readerOf(this.#object)
    const spans = this.#object.get("textSpans")
    const lineHeight = lineHeightOf(this.#object.get("lineHeight"), fontOf(own).size)
    if (isList(spans) && spans.some(isRecord)) for (const span of spans) this.#span(span, own, lineHeight)
    else this.#lines(textAt(own, "text") ?? "", own, lineHeight)
    this.#align()
    const runs = this.#placed.map(runOf)
    return { runs, box: this.#box(own) }
  }

  #span(span: Json, own: Read, lineHeight: number): void {
    if (!isRecord(span)) return
    const ofSpan: Read = (path) => span[path]
    const x = numberAt(ofSpan, "x")
    const y = numberAt(ofSpan, "y")
    if (x !== undefined || y !== undefined) this.#align()
    this.#x = (x ?? this.#x) + (numberAt(ofSpan, "dx") ?? 0)
    this.#y = (y ?? this.#y) + (numberAt(ofSpan, "dy") ?? 0)
    this.#lines(textAt(ofSpan, "text") ?? "", (path) => span[path] ?? (path === "visible" ? undefined : own(path)), lineHeight)
  }

  #lines(text: string, read: Read, lineHeight: number): void {
    const font = fontOf(read)
    for (const [index, line] of text.split(/\r\n|\n|\r/).entries()) {
      if (index > 0) {
        this.#align()
        this.#x = 0
        this.#y += lineHeight
      }
      if (line === "") continue
      const size = this.#measure(line, font)
      this.#chunk.push({ text: line, x: this.#x, y: this.#y + baselineShift(read, font, size), size, read, font })
      this.#x += size.width
    }
  }

  /** Ends the chunk: moves its runs so that the whole stands left of, across or right of where it began. */
  #align(): void {
    const [first] = this.#chunk
    const last = this.#chunk.at(-1)
    if (first === undefined || last === undefined) return
    const width = last.x + last.size.width - first.x
    const align = textAt(first.read, "textAlign")
    const shift = align === "center" ? -width / 2 : align === "right" ? -width : 0
    for (const placed of this.#chunk) placed.x += shift
    this.#x += shift
    this.#placed.push(...this.#chunk)
    this.#chunk = []
  }

  /** An empty text has a line of no width, so that it can be seen and edited. */
  #box(own: Read): Box.Box {
    const boxes = this.#placed.map(({ x, y, size }) => ({ x, y: y - size.ascent, width: size.width, height: size.ascent + size.descent }))
    const box = Box.unionOf(boxes)
    if (box !== undefined) return box
    const font = fontOf(own)
    const size = this.#measure("", font)
    return { x: 0, y: baselineShift(own, font, size) - size.ascent, width: 0, height: size.ascent + size.descent }
  }
}

const runOf = ({ text, x, y, size, read, font }: Placed): TextRun => ({
  text,
  x,
  y,
  width: size.width,
  font,
  // Text without a fill would be nothing at all; SVG's initial fill is black.
  style: paintStyleOf((path) => read(path) ?? (path === "fill" ? "#000000" : undefined)),
  decoration: textAt(read, "textDecoration") ?? "",
  visible: read("visible") !== false
})

/** From the alphabetic baseline to the one that is named; with the shares of the em that browsers use. */
const baselineShift = (read: Read, { size }: Font, { ascent, descent }: TextSize): number => {
  switch (textAt(read, "textBaseline")) {
    case "text-before-edge":
    case "top":
      return ascent
    case "text-after-edge":
    case "bottom":
    case "ideographic":
      return -descent
    case "central":
      return (ascent - descent) / 2
    case "middle":
      return size * 0.26
    case "hanging":
      return ascent * 0.8
    case "mathematical":
      return ascent / 2
    default:
      return 0
  }
}
