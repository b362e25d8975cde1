/**
 * The properties by which objects hold a resolved style.
 *
 * `fill` is always written, `stroke` and what belongs to it only where there is a stroke, and everything else only
 * where it differs from the initial value of SVG.
 */
import type { Colour } from "./Colour.ts"
import type { Properties } from "./ImportedObject.ts"
import type { Paint } from "./Paint.ts"
import { initialStyle, type Style } from "./Style.ts"

export const paintProperties = (style: Style): Properties => {
  const fill = colourOf(style.fill, style)
  const stroke = colourOf(style.stroke, style)
  return {
    fill: fill?.hex ?? "none",
    ...(fill === undefined ? {} : changed({ fillOpacity: style.fillOpacity * fill.alpha, fillRule: style.fillRule })),
    ...(stroke === undefined ? {} : { stroke: stroke.hex, strokeWidth: style.strokeWidth }),
    ...(stroke === undefined ? {} : changed(strokeDetails(style, stroke))),
    ...(style.visible ? {} : { visible: false })
  }
}

/** All of them, initial values included: spans are compared with the text they are in. */
export const textProperties = (style: Style): Properties => ({
  fontFamily: style.fontFamily,
  fontSize: style.fontSize,
  fontStyle: style.fontStyle,
  fontWeight: style.fontWeight,
  letterSpacing: style.letterSpacing,
  textAlign: style.textAlign,
  textBaseline: style.textBaseline,
  textDecoration: style.textDecoration
})

/** Without the properties that have their initial value. */
export const changed = (properties: Properties): Properties =>
  Object.fromEntries(Object.entries(properties).filter(([name, value]) => initialValues.get(name) !== value))

const initialValues: ReadonlyMap<string, unknown> = new Map(Object.entries(initialStyle))

const strokeDetails = (style: Style, stroke: Colour): Properties => ({
  strokeOpacity: style.strokeOpacity * stroke.alpha,
  strokeCap: style.strokeCap,
  strokeJoin: style.strokeJoin,
  strokeMiterLimit: style.strokeMiterLimit,
  ...(style.strokeDash.length === 0 ? {} : { strokeDash: style.strokeDash, strokeDashOffset: style.strokeDashOffset })
})

const colourOf = (paint: Paint, style: Style): Colour | undefined => {
  switch (paint.kind) {
    case "none":
      return undefined
    case "current":
      return style.color
    case "colour":
      return paint.colour
  }
}
