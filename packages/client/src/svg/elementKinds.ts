/**
 * Which elements an import draws, which only define something for others, and which a `switch` may choose. All others
 * are named as unsupported where they stand.
 */
import type { SvgElement } from "./XmlTree.ts"

const drawn = new Set("a circle ellipse g image line path polygon polyline rect svg switch text use".split(" "))

/** Drawn only through what refers to them, or not at all. `style` and `script` are named once for the whole source. */
const definitions = new Set(
  ("clipPath cursor defs desc filter linearGradient marker mask metadata pattern radialGradient script style symbol " +
    "title view").split(" ")
)

export const isDrawn = ({ name }: SvgElement): boolean => drawn.has(name)

export const isDefinition = ({ name }: SvgElement): boolean => definitions.has(name)

/** Whether a `switch` may choose the element: it is drawn, and asks for no extension and no language but English. */
export const applies = (element: SvgElement): boolean =>
  isDrawn(element) &&
  !element.attributes.has("requiredExtensions") &&
  (element.attributes.get("systemLanguage") ?? "en").split(",").some((language) => language.trim().startsWith("en"))
