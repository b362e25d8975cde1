/**
 * The object of an element that draws something itself: geometry or text, with the resolved style written onto it.
 *
 * What SVG would not draw at all (no area, no points, no characters) becomes no object and is named.
 */
import { Geometry } from "./Geometry.ts"
import { isDefinition } from "./elementKinds.ts"
import { paintProperties } from "./paintProperties.ts"
import { type Shape, shapeOf } from "./Shapes.ts"
import type { Style, StyleContext } from "./Style.ts"
import { textObject } from "./Text.ts"
import type { Matrix } from "./Transform.ts"
import { elementsOf, type SvgElement } from "./XmlTree.ts"

export const leafOf = (element: SvgElement, style: Style, matrix: Matrix, context: StyleContext): Shape | undefined => {
  const leaf = element.name === "text" ? text(element, style, matrix, context) : shape(element, style, matrix, context)
  if (leaf === undefined) context.unsupported.note(`empty <${element.name}>`)
  return leaf
}

const text = (element: SvgElement, style: Style, matrix: Matrix, context: StyleContext): Shape | undefined => {
  const properties = textObject(element, style, matrix, context)
  return properties === undefined ? undefined : { type: "text", properties }
}

const shape = (element: SvgElement, style: Style, matrix: Matrix, context: StyleContext): Shape | undefined => {
  const { unsupported, viewport } = context
  for (const child of elementsOf(element)) if (!isDefinition(child)) unsupported.note(`<${child.name}>`)
  const built = shapeOf(element.name, new Geometry(element, viewport, style.fontSize, unsupported), matrix, unsupported)
  if (built === undefined) return undefined
  const hidden = style.visible ? {} : { visible: false }
  const painted = built.type === "image" ? hidden : paintProperties(style)
  return { type: built.type, properties: { ...built.properties, ...painted } }
}
