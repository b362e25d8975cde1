/** The font of a run of text, and what must be known of it to lay the text out. */
import { numberAt, type Read, textAt } from "./propertyReaders.ts"

export interface Font {
  readonly family: string
  /** In document units. */
  readonly size: number
  readonly style: string
  readonly weight: string
  /** In document units, between glyphs. */
  readonly letterSpacing: number
}

export interface TextSize {
  readonly width: number
  /** How far the font reaches above and below the baseline. */
  readonly ascent: number
  readonly descent: number
}

export type MeasureText = (text: string, font: Font) => TextSize

/** What a text without a size is drawn with, as in SVG. */
export const fontSizeInitial = 16

export const fontOf = (read: Read): Font => {
  const style = textAt(read, "fontStyle")
  return {
    family: textAt(read, "fontFamily")?.trim() || "sans-serif",
    size: Math.max(numberAt(read, "fontSize") ?? fontSizeInitial, 0),
    style: style === "italic" || style === "oblique" ? style : "normal",
    weight: weightOf(read),
    letterSpacing: numberAt(read, "letterSpacing") ?? 0
  }
}

/** A guess for where there are no fonts: tests, and until a canvas measures. */
export const guessTextSize: MeasureText = (text, { size, letterSpacing }) => {
  let ems = 0
  let glyphs = 0
  for (const glyph of text) {
    ems += glyph > "\u2e7f" ? 1 : 0.55
    glyphs++
  }
  return { width: ems * size + glyphs * letterSpacing, ascent: size * 0.93, descent: size * 0.24 }
}

const weightOf = (read: Read): string => {
  const weight = read("fontWeight")
  if (typeof weight === "number" && weight >= 1 && weight <= 1000) return String(weight)
  return weight === "bold" ? "700" : typeof weight === "string" && /^[1-9]00$/.test(weight) ? weight : "400"
}
