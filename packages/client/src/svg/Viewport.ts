/**
 * The box an `svg` or `symbol` element is shown in, and the coordinates of what is inside it.
 */
import { Geometry } from "./Geometry.ts"
import { identity, isFiniteMatrix, type Matrix } from "./Transform.ts"
import type { Size } from "./Units.ts"
import type { Unsupported } from "./Unsupported.ts"
import { parseAspectRatio, parseViewBox, type ViewBox, viewBoxMatrix } from "./ViewBox.ts"
import type { SvgElement } from "./XmlTree.ts"

export interface Viewport {
  /** What percentages inside are of. */
  readonly inner: Size
  /** From the coordinates inside to those of the box. */
  readonly matrix: Matrix
}

export const viewportOf = (element: SvgElement, box: Size, unsupported: Unsupported): Viewport => {
  const viewBox = viewBoxOf(element, unsupported)
  if (viewBox === undefined) return { inner: box, matrix: identity }
  const ratioText = element.attributes.get("preserveAspectRatio") ?? ""
  const ratio = parseAspectRatio(ratioText.trim() === "" ? "xMidYMid" : ratioText)
  if (ratio === undefined) unsupported.note("invalid preserveAspectRatio")
  const matrix = viewBoxMatrix(viewBox, box, ratio ?? { scaling: "meet", alignX: 0.5, alignY: 0.5 })
  if (isFiniteMatrix(matrix)) return { inner: { width: viewBox.width, height: viewBox.height }, matrix }
  unsupported.note("invalid viewBox")
  return { inner: box, matrix: identity }
}

/** What an `svg` without any size is shown in, as CSS has it for replaced elements. */
const defaultSize: Size = { width: 300, height: 150 }

/** The size of a whole drawing: its own, else by its view box, else the default. A size of zero counts as none. */
export const rootSize = (root: SvgElement, fontSize: number, unsupported: Unsupported): Size => {
  const viewBox = parseViewBox(root.attributes.get("viewBox") ?? "")
  const geometry = new Geometry(root, viewBox ?? defaultSize, fontSize, unsupported)
  const width = geometry.extent("width", "x") || undefined
  const height = geometry.extent("height", "y") || undefined
  const natural = viewBox ?? defaultSize
  const size = {
    width: width ?? (height === undefined ? natural.width : (height * natural.width) / natural.height),
    height: height ?? (width === undefined ? natural.height : (width * natural.height) / natural.width)
  }
  return Number.isFinite(size.width) && Number.isFinite(size.height) ? size : defaultSize
}

const viewBoxOf = (element: SvgElement, unsupported: Unsupported): ViewBox | undefined => {
  const text = element.attributes.get("viewBox")
  const viewBox = text === undefined ? undefined : parseViewBox(text)
  if (text !== undefined && viewBox === undefined) unsupported.note("invalid viewBox")
  return viewBox
}
