/** A text as SVG. Whoever draws it has the fonts, so runs are placed by what the text says and not by their measures. */
import type { DesignObject, Json } from "@easel/document"
import type { Box } from "../scene/Box.ts"
import { fontOf } from "../scene/Font.ts"
import { paintStyleOf } from "../scene/paint.ts"
import { isList, isRecord, numberAt, type Read, readerOf, textAt } from "../scene/propertyReaders.ts"
import { lineHeightOf } from "../scene/TextLayout.ts"
import type { Defs } from "./Defs.ts"
import { type Attributes, element, escaped } from "./markup.ts"
import { paintAttributes } from "./paintAttributes.ts"

export const textElement = (object: DesignObject, layer: Attributes, box: Box, defs: Defs): string => {
  const own = readerOf(object)
  const spans = object.get("textSpans")
  const lineHeight = lineHeightOf(object.get("lineHeight"), fontOf(own).size)
  const listed: ReadonlyArray<{ readonly [key: string]: Json }> = isList(spans) ? spans.filter(isRecord) : []
  const parts = listed.length > 0 ? listed : [{ text: textAt(own, "text") ?? "" }]
  let y = 0
  let content = ""
  for (const part of parts) {
    const ofPart: Read = (path) => part[path]
    const read: Read = (path) => part[path] ?? (path === "visible" ? undefined : own(path))
    const [x, top] = [numberAt(ofPart, "x"), numberAt(ofPart, "y")]
    const shiftY = numberAt(ofPart, "dy") ?? 0
    y = top ?? y
    let place: Attributes = { x, y: top, dx: numberAt(ofPart, "dx"), dy: shiftY === 0 ? undefined : shiftY }
    y += shiftY
    const look = { ...fontAttributes(read), ...paintAttributes(paintStyleOf((path) => read(path) ?? (path === "fill" ? "#000000" : undefined)), box, defs) }
    for (const [index, line] of (textAt(ofPart, "text") ?? "").split(/\r\n|\n|\r/).entries()) {
      if (index > 0) {
        y += lineHeight
        place = { x: 0, y }
      }
      // An empty line has no characters that could take its place; the next line has a place of its own.
      if (line !== "") content += element("tspan", { ...place, ...look, visibility: part.visible === false ? "hidden" : undefined }, escaped(line))
    }
  }
  return content === "" ? "" : element("text", { ...layer, "xml:space": "preserve" }, content)
}

const anchors: Readonly<Record<string, string>> = { center: "middle", right: "end" }
const baselines: Readonly<Record<string, string>> = { top: "text-before-edge", bottom: "text-after-edge" }
const knownBaselines = new Set(["text-before-edge", "text-after-edge", "ideographic", "central", "middle", "hanging", "mathematical"])

const fontAttributes = (read: Read): Attributes => {
  const { family, letterSpacing, size, style, weight } = fontOf(read)
  const baseline = textAt(read, "textBaseline") ?? ""
  const named = baselines[baseline] ?? baseline
  const decoration = textAt(read, "textDecoration") ?? ""
  return {
    "font-family": family,
    "font-size": size,
    "font-style": style === "normal" ? undefined : style,
    "font-weight": weight === "400" ? undefined : weight,
    "letter-spacing": letterSpacing === 0 ? undefined : letterSpacing,
    "text-anchor": anchors[textAt(read, "textAlign") ?? ""],
    "dominant-baseline": knownBaselines.has(named) ? named : undefined,
    "text-decoration": /^[a-z -]{1,60}$/.test(decoration) && decoration !== "none" ? decoration : undefined
  }
}
