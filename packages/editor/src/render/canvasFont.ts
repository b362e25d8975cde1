/** Fonts as Canvas takes them, and the measuring of texts with them. */
import type { Font, MeasureText } from "../scene/Font.ts"
import type { Context } from "./canvasPaint.ts"

export const setFont = (context: Context, font: Font): void => {
  context.font = cssFont(font)
  context.letterSpacing = `${font.letterSpacing}px`
}

/** A function that measures on a canvas of its own. */
export const canvasMeasure = (): MeasureText => {
  const context = document.createElement("canvas").getContext("2d")
  if (context === null) throw new Error("this browser has no canvas")
  return (text, font) => {
    setFont(context, font)
    const { width, fontBoundingBoxAscent, fontBoundingBoxDescent } = context.measureText(text)
    return { width, ascent: fontBoundingBoxAscent, descent: fontBoundingBoxDescent }
  }
}

const fonts = new WeakMap<Font, string>()

const cssFont = (font: Font): string => {
  const known = fonts.get(font)
  if (known !== undefined) return known
  const text = `${font.style} ${font.weight} ${font.size}px ${cssFamily(font.family)}`
  fonts.set(font, text)
  return text
}

const generic = /^(?:serif|sans-serif|monospace|cursive|fantasy|system-ui|ui-[a-z-]+|math|emoji)$/i

/** Names in quotes, for a name that CSS cannot read would leave the font of the text before. */
const cssFamily = (families: string): string =>
  families
    .split(",")
    .map((family) => family.trim().replace(/^["']|["']$/g, ""))
    .filter((family) => family !== "")
    .map((family) => (generic.test(family) ? family : `"${family.replace(/["\\\n\r\f]/g, "")}"`))
    .concat("sans-serif")
    .join(", ")
