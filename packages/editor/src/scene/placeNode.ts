/** Makes the node of an object below its parent's node. Groups are given their boxes later, from their children. */
import { type DesignObject, localMatrixOf } from "@easel/document"
import * as Box from "./Box.ts"
import type { MeasureText } from "./Font.ts"
import * as Matrix from "./Matrix.ts"
import { type PaintStyle, paintStyleOf, type Stroke } from "./paint.ts"
import { readerOf, shareAt, textAt } from "./propertyReaders.ts"
import type { SceneNode } from "./SceneNode.ts"
import { clips, isContainer, type Shape, shapeOf } from "./Shape.ts"
import { layoutText, type TextLayout } from "./TextLayout.ts"

/** `before` is the node that the object had: what only depends on the object is taken over while it is the same. */
export const placeNode = (
  object: DesignObject,
  parent: SceneNode | undefined,
  before: SceneNode | undefined,
  measure: MeasureText
): SceneNode => {
  const own = before?.object === object ? before : readOwn(object, measure)
  const placed = parent === undefined ? own.localMatrix : Matrix.multiply(parent.matrix, own.localMatrix)
  const matrix = before !== undefined && Matrix.equals(before.matrix, placed) ? before.matrix : placed
  const localBox = own.text?.box ?? boxOf(shapeOf(object))
  const { bounds, paintBounds } = placeBounds(object, matrix, localBox, own)
  const clipIds = parent?.childClipIds ?? none
  const scopeIds = parent?.childScopeIds ?? none
  const isClip = clips(object)
  const isScope = isContainer(object) && (isClip || needsLayer(own))
  return {
    id: object.id,
    object,
    parentId: parent?.id ?? null,
    localMatrix: own.localMatrix,
    matrix,
    localBox,
    bounds,
    paintBounds,
    opacity: own.opacity,
    blendMode: own.blendMode,
    visible: (parent?.visible ?? true) && object.get("visible") !== false && Box.isFinite(paintBounds),
    locked: (parent?.locked ?? false) || object.get("locked") === true,
    clipIds,
    scopeIds,
    childClipIds: isClip ? withId(clipIds, object.id, before?.childClipIds) : clipIds,
    childScopeIds: isScope ? withId(scopeIds, object.id, before?.childScopeIds) : scopeIds,
    style: own.style,
    text: own.text
  }
}

/** Whether the node and what is in it must be composed before it is laid on what is below. */
export const needsLayer = ({ opacity, blendMode }: Pick<SceneNode, "opacity" | "blendMode">): boolean => opacity < 1 || blendMode !== "normal"

/** The group with the boxes that its children give it. */
export const aroundChildren = (group: SceneNode, children: ReadonlyArray<SceneNode>): SceneNode => {
  const shown = children.filter(({ object }) => object.get("visible") !== false)
  const all = shown.length > 0 ? shown : children
  const local = Box.unionOf(all.map((child) => Matrix.applyToBox(child.localMatrix, child.localBox)).filter(Box.isFinite))
  const localBox = local ?? noBox
  const bounds = Box.unionOf(all.map((child) => child.bounds).filter(Box.isFinite)) ?? Matrix.applyToBox(group.matrix, localBox)
  const paintBounds = Box.unionOf(all.map((child) => child.paintBounds).filter(Box.isFinite)) ?? bounds
  return { ...group, localBox, bounds, paintBounds }
}

export const isAsLargeAsChildren = ({ object }: SceneNode): boolean => shapeOf(object).kind === "children"

type Own = Pick<SceneNode, "localMatrix" | "opacity" | "blendMode" | "style"> & { readonly text: TextLayout | undefined }

const none: ReadonlyArray<string> = []
const noBox: Box.Box = { x: 0, y: 0, width: 0, height: 0 }

/** The modes that Canvas has under the names of CSS. */
const blendModes: ReadonlySet<string> = new Set(("multiply screen overlay darken lighten color-dodge color-burn hard-light " +
  "soft-light difference exclusion hue saturation color luminosity").split(" "))

const readOwn = (object: DesignObject, measure: MeasureText): Own => {
  const read = readerOf(object)
  const blendMode = textAt(read, "blendMode") ?? ""
  return {
    localMatrix: localMatrixOf(object),
    opacity: shareAt(read, "opacity"),
    blendMode: blendModes.has(blendMode) ? blendMode : "normal",
    style: styleOf(object),
    text: object.type === "text" ? layoutText(object, measure) : undefined
  }
}

/** The fill of a container may also be called its background. */
const styleOf = (object: DesignObject): PaintStyle => {
  if (!isContainer(object)) return paintStyleOf(readerOf(object))
  return paintStyleOf((path) => object.get(path) ?? (path === "fill" ? object.get("background") : undefined))
}

const boxOf = (shape: Shape): Box.Box =>
  shape.kind === "box" || shape.kind === "ellipse" || shape.kind === "outline" ? shape.box : noBox

const placeBounds = (object: DesignObject, matrix: Matrix.Matrix, localBox: Box.Box, { style, text }: Own) => {
  const shape = shapeOf(object)
  const stroke = shape.kind === "children" || shape.kind === "nothing" ? undefined : style.stroke
  const bounds = Matrix.applyToBox(matrix, Box.expand(localBox, (stroke?.width ?? 0) / 2))
  const reach = reachOf(shape, stroke) + (text === undefined ? 0 : overhangOf(text))
  return { bounds, paintBounds: Matrix.applyToBox(matrix, Box.expand(localBox, reach)) }
}

/** How far a stroke may stick out of the geometry: corners up to the miter limit, square ends by their diagonal. */
const reachOf = (shape: Shape, stroke: Stroke | undefined): number => {
  if (stroke === undefined) return 0
  const half = stroke.width / 2
  if (shape.kind !== "outline") return half * Math.SQRT2
  return half * Math.max(stroke.join === "miter" ? stroke.miterLimit : 1, Math.SQRT2)
}

/** Glyphs lean out of the box that their advances and the font's heights make. */
const overhangOf = ({ runs }: TextLayout): number =>
  runs.reduce((most, { font, style }) => Math.max(most, font.size * 0.3 + (style.stroke?.width ?? 0)), 0)

/** The list that was there before if it says the same, so that children see that nothing has changed. */
const withId = (ids: ReadonlyArray<string>, id: string, before: ReadonlyArray<string> | undefined): ReadonlyArray<string> => {
  const isSame = before?.length === ids.length + 1 && before.at(-1) === id && ids.every((other, index) => other === before[index])
  return isSame ? before : [...ids, id]
}
