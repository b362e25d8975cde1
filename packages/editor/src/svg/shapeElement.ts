/** The outline of an object as an element, in its own coordinates. */
import { numbersPerStep, type Outline } from "../scene/Outline.ts"
import type { CornerRadii, Shape } from "../scene/Shape.ts"
import { type Attributes, element, number } from "./markup.ts"

type Drawn = Exclude<Shape, { readonly kind: "children" | "nothing" | "text" }>

export const shapeElement = (shape: Drawn, attributes: Attributes): string => {
  switch (shape.kind) {
    case "box":
      return boxElement(shape, attributes)
    case "ellipse": {
      const [rx, ry] = [shape.box.width / 2, shape.box.height / 2]
      return element("ellipse", { cx: rx, cy: ry, rx, ry, ...attributes })
    }
    case "outline":
      return element("path", { d: shape.d ?? outlineData(shape.outline), ...attributes })
  }
}

const boxElement = ({ box: { height, width }, radii }: Extract<Drawn, { readonly kind: "box" }>, attributes: Attributes): string => {
  if (radii === undefined) return element("rect", { width, height, ...attributes })
  const [first, ...others] = radii
  const isEven = others.every(({ x, y }) => x === first.x && y === first.y)
  return isEven
    ? element("rect", { width, height, rx: first.x, ry: first.y, ...attributes })
    : element("path", { d: roundedData(width, height, radii), ...attributes })
}

/** Clockwise from where the curve of the top left ends. */
const roundedData = (width: number, height: number, [a, b, c, d]: CornerRadii): string =>
  [
    `M${pair(a.x, 0)}H${number(width - b.x)}A${pair(b.x, b.y)} 0 0 1 ${pair(width, b.y)}`,
    `V${number(height - c.y)}A${pair(c.x, c.y)} 0 0 1 ${pair(width - c.x, height)}`,
    `H${number(d.x)}A${pair(d.x, d.y)} 0 0 1 ${pair(0, height - d.y)}`,
    `V${number(a.y)}A${pair(a.x, a.y)} 0 0 1 ${pair(a.x, 0)}Z`
  ].join("")

const pair = (x: number, y: number): string => `${number(x)} ${number(y)}`

const letters = { move: "M", line: "L", curve: "C", close: "Z" } as const

const outlineData = ({ numbers, steps }: Outline): string => {
  let data = ""
  let at = 0
  for (const step of steps) {
    const count = numbersPerStep[step]
    data += letters[step] + numbers.slice(at, at + count).map(number).join(" ")
    at += count
  }
  return data
}
