/**
 * Draws objects of a document as SVG, by the meaning that `ObjectTypes.ts` gives their properties and nothing else.
 *
 * It shares no code with the importer, so that a drawing which survives import and this rendering was understood.
 * What it does not know (gradients, stars, instances) it refuses loudly: a picture with a hole proves nothing.
 */

/** An object as the API serves it: properties flat beside id, type and place. */
export interface RenderedObject {
  readonly id: string
  readonly type: string
  readonly parentId?: unknown
  readonly orderKey?: unknown
  readonly [property: string]: unknown
}

/** One `<svg>` of the frame's size with everything inside the frame; siblings in the order of their keys. */
export const renderSvg = (objects: Iterable<RenderedObject>, frameId: string): string => {
  const children = new Map<unknown, Array<RenderedObject>>()
  let frame: RenderedObject | undefined
  for (const object of objects) {
    if (object.id === frameId) frame = object
    const siblings = children.get(object.parentId)
    if (siblings === undefined) children.set(object.parentId, [object])
    else siblings.push(object)
  }
  if (frame === undefined) throw new Error(`no object ${frameId}`)
  for (const siblings of children.values()) siblings.sort(byOrder)
  const { width, height } = sizeOf(frame)
  const content = element("g", layer(frame), drawBack(frame) + drawChildren(frame, children))
  const size = attributes({ width, height, viewBox: `0 0 ${width} ${height}` })
  return `<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"${size}>${content}</svg>`
}

type Children = ReadonlyMap<unknown, ReadonlyArray<RenderedObject>>
type Attributes = Readonly<Record<string, string | number | undefined>>

const byOrder = (one: RenderedObject, other: RenderedObject): number =>
  compare(String(one.orderKey), String(other.orderKey)) || compare(one.id, other.id)

const compare = (one: string, other: string): number => (one < other ? -1 : one > other ? 1 : 0)

const draw = (object: RenderedObject, children: Children): string => {
  if (object.visible === false) return ""
  switch (object.type) {
    case "frame":
    case "page":
    case "component":
      return drawBox(object, children)
    case "group":
      return element("g", { ...layer(object), transform: movedTransform(object) }, drawChildren(object, children))
    case "rectangle":
      return element("rect", { ...boxed(object), ...corners(object) })
    case "ellipse":
      return drawEllipse(object)
    case "text":
      return drawText(object)
    case "image":
      return drawImage(object)
    case "line":
    case "polygon":
    case "path":
      return drawOutline(object)
    default:
      throw new Error(`renderSvg cannot draw a ${object.type}`)
  }
}

const drawChildren = (object: RenderedObject, children: Children): string =>
  (children.get(object.id) ?? []).map((child) => draw(child, children)).join("")

/** A container with a size: its own fill, and its children clipped unless `clip` is false. */
const drawBox = (object: RenderedObject, children: Children): string => {
  const overflow = object.clip === false ? "visible" : "hidden"
  const inside = element("svg", { ...sizeOf(object), overflow }, drawChildren(object, children))
  return element("g", { ...layer(object), transform: movedTransform(object) }, drawBack(object) + inside)
}

const drawBack = (object: RenderedObject): string =>
  paint(object, "fill") === "none" && paint(object, "stroke") === "none"
    ? ""
    : element("rect", { ...sizeOf(object), ...corners(object), ...painted(object) })

const sizeOf = (object: RenderedObject) => ({
  width: number(object, "width") ?? 0,
  height: number(object, "height") ?? 0
})

const drawEllipse = (object: RenderedObject): string => {
  const rx = (number(object, "width") ?? 0) / 2
  const ry = (number(object, "height") ?? 0) / 2
  const { x = 0, y = 0, width: _width, height: _height, ...rest } = boxed(object)
  return element("ellipse", { ...rest, cx: Number(x) + rx, cy: Number(y) + ry, rx, ry })
}

const drawImage = (object: RenderedObject): string => {
  const preserveAspectRatio = fits[string(object, "fit") ?? ""]
  return element("image", { ...boxed(object), "xlink:href": string(object, "src"), preserveAspectRatio })
}

const drawOutline = (object: RenderedObject): string => {
  const common = { ...layer(object), ...painted(object), transform: movedTransform(object) }
  if (object.type === "path") return element("path", { ...common, d: string(object, "d") })
  if (object.type === "polygon") {
    const name = object.closed === true ? "polygon" : "polyline"
    return element(name, { ...common, points: numbers(object, "points").join(" ") })
  }
  const [x1, y1, x2, y2] = ["x1", "y1", "x2", "y2"].map((name) => number(object, name))
  return element("line", { ...common, x1, y1, x2, y2 })
}

const drawText = (object: RenderedObject): string => {
  const { width: _width, height: _height, ...box } = boxed(object)
  const spans = Array.isArray(object.textSpans) ? object.textSpans : []
  const drawnSpans = spans.map((span) => drawSpan(object, span)).join("")
  const content = spans.length === 0 ? escape(string(object, "text") ?? "") : drawnSpans
  return element("text", { ...box, ...font(object), "xml:space": "preserve" }, content)
}

/** Positions of spans are offsets from the text's own. */
const drawSpan = (text: RenderedObject, span: RenderedObject): string => {
  const x = number(span, "x")
  const y = number(span, "y")
  const position = {
    x: x === undefined ? undefined : x + (number(text, "x") ?? 0),
    y: y === undefined ? undefined : y + (number(text, "y") ?? 0),
    dx: number(span, "dx"),
    dy: number(span, "dy")
  }
  const visibility = span.visible === false ? "hidden" : undefined
  const own = { ...style(span), ...font(span), visibility }
  return element("tspan", { ...position, ...own }, escape(string(span, "text") ?? ""))
}

const anchors: Readonly<Record<string, string>> = { left: "start", center: "middle", right: "end" }
const fits: Readonly<Record<string, string>> = { contain: "xMidYMid meet", cover: "xMidYMid slice", fill: "none" }

const font = (object: RenderedObject): Attributes => ({
  "font-family": string(object, "fontFamily"),
  "font-size": number(object, "fontSize"),
  "font-style": string(object, "fontStyle"),
  "font-weight": number(object, "fontWeight"),
  "letter-spacing": number(object, "letterSpacing"),
  "text-anchor": anchors[string(object, "textAlign") ?? ""],
  "text-decoration": string(object, "textDecoration"),
  "dominant-baseline": string(object, "textBaseline")
})

/** What applies to an object as a whole. */
const layer = (object: RenderedObject): Attributes => {
  const blendMode = string(object, "blendMode")
  const blend = blendMode === undefined ? undefined : `mix-blend-mode:${blendMode}`
  return { opacity: number(object, "opacity"), style: blend }
}

/** An absent paint is none. */
const painted = (object: RenderedObject): Attributes => ({
  ...style(object),
  fill: paint(object, "fill"),
  stroke: paint(object, "stroke")
})

const style = (object: RenderedObject): Attributes => ({
  "fill": object.fill === undefined ? undefined : paint(object, "fill"),
  "fill-opacity": number(object, "fillOpacity"),
  "fill-rule": string(object, "fillRule"),
  "stroke": object.stroke === undefined ? undefined : paint(object, "stroke"),
  "stroke-opacity": number(object, "strokeOpacity"),
  "stroke-width": number(object, "strokeWidth"),
  "stroke-linecap": string(object, "strokeCap"),
  "stroke-linejoin": string(object, "strokeJoin"),
  "stroke-miterlimit": number(object, "strokeMiterLimit"),
  "stroke-dasharray": numbers(object, "strokeDash").join(" ") || undefined,
  "stroke-dashoffset": number(object, "strokeDashOffset")
})

const paint = (object: RenderedObject, name: string): string => {
  const value = object[name] ?? "none"
  if (typeof value !== "string") throw new Error(`renderSvg cannot paint ${JSON.stringify(value)}`)
  return value
}

const corners = (object: RenderedObject): Attributes => {
  const radius = object.cornerRadius ?? 0
  const [rx, ry] = Array.isArray(radius) ? radius : [radius, radius]
  return { rx: Number(rx), ry: Number(ry) }
}

/** Of objects whose element has `x` and `y` itself; rotation is about the centre of the box. */
const boxed = (object: RenderedObject): Attributes => {
  const [x, y, width, height] = ["x", "y", "width", "height"].map((name) => number(object, name))
  const rotation = number(object, "rotation") ?? 0
  const centre = `${(x ?? 0) + (width ?? 0) / 2} ${(y ?? 0) + (height ?? 0) / 2}`
  const turn = rotation === 0 ? [] : [`rotate(${rotation} ${centre})`]
  const transform = [...matrix(object), ...turn].join(" ") || undefined
  return { ...layer(object), ...painted(object), x, y, width, height, transform }
}

/** Of objects whose coordinates start at their `x` and `y`. */
const movedTransform = (object: RenderedObject): string | undefined => {
  const [x = 0, y = 0, rotation = 0] = ["x", "y", "rotation"].map((name) => number(object, name))
  const move = x === 0 && y === 0 ? [] : [`translate(${x} ${y})`]
  const turn = rotation === 0 ? [] : [`rotate(${rotation} ${centreOf(object).join(" ")})`]
  return [...matrix(object), ...move, ...turn].join(" ") || undefined
}

const centreOf = (object: RenderedObject): readonly [number, number] => {
  const ends = ["x1", "y1", "x2", "y2"].map((name) => number(object, name) ?? 0)
  const corners = object.type === "line" ? ends : numbers(object, "points")
  if (corners.length === 0) return [(number(object, "width") ?? 0) / 2, (number(object, "height") ?? 0) / 2]
  const middle = (values: ReadonlyArray<number>) => (Math.min(...values) + Math.max(...values)) / 2
  return [middle(corners.filter((_, index) => index % 2 === 0)), middle(corners.filter((_, index) => index % 2 === 1))]
}

const matrix = (object: RenderedObject): ReadonlyArray<string> => {
  const values = numbers(object, "transform")
  return values.length === 6 ? [`matrix(${values.join(" ")})`] : []
}

const number = (object: RenderedObject, name: string): number | undefined => {
  const value = object[name]
  return typeof value === "number" ? value : undefined
}

const string = (object: RenderedObject, name: string): string | undefined => {
  const value = object[name]
  return typeof value === "string" ? value : undefined
}

const numbers = (object: RenderedObject, name: string): ReadonlyArray<number> => {
  const value = object[name]
  return Array.isArray(value) ? value.map(Number) : []
}

const element = (name: string, values: Attributes, content = ""): string =>
  `<${name}${attributes(values)}>${content}</${name}>`

const attributes = (values: Attributes): string =>
  Object.entries(values)
    .map(([name, value]) => (value === undefined ? "" : ` ${name}="${escape(String(value))}"`))
    .join("")

const escape = (text: string): string =>
  text
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll("\"", "&quot;")
    .replaceAll("\t", "&#9;")
    .replaceAll("\n", "&#10;")
