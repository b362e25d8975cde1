/**
 * The properties that stay on the object of the element that declares them, for they do not inherit: name, opacity,
 * blend mode, and `visible: false` for `display: none`.
 */
import { parseUnitInterval } from "./Colour.ts"
import type { Declarations } from "./Declarations.ts"
import type { Properties } from "./ImportedObject.ts"
import { nameOf } from "./nameOf.ts"
import type { Unsupported } from "./Unsupported.ts"
import type { SvgElement } from "./XmlTree.ts"

const blendModes = new Set(
  ("multiply screen overlay darken lighten color-dodge color-burn hard-light soft-light difference exclusion hue " +
    "saturation color luminosity").split(" ")
)

export const elementProperties = (element: SvgElement, declared: Declarations, unsupported: Unsupported): Properties => {
  const name = nameOf(element)
  const opacity = opacityOf(declared.get("opacity"), unsupported)
  const blendMode = declared.get("mix-blend-mode")?.trim() ?? "normal"
  const blends = blendModes.has(blendMode)
  if (!blends && blendMode !== "normal") unsupported.note("invalid mix-blend-mode")
  return {
    ...(name === undefined ? {} : { name }),
    ...(opacity === 1 ? {} : { opacity }),
    ...(blends ? { blendMode } : {}),
    ...(declared.get("display")?.trim() === "none" ? { visible: false } : {})
  }
}

const opacityOf = (text: string | undefined, unsupported: Unsupported): number => {
  const opacity = text === undefined ? 1 : parseUnitInterval(text)
  if (opacity === undefined) unsupported.note("invalid opacity")
  return opacity ?? 1
}
