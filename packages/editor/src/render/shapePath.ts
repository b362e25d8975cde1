/** The outline of an object as `Path2D`, made once per object. */
import type { DesignObject } from "@easel/document"
import type { Box } from "../scene/Box.ts"
import { numbersPerStep, type Outline } from "../scene/Outline.ts"
import { type CornerRadii, type Shape, shapeOf } from "../scene/Shape.ts"

const paths = new WeakMap<DesignObject, Path2D>()

/** `undefined` for what has no outline of its own: texts and groups. */
export const shapePath = (object: DesignObject): Path2D | undefined => {
  const known = paths.get(object)
  if (known !== undefined) return known
  const path = pathOf(shapeOf(object))
  if (path !== undefined) paths.set(object, path)
  return path
}

const pathOf = (shape: Shape): Path2D | undefined => {
  switch (shape.kind) {
    case "box":
      return boxPath(shape.box, shape.radii)
    case "ellipse": {
      const path = new Path2D()
      const [rx, ry] = [shape.box.width / 2, shape.box.height / 2]
      if (rx > 0 && ry > 0) path.ellipse(rx, ry, rx, ry, 0, 0, 2 * Math.PI)
      return path
    }
    case "outline":
      return shape.d === undefined ? outlinePath(shape.outline) : new Path2D(shape.d)
    default:
      return undefined
  }
}

const boxPath = ({ x, y, width, height }: Box, radii: CornerRadii | undefined): Path2D => {
  const path = new Path2D()
  if (radii === undefined) path.rect(x, y, width, height)
  else path.roundRect(x, y, width, height, radii.map((radius) => ({ x: radius.x, y: radius.y })))
  return path
}

const outlinePath = ({ steps, numbers }: Outline): Path2D => {
  const path = new Path2D()
  let at = 0
  for (const step of steps) {
    const [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0] = numbers.slice(at, at + numbersPerStep[step])
    if (step === "move") path.moveTo(a, b)
    else if (step === "line") path.lineTo(a, b)
    else if (step === "curve") path.bezierCurveTo(a, b, c, d, e, f)
    else path.closePath()
    at += numbersPerStep[step]
  }
  return path
}
