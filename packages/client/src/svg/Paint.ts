/**
 * The value of `fill` and `stroke`.
 *
 * The document could hold gradients, but their geometry is not translated yet: a paint server becomes the fallback
 * colour written beside it, else the colour of its first stop, else nothing, and is named as unsupported.
 */
import { black, type Colour, parseColour, parseUnitInterval } from "./Colour.ts"
import { declarationsOf } from "./Declarations.ts"
import { keywordCharsMax } from "./limits.ts"
import { parseUrl, type References } from "./References.ts"
import type { Unsupported } from "./Unsupported.ts"
import { elementsOf, hrefOf, type SvgElement } from "./XmlTree.ts"

/** `current` is the `color` of the element that is painted, not of the one that says `currentColor`. */
export type Paint =
  | { readonly kind: "none" }
  | { readonly kind: "current" }
  | { readonly kind: "colour"; readonly colour: Colour }

export const noPaint: Paint = { kind: "none" }

/** `undefined` for text that is no paint. */
export const parsePaint = (text: string, references: References, unsupported: Unsupported): Paint | undefined => {
  if (text.length > keywordCharsMax) return undefined
  const url = parseUrl(text)
  if (url === undefined) return parsePlainPaint(text)
  const server = references.find(url.fragment)
  unsupported.note(`${server?.name ?? "missing"} paint`)
  if (url.rest !== "") return parsePlainPaint(url.rest)
  const colour = server === undefined ? undefined : firstStop(server, references, unsupported)
  return colour === undefined ? noPaint : { kind: "colour", colour }
}

const parsePlainPaint = (text: string): Paint | undefined => {
  const word = text.trim().toLowerCase()
  if (word === "none" || word === "transparent") return noPaint
  if (word === "currentcolor") return { kind: "current" }
  const colour = parseColour(word)
  return colour === undefined ? undefined : { kind: "colour", colour }
}

/** Gradients inherit their stops through a chain of links; longer ones than this are taken for cycles. */
const linksMax = 16

/** Found stops, for thousands of shapes may share one gradient of thousands of elements. */
const firstStops = new WeakMap<SvgElement, { readonly colour: Colour | undefined }>()

const firstStop = (server: SvgElement, references: References, unsupported: Unsupported): Colour | undefined => {
  const found = firstStops.get(server) ?? { colour: findStop(server, references, unsupported) }
  firstStops.set(server, found)
  return found.colour
}

const findStop = (server: SvgElement, references: References, unsupported: Unsupported): Colour | undefined => {
  let holder: SvgElement | undefined = server
  for (let link = 0; link < linksMax && holder !== undefined; link++) {
    const stop = elementsOf(holder).find((child) => child.name === "stop")
    if (stop !== undefined) return stopColour(declarationsOf(stop, unsupported))
    holder = references.find(hrefOf(holder) ?? "")
  }
  return undefined
}

const stopColour = (declared: ReadonlyMap<string, string>): Colour => {
  const text = declared.get("stop-color") ?? "black"
  const current = text.toLowerCase() === "currentcolor" ? declared.get("color") ?? "black" : text
  const { hex, alpha } = parseColour(current) ?? black
  return { hex, alpha: alpha * (parseUnitInterval(declared.get("stop-opacity") ?? "1") ?? 1) }
}
