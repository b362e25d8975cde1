/**
 * `text` elements: their characters, where they stand, and the spans in which style or position change.
 *
 * A text that is uniform becomes `text` with one style. Otherwise `textSpans` lists `{text, x?, y?, dx?, dy?}` and the
 * style properties that differ from the object's; `x` and `y` there are offsets from the object's own, so that moving
 * the object moves its spans. `x` and `y` of the object are the anchor on the baseline that `textBaseline` names.
 */
import { canonicalText, type Json } from "@easel/document"
import { declarationsOf } from "./Declarations.ts"
import { Geometry, placed } from "./Geometry.ts"
import type { Properties } from "./ImportedObject.ts"
import { changed, paintProperties, textProperties } from "./paintProperties.ts"
import { inherit, type Style, type StyleContext } from "./Style.ts"
import type { Matrix } from "./Transform.ts"
import type { Axis } from "./Units.ts"
import type { SvgElement } from "./XmlTree.ts"

/** The properties of a text object, or `undefined` for a text without characters. */
export const textObject = (
  element: SvgElement,
  style: Style,
  matrix: Matrix,
  context: StyleContext
): Properties | undefined => {
  const runs = new Runs(context).read(element, style)
  const [first, ...rest] = runs
  if (first === undefined) return undefined
  const x = (first.x ?? 0) + (first.dx ?? 0)
  const y = (first.y ?? 0) + (first.dy ?? 0)
  const base = rest.length === 0 ? first.style : { ...style, visible: runs.some((run) => run.style.visible) }
  return {
    text: runs.map((run) => run.text).join(""),
    ...placed(matrix, x, y),
    ...changed(textProperties(base)),
    fontSize: base.fontSize,
    ...paintProperties(base),
    ...(rest.length === 0 ? {} : { textSpans: [unplaced(first), ...rest].map((run) => span(run, base, x, y)) })
  }
}

interface Position {
  x?: number | undefined
  y?: number | undefined
  dx?: number | undefined
  dy?: number | undefined
}

interface Run extends Position {
  text: string
  readonly style: Style
}

const unplaced = ({ text, style }: Run): Run => ({ text, style })

const span = (run: Run, base: Style, x: number, y: number): Json => {
  const whole = spanStyle(base)
  const differs = ([name, value]: [string, Json]) => canonicalText(value) !== canonicalText(whole[name] ?? null)
  const differing = Object.entries(spanStyle(run.style)).filter(differs)
  return {
    text: run.text,
    ...(run.x === undefined ? {} : { x: run.x - x }),
    ...(run.y === undefined ? {} : { y: run.y - y }),
    ...(run.dx === undefined ? {} : { dx: run.dx }),
    ...(run.dy === undefined ? {} : { dy: run.dy }),
    ...Object.fromEntries(differing)
  }
}

/** Every style property a span can change, with its value. */
const spanStyle = (style: Style): Properties => ({
  visible: true,
  fillOpacity: style.fillOpacity,
  stroke: "none",
  strokeOpacity: style.strokeOpacity,
  strokeDash: [],
  ...textProperties(style),
  ...paintProperties(style)
})

const flowElements = new Set(["tspan", "a", "textPath"])
const quietElements = new Set(["title", "desc", "metadata"])

/** Collects the characters of a text in order, white space already collapsed. */
class Runs {
  readonly #context: StyleContext
  readonly #runs: Array<Run> = []
  /** Where the next character stands, as far as elements have said since the last one. */
  #position: Position = {}
  #afterSpace = true

  constructor(context: StyleContext) {
    this.#context = context
  }

  read(element: SvgElement, style: Style): ReadonlyArray<Run> {
    this.#element(element, style)
    const last = this.#runs.at(-1)
    if (last !== undefined && !last.style.preservesSpace) last.text = last.text.replace(/ $/, "")
    return this.#runs.filter((run) => run.text !== "")
  }

  #element(element: SvgElement, style: Style): void {
    this.#move(element, style)
    for (const child of element.children) {
      if (typeof child === "string") this.#characters(child, style)
      else if (flowElements.has(child.name)) this.#flow(child, style)
      else if (!quietElements.has(child.name)) this.#context.unsupported.note(`<${child.name}>`)
    }
  }

  #flow(element: SvgElement, parent: Style): void {
    const { unsupported } = this.#context
    if (element.name === "textPath") unsupported.note("<textPath>")
    const declared = declarationsOf(element, unsupported)
    if (declared.get("display") === "none") return
    this.#element(element, inherit(parent, declared, this.#context))
  }

  #move(element: SvgElement, style: Style): void {
    const position = this.#position
    position.x = this.#first(element, style, "x") ?? position.x
    position.y = this.#first(element, style, "y") ?? position.y
    const dx = this.#first(element, style, "dx")
    const dy = this.#first(element, style, "dy")
    if (dx !== undefined) position.dx = (position.dx ?? 0) + dx
    if (dy !== undefined) position.dy = (position.dy ?? 0) + dy
  }

  /** The first length of a list; the others would place single glyphs. */
  #first(element: SvgElement, style: Style, name: "x" | "y" | "dx" | "dy"): number | undefined {
    const [first, ...others] = (element.attributes.get(name) ?? "").trim().split(/[\s,]+/)
    const { viewport, unsupported } = this.#context
    if (first === undefined || first === "") return undefined
    if (others.length > 0) unsupported.note("glyph positions")
    const axis: Axis = name.endsWith("x") ? "x" : "y"
    const single: SvgElement = { name: element.name, attributes: new Map([[name, first]]), children: [] }
    return new Geometry(single, viewport, style.fontSize, unsupported).length(name, axis)
  }

  #characters(written: string, style: Style): void {
    const spaced = written.replace(/[\t\n]/g, " ")
    const previous = this.#runs.at(-1)
    const collapsed = spaced.replace(/ {2,}/g, " ")
    const text = style.preservesSpace ? spaced : this.#afterSpace ? collapsed.replace(/^ /, "") : collapsed
    if (text === "") return
    this.#afterSpace = text.endsWith(" ")
    const moves = Object.values(this.#position).some((value) => value !== undefined)
    if (previous !== undefined && previous.style === style && !moves) previous.text += text
    else this.#runs.push({ ...this.#position, text, style })
    this.#position = {}
  }
}
