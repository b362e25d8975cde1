/**
 * The basic shapes, paths and images: which object each becomes, and its geometry.
 *
 * A shape that SVG would not draw at all (no area, no points, no path) is `undefined`.
 */
import { type ObjectType, valueBytesMax } from "@easel/document"
import { type Geometry, placed, transformed } from "./Geometry.ts"
import type { Properties } from "./ImportedObject.ts"
import { parseNumbers } from "./numbers.ts"
import { validPath } from "./PathData.ts"
import type { Matrix } from "./Transform.ts"
import type { Unsupported } from "./Unsupported.ts"
import { parseAspectRatio } from "./ViewBox.ts"

export interface Shape {
  readonly type: ObjectType
  readonly properties: Properties
}

/** `undefined` for a shape that has nothing to draw, and for an element that is no shape. */
export const shapeOf = (
  name: string,
  geometry: Geometry,
  matrix: Matrix,
  unsupported: Unsupported
): Shape | undefined => {
  switch (name) {
    case "rect":
      return rectangle(geometry, matrix)
    case "circle":
      return circle(geometry, matrix)
    case "ellipse":
      return ellipse(geometry, matrix)
    case "line":
      return line(geometry, matrix)
    case "polyline":
    case "polygon":
      return polygon(name, geometry, matrix, unsupported)
    case "path":
      return path(geometry, matrix, unsupported)
    case "image":
      return image(geometry, matrix, unsupported)
    default:
      return undefined
  }
}

const rectangle = (geometry: Geometry, matrix: Matrix): Shape | undefined => {
  const width = geometry.extent("width", "x") ?? 0
  const height = geometry.extent("height", "y") ?? 0
  const rx = geometry.extent("rx", "x")
  const ry = geometry.extent("ry", "y")
  if (width === 0 || height === 0) return undefined
  // Clamped here because other renderers shrink radii that are too large by another rule.
  const radiusX = Math.min(rx ?? ry ?? 0, width / 2)
  const radiusY = Math.min(ry ?? rx ?? 0, height / 2)
  const round = radiusX > 0 && radiusY > 0
  const cornerRadius = radiusX === radiusY ? radiusX : [radiusX, radiusY]
  const position = placed(matrix, geometry.length("x", "x") ?? 0, geometry.length("y", "y") ?? 0)
  return { type: "rectangle", properties: { ...position, width, height, ...(round ? { cornerRadius } : {}) } }
}

const circle = (geometry: Geometry, matrix: Matrix): Shape | undefined => {
  const radius = geometry.extent("r", "diagonal") ?? 0
  return ellipseAround(geometry, matrix, radius, radius)
}

const ellipse = (geometry: Geometry, matrix: Matrix): Shape | undefined => {
  const rx = geometry.extent("rx", "x")
  const ry = geometry.extent("ry", "y")
  return ellipseAround(geometry, matrix, rx ?? ry ?? 0, ry ?? rx ?? 0)
}

const ellipseAround = (geometry: Geometry, matrix: Matrix, rx: number, ry: number): Shape | undefined => {
  if (rx === 0 || ry === 0) return undefined
  const position = placed(matrix, (geometry.length("cx", "x") ?? 0) - rx, (geometry.length("cy", "y") ?? 0) - ry)
  return { type: "ellipse", properties: { ...position, width: rx * 2, height: ry * 2 } }
}

const line = (geometry: Geometry, matrix: Matrix): Shape => ({
  type: "line",
  properties: {
    x1: geometry.length("x1", "x") ?? 0,
    y1: geometry.length("y1", "y") ?? 0,
    x2: geometry.length("x2", "x") ?? 0,
    y2: geometry.length("y2", "y") ?? 0,
    ...transformed(matrix)
  }
})

const polygon = (
  name: "polygon" | "polyline",
  geometry: Geometry,
  matrix: Matrix,
  unsupported: Unsupported
): Shape | undefined => {
  const { numbers, complete } = parseNumbers(geometry.text("points"))
  if (!complete || numbers.length % 2 === 1) unsupported.note("invalid points")
  const points = numbers.slice(0, numbers.length - (numbers.length % 2))
  if (points.length === 0) return undefined
  return { type: "polygon", properties: { points, closed: name === "polygon", ...transformed(matrix) } }
}

const path = (geometry: Geometry, matrix: Matrix, unsupported: Unsupported): Shape | undefined => {
  const written = geometry.text("d")
  const d = validPath(written)
  if (d !== written) unsupported.note("invalid d")
  return d.trim() === "" ? undefined : { type: "path", properties: { d, ...transformed(matrix) } }
}

const image = (geometry: Geometry, matrix: Matrix, unsupported: Unsupported): Shape | undefined => {
  const width = geometry.extent("width", "x")
  const height = geometry.extent("height", "y")
  if (width === 0 || height === 0) return undefined
  if (width === undefined || height === undefined) unsupported.note("<image> of its natural size")
  const position = placed(matrix, geometry.length("x", "x") ?? 0, geometry.length("y", "y") ?? 0)
  return {
    type: "image",
    properties: {
      ...position,
      ...(width === undefined ? {} : { width }),
      ...(height === undefined ? {} : { height }),
      ...source(geometry, unsupported),
      fit: fit(geometry.text("preserveAspectRatio"), unsupported)
    }
  }
}

/** Other schemes than these could run code or read files when an editor opens the document. */
const openScheme = /^(?:https?:|data:image\/|(?![a-z][a-z0-9+.-]*:))/i

const source = (geometry: Geometry, unsupported: Unsupported): Properties => {
  // Browsers ignore line breaks in addresses, so they must not hide a scheme.
  const src = (geometry.text("href") || geometry.text("xlink:href")).replace(/[\t\n\r]/g, "").trim()
  if (src === "" || !openScheme.test(src)) {
    unsupported.note("<image> without a usable source")
    return {}
  }
  if (src.length > valueBytesMax) {
    unsupported.note("<image> with a source over 256 KiB")
    return {}
  }
  return { src }
}

const fit = (text: string, unsupported: Unsupported): string => {
  const ratio = parseAspectRatio(text === "" ? "xMidYMid" : text)
  if (ratio === undefined) unsupported.note("invalid preserveAspectRatio")
  if (ratio?.scaling === "none") return "fill"
  const isCentred = ratio === undefined || (ratio.alignX === 0.5 && ratio.alignY === 0.5)
  if (!isCentred) unsupported.note("<image> that is not centred")
  return ratio?.scaling === "slice" ? "cover" : "contain"
}
