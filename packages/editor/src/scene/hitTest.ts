/** Whether a pointer on the page touches what a node shows: its fill, its stroke, or the box of a text or container. */
import * as Box from "./Box.ts"
import * as Matrix from "./Matrix.ts"
import type { Point } from "./Point.ts"
import { covers, distanceTo } from "./Polyline.ts"
import type { SceneNode } from "./SceneNode.ts"
import { type CornerRadii, isContainer, linesOf, shapeOf } from "./Shape.ts"

/** `tolerance` is in page units. */
export const touches = (node: SceneNode, point: Point, tolerance: number): boolean => {
  const inverse = Matrix.invert(node.matrix)
  if (inverse === undefined) return false
  const near = tolerance * Matrix.scaleOf(inverse)
  return touchesOwn(node, Matrix.apply(inverse, point), near)
}

/** Whether a container that clips shows the point. */
export const showsThrough = (node: SceneNode, point: Point): boolean => {
  const inverse = Matrix.invert(node.matrix)
  const shape = shapeOf(node.object)
  if (inverse === undefined || shape.kind !== "box") return false
  return roundedBoxCovers(shape.box, shape.radii, Matrix.apply(inverse, point))
}

const touchesOwn = ({ object, style, localBox }: SceneNode, point: Point, near: number): boolean => {
  const reach = near + (style.stroke === undefined ? 0 : style.stroke.width / 2)
  const filled = style.fill.kind !== "none" && style.fillOpacity > 0
  const shape = shapeOf(object)
  switch (shape.kind) {
    case "text":
      return Box.containsPoint(Box.expand(localBox, near), point)
    case "box": {
      // A container is a place to put things, and an image is something to take, whatever they are filled with.
      if (filled || object.type === "image" || isContainer(object)) {
        return roundedBoxCovers(Box.expand(shape.box, reach), shape.radii && grown(shape.radii, reach), point)
      }
      if (style.stroke === undefined || !Box.containsPoint(Box.expand(shape.box, reach), point)) return false
      return !Box.containsPoint(inner(shape.box, reach), point) || isNearCorner(shape.box, shape.radii, reach, point)
    }
    case "ellipse":
      if (filled) return ellipseCovers(Box.expand(shape.box, reach), point)
      if (style.stroke === undefined || !ellipseCovers(Box.expand(shape.box, reach), point)) return false
      return !ellipseCovers(inner(shape.box, reach), point)
    case "outline": {
      if (!Box.containsPoint(Box.expand(shape.box, reach), point)) return false
      if (!filled && style.stroke === undefined) return false
      const lines = linesOf(shape)
      return (filled && covers(lines, point, style.fillRule)) || distanceTo(lines, point) <= reach
    }
    default:
      return false
  }
}

/** The box without its rim; where nothing is left, a box that holds no point. */
const inner = (box: Box.Box, rim: number): Box.Box =>
  box.width <= 2 * rim || box.height <= 2 * rim ? { x: 0, y: 0, width: -1, height: -1 } : Box.expand(box, -rim)

const ellipseCovers = ({ x, y, width, height }: Box.Box, point: Point): boolean => {
  if (width <= 0 || height <= 0) return false
  const [dx, dy] = [(point.x - x) / width - 0.5, (point.y - y) / height - 0.5]
  return dx * dx + dy * dy <= 0.25
}

const roundedBoxCovers = (box: Box.Box, radii: CornerRadii | undefined, point: Point): boolean => {
  if (!Box.containsPoint(box, point)) return false
  if (radii === undefined) return true
  const right = point.x - box.x > box.width / 2
  const bottom = point.y - box.y > box.height / 2
  const radius = radii[bottom ? (right ? 2 : 3) : right ? 1 : 0]
  const fromX = right ? box.x + box.width - point.x : point.x - box.x
  const fromY = bottom ? box.y + box.height - point.y : point.y - box.y
  if (fromX >= radius.x || fromY >= radius.y) return true
  return (1 - fromX / radius.x) ** 2 + (1 - fromY / radius.y) ** 2 <= 1
}

const isNearCorner = (box: Box.Box, radii: CornerRadii | undefined, reach: number, point: Point): boolean =>
  radii !== undefined && !roundedBoxCovers(inner(box, reach), grown(radii, -reach), point)

const grown = ([a, b, c, d]: CornerRadii, by: number): CornerRadii => {
  const grow = ({ x, y }: { readonly x: number; readonly y: number }) => ({ x: Math.max(x + by, 0), y: Math.max(y + by, 0) })
  return [grow(a), grow(b), grow(c), grow(d)]
}
