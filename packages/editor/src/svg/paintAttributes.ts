/** How a shape or a run of text is painted, without what SVG takes for granted. */
import type { Box } from "../scene/Box.ts"
import type { PaintStyle } from "../scene/paint.ts"
import type { Defs } from "./Defs.ts"
import { type Attributes, number } from "./markup.ts"

/** `box`: what gradients span. */
export const paintAttributes = ({ fill, fillOpacity, fillRule, stroke }: PaintStyle, box: Box, defs: Defs): Attributes => ({
  "fill": defs.paint(fill, box),
  "fill-opacity": fillOpacity === 1 || fill.kind === "none" ? undefined : fillOpacity,
  "fill-rule": fillRule === "evenodd" ? fillRule : undefined,
  ...(stroke === undefined ? {} : {
    "stroke": defs.paint(stroke.paint, box),
    "stroke-width": stroke.width === 1 ? undefined : stroke.width,
    "stroke-opacity": stroke.opacity === 1 ? undefined : stroke.opacity,
    "stroke-linecap": stroke.cap === "butt" ? undefined : stroke.cap,
    "stroke-linejoin": stroke.join === "miter" ? undefined : stroke.join,
    "stroke-miterlimit": stroke.miterLimit === 4 ? undefined : stroke.miterLimit,
    "stroke-dasharray": stroke.dash.length === 0 ? undefined : stroke.dash.map(number).join(" "),
    "stroke-dashoffset": stroke.dashOffset === 0 || stroke.dash.length === 0 ? undefined : stroke.dashOffset
  })
})
