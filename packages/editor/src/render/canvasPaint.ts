/** Paints as Canvas takes them: colours checked, gradients built for the box they fill. */
import type { Box } from "../scene/Box.ts"
import type { Paint, Stop, Stroke } from "../scene/paint.ts"

export type Context = CanvasRenderingContext2D | OffscreenCanvasRenderingContext2D

/** `undefined` when there is nothing to paint with. */
export const canvasPaint = (context: Context, paint: Paint, box: Box): string | CanvasGradient | undefined => {
  switch (paint.kind) {
    case "none":
      return undefined
    case "colour":
      return validColour(paint.colour)
    case "linear": {
      const [x, y] = [(share: number) => box.x + share * box.width, (share: number) => box.y + share * box.height]
      return withStops(context.createLinearGradient(x(paint.from.x), y(paint.from.y), x(paint.to.x), y(paint.to.y)), paint.stops)
    }
    case "radial": {
      const [x, y] = [box.x + paint.centre.x * box.width, box.y + paint.centre.y * box.height]
      const radius = paint.radius * Math.max(box.width, box.height)
      return withStops(context.createRadialGradient(x, y, 0, x, y, radius), paint.stops)
    }
  }
}

/** Sets everything that a stroke needs except its paint. */
export const setStroke = (context: Context, stroke: Stroke): void => {
  context.lineWidth = stroke.width
  context.lineCap = stroke.cap
  context.lineJoin = stroke.join
  context.miterLimit = stroke.miterLimit
  context.setLineDash([...stroke.dash])
  context.lineDashOffset = stroke.dashOffset
}

const withStops = (gradient: CanvasGradient, stops: ReadonlyArray<Stop>): CanvasGradient => {
  for (const { offset, colour, opacity } of stops) {
    const valid = validColour(colour) ?? "transparent"
    const percent = Math.round(opacity * 10_000) / 100
    gradient.addColorStop(offset, opacity === 1 ? valid : `color-mix(in srgb, ${valid} ${percent}%, transparent)`)
  }
  return gradient
}

/** Colours seen so far. A document may hold any number of texts that are none. */
const colours = new Map<string, boolean>()
const coloursMax = 4_096

/** Canvas would keep the colour it had before when it is given one it does not know. */
const validColour = (colour: string): string | undefined => {
  let isValid = colours.get(colour)
  if (isValid === undefined) {
    if (colours.size >= coloursMax) colours.clear()
    isValid = CSS.supports("color", colour)
    colours.set(colour, isValid)
  }
  return isValid ? colour : undefined
}
