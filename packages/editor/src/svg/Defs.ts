/** What a drawing refers to: clips and gradients, numbered in the order in which they are needed. */
import type { Box } from "../scene/Box.ts"
import type { Paint } from "../scene/paint.ts"
import { type Attributes, element } from "./markup.ts"

export class Defs {
  #count = 0
  readonly #written: Array<string> = []

  /** A `url(#…)` of a clip by some shapes. */
  clip(shapes: string): string {
    return this.#add("clipPath", {}, shapes)
  }

  /** The value of `fill` or `stroke`; gradients span the box. */
  paint(paint: Paint, box: Box): string {
    switch (paint.kind) {
      case "none":
        return "none"
      case "colour":
        return colourOf(paint.colour) ?? "none"
      case "linear": {
        const { from, to } = paint
        const ends = { x1: box.x + from.x * box.width, y1: box.y + from.y * box.height, x2: box.x + to.x * box.width, y2: box.y + to.y * box.height }
        return this.#add("linearGradient", { gradientUnits: "userSpaceOnUse", ...ends }, stopsOf(paint))
      }
      case "radial": {
        const { centre, radius } = paint
        const circle = { cx: box.x + centre.x * box.width, cy: box.y + centre.y * box.height, r: radius * Math.max(box.width, box.height) }
        return this.#add("radialGradient", { gradientUnits: "userSpaceOnUse", ...circle }, stopsOf(paint))
      }
    }
  }

  /** All of them; empty when there are none. */
  get text(): string {
    return this.#written.length === 0 ? "" : element("defs", {}, this.#written.join(""))
  }

  #add(name: string, attributes: Attributes, content: string): string {
    const id = `d${++this.#count}`
    this.#written.push(element(name, { id, ...attributes }, content))
    return `url(#${id})`
  }
}

const stopsOf = ({ stops }: Extract<Paint, { readonly kind: "linear" | "radial" }>): string =>
  stops.map(({ colour, offset, opacity }) =>
    element("stop", { offset, "stop-color": colourOf(colour) ?? "#000000", "stop-opacity": colourOf(colour) === undefined ? 0 : opacity === 1 ? undefined : opacity })).join("")

/** Nothing that could refer to something, such as `url(…)`, is a colour. */
const colourOf = (text: string): string | undefined =>
  /^(?:#[0-9a-f]{3,8}|[a-z]{3,30}|(?:rgba?|hsla?|hwb|lab|lch|oklab|oklch|color)\([^()"'&;<>]{1,100}\))$/i.test(text) ? text : undefined
