/**
 * Writes a drawing as SVG: one element per object, containers as groups, in paint order, as the canvas paints it. Equal
 * drawings have equal bytes. Nothing in it runs, and nothing is loaded from elsewhere but images that objects name by
 * an address.
 */
import * as Boxes from "../scene/Box.ts"
import * as Matrix from "../scene/Matrix.ts"
import { isPainted } from "../scene/paint.ts"
import type { SceneNode } from "../scene/Scene.ts"
import { clips, isContainer, type Shape, shapeOf } from "../scene/Shape.ts"
import { Defs } from "./Defs.ts"
import { boxAround, depthMax, type Drawing } from "./Drawing.ts"
import { type ImageData, imageElement } from "./imageElement.ts"
import { type Attributes, element, number } from "./markup.ts"
import { paintAttributes } from "./paintAttributes.ts"
import { shapeElement } from "./shapeElement.ts"
import { textElement } from "./textElement.ts"

export const writeSvg = ({ box, roots, scene }: Drawing, images: ImageData): string => {
  const defs = new Defs()

  const write = (node: SceneNode, depth: number): string => {
    if (!node.visible || depth > depthMax) return ""
    const layer = layerOf(node)
    const shape = shapeOf(node.object)
    if (isContainer(node.object)) return element("g", layer, backOf(node, shape) + childrenOf(node, shape, depth))
    if (shape.kind === "text") return textElement(node.object, layer, node.localBox, defs)
    if (shape.kind === "children" || shape.kind === "nothing") return ""
    if (node.object.type === "image" && shape.kind === "box") return imageElement(node.object, shape, layer, images, defs)
    return isPainted(node.style) ? shapeElement(shape, { ...paintAttributes(node.style, shape.box, defs), ...layer }) : ""
  }

  const backOf = ({ style }: SceneNode, shape: Shape): string =>
    shape.kind === "box" && isPainted(style) ? shapeElement(shape, paintAttributes(style, shape.box, defs)) : ""

  const childrenOf = (node: SceneNode, shape: Shape, depth: number): string => {
    const children = scene.childrenOf(node.id)
    const written = children.map((child) => write(child, depth + 1)).join("")
    if (written === "" || !clips(node.object) || shape.kind !== "box" || (shape.radii === undefined && holdsAll(node, children))) return written
    return element("g", { "clip-path": defs.clip(shapeElement(shape, {})) }, written)
  }

  /** Whether nothing would be cut off. */
  const holdsAll = (node: SceneNode, children: ReadonlyArray<SceneNode>): boolean =>
    Matrix.isUpright(node.matrix) && children.every((child) => {
      const box = boxAround(scene, child, "paintBounds")
      return box === undefined || Boxes.contains(Matrix.applyToBox(node.matrix, node.localBox), box)
    })

  const content = roots.map((root) => {
    const around = root.parentId === null ? undefined : transformOf(scene.get(root.parentId)?.matrix ?? Matrix.identity)
    const written = write(root, 0)
    return around === undefined || written === "" ? written : element("g", { transform: around }, written)
  }).join("")
  const { height, width, x, y } = box
  const size = { width, height, viewBox: [x, y, width, height].map(number).join(" ") }
  return element("svg", { xmlns: "http://www.w3.org/2000/svg", ...size }, defs.text + content)
}

/** What applies to an object as a whole. */
const layerOf = ({ blendMode, localMatrix, opacity }: SceneNode): Attributes => ({
  transform: transformOf(localMatrix),
  opacity: opacity === 1 ? undefined : opacity,
  style: blendMode === "normal" ? undefined : `mix-blend-mode:${blendMode}`
})

const transformOf = (matrix: Matrix.Matrix): string | undefined => {
  const [a, b, c, d, e, f] = matrix
  if (a !== 1 || b !== 0 || c !== 0 || d !== 1) return `matrix(${matrix.map(number).join(" ")})`
  return e === 0 && f === 0 ? undefined : `translate(${number(e)} ${number(f)})`
}
