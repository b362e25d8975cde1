/**
 * The inherited style of an element: what its ancestors and its own declarations resolve to.
 *
 * Opacity, blend mode, display and overflow do not inherit and are not here. A value that is no value of its property
 * is named as unsupported and leaves the inherited one, as in browsers.
 */
import { black, type Colour, parseColour, parseUnitInterval } from "./Colour.ts"
import type { Declarations } from "./Declarations.ts"
import { parseFontSize, parseFontWeight } from "./Font.ts"
import { dashesMax, keywordCharsMax } from "./limits.ts"
import { parseNumber } from "./numbers.ts"
import { noPaint, type Paint, parsePaint } from "./Paint.ts"
import type { References } from "./References.ts"
import { type LengthContext, parseLength, type Size } from "./Units.ts"
import type { Unsupported } from "./Unsupported.ts"

export interface Style {
  readonly color: Colour
  readonly fill: Paint
  readonly fillOpacity: number
  readonly fillRule: string
  readonly stroke: Paint
  readonly strokeOpacity: number
  readonly strokeWidth: number
  readonly strokeCap: string
  readonly strokeJoin: string
  readonly strokeMiterLimit: number
  readonly strokeDash: ReadonlyArray<number>
  readonly strokeDashOffset: number
  readonly visible: boolean
  readonly fontFamily: string
  readonly fontSize: number
  readonly fontStyle: string
  readonly fontWeight: number
  readonly letterSpacing: number
  readonly textAlign: string
  readonly textBaseline: string
  readonly textDecoration: string
  /** White space stays as written. */
  readonly preservesSpace: boolean
}

export const initialStyle: Style = {
  color: black,
  fill: { kind: "colour", colour: black },
  fillOpacity: 1,
  fillRule: "nonzero",
  stroke: noPaint,
  strokeOpacity: 1,
  strokeWidth: 1,
  strokeCap: "butt",
  strokeJoin: "miter",
  strokeMiterLimit: 4,
  strokeDash: [],
  strokeDashOffset: 0,
  visible: true,
  fontFamily: "",
  fontSize: 16,
  fontStyle: "normal",
  fontWeight: 400,
  letterSpacing: 0,
  textAlign: "left",
  textBaseline: "alphabetic",
  textDecoration: "none",
  preservesSpace: false
}

export interface StyleContext {
  readonly viewport: Size
  readonly references: References
  readonly unsupported: Unsupported
}

/** The style of an element with these declarations inside an element with the style `parent`. */
export const inherit = (parent: Style, declared: Declarations, context: StyleContext): Style => {
  if (declared.size === 0) return parent
  const { viewport, references, unsupported } = context
  const of = <Key extends keyof Style>(
    key: Key,
    name: string,
    parse: (text: string) => Style[Key] | undefined
  ): Style[Key] => {
    const text = declared.get(name)?.trim()
    if (text === undefined || text === "inherit" || text === "unset") return parent[key]
    if (text === "initial") return initialStyle[key]
    const value = parse(text)
    if (value === undefined) unsupported.note(`invalid ${name}`)
    return value ?? parent[key]
  }

  const fontSize = of("fontSize", "font-size", (text) => parseFontSize(text, { viewport, fontSize: parent.fontSize }))
  const lengths = { viewport, fontSize }
  const length = (text: string) => parseLength(text, "diagonal", lengths)
  const paint = (text: string) => parsePaint(text, references, unsupported)
  const decoration = declared.has("text-decoration-line") ? "text-decoration-line" : "text-decoration"
  return {
    color: of("color", "color", (text) => (text.toLowerCase() === "currentcolor" ? parent.color : parseColour(text))),
    fill: of("fill", "fill", paint),
    fillOpacity: of("fillOpacity", "fill-opacity", parseUnitInterval),
    fillRule: of("fillRule", "fill-rule", oneOf("nonzero", "evenodd")),
    stroke: of("stroke", "stroke", paint),
    strokeOpacity: of("strokeOpacity", "stroke-opacity", parseUnitInterval),
    strokeWidth: of("strokeWidth", "stroke-width", (text) => atLeast(0, length(text))),
    strokeCap: of("strokeCap", "stroke-linecap", oneOf("butt", "round", "square")),
    strokeJoin: of("strokeJoin", "stroke-linejoin", oneOf("miter", "round", "bevel")),
    strokeMiterLimit: of("strokeMiterLimit", "stroke-miterlimit", (text) => atLeast(1, parseNumber(text))),
    strokeDash: of("strokeDash", "stroke-dasharray", (text) => parseDash(text, lengths)),
    strokeDashOffset: of("strokeDashOffset", "stroke-dashoffset", length),
    visible: of("visible", "visibility", (text) => visibilities.get(text)),
    fontFamily: of("fontFamily", "font-family", (text) => (text.length <= keywordCharsMax ? text : undefined)),
    fontSize,
    fontStyle: of("fontStyle", "font-style", oneOf("normal", "italic", "oblique")),
    fontWeight: of("fontWeight", "font-weight", (text) => parseFontWeight(text, parent.fontWeight)),
    letterSpacing: of("letterSpacing", "letter-spacing", (text) => (text === "normal" ? 0 : length(text))),
    textAlign: of("textAlign", "text-anchor", (text) => alignments.get(text)),
    textBaseline: of("textBaseline", "dominant-baseline", (text) => baselines.get(text)),
    textDecoration: of("textDecoration", decoration, (text) => parseDecoration(text, parent.textDecoration)),
    preservesSpace: of("preservesSpace", "white-space", (text) => whiteSpaces.get(text))
  }
}

const oneOf = (...keywords: ReadonlyArray<string>) => (text: string): string | undefined => {
  const word = text.toLowerCase()
  return keywords.includes(word) ? word : undefined
}

const atLeast = (least: number, value: number | undefined): number | undefined =>
  value !== undefined && value >= least ? value : undefined

const visibilities: ReadonlyMap<string, boolean> = new Map([["visible", true], ["hidden", false], ["collapse", false]])

const alignments: ReadonlyMap<string, string> = new Map([["start", "left"], ["middle", "center"], ["end", "right"]])

const baselines: ReadonlyMap<string, string> = new Map([
  ["auto", "alphabetic"],
  ["baseline", "alphabetic"],
  ...["alphabetic", "central", "hanging", "ideographic", "mathematical", "middle", "text-after-edge", "text-before-edge"]
    .map((name): [string, string] => [name, name])
])

const whiteSpaces: ReadonlyMap<string, boolean> = new Map([
  ["normal", false],
  ["nowrap", false],
  ["pre", true],
  ["pre-wrap", true],
  ["break-spaces", true]
])

/** Lengths of dashes and gaps; a list of zeros is a line without gaps. */
const parseDash = (text: string, context: LengthContext): ReadonlyArray<number> | undefined => {
  if (text.toLowerCase() === "none") return []
  const lengths: Array<number> = []
  for (const part of text.split(/[\s,]+/)) {
    const length = atLeast(0, parseLength(part, "diagonal", context))
    if (length === undefined || lengths.length === dashesMax) return undefined
    lengths.push(length)
  }
  return lengths.some((length) => length > 0) ? lengths : []
}

const lines = ["underline", "overline", "line-through"]

/** Lines add to those of the parent: `none` cannot take an ancestor's away. */
const parseDecoration = (text: string, parent: string): string | undefined => {
  const words = text.toLowerCase().split(/\s+/)
  if (words.includes("none")) return parent
  const drawn = lines.filter((line) => words.includes(line) || parent.includes(line))
  return words.every((word) => lines.includes(word)) ? drawn.join(" ") : undefined
}
