/**
 * The schema of objects: which types exist and which property names each type has.
 *
 * A property is one last-writer-wins register and its value is atomic JSON. `null` clears a property. Names outside
 * the schema are refused, except free data under `data.<key>`. Angles are degrees, lengths are document units (CSS
 * pixels), and geometry is in the coordinates of the parent.
 */

/** What a property's value must be; `null` is always allowed. `json` is any JSON value. */
export type ValueKind = "number" | "string" | "boolean" | "json"

type Schema = Readonly<Record<string, ValueKind>>

const common = {
  name: "string",
  visible: "boolean",
  locked: "boolean",
  opacity: "number",
  blendMode: "string",
  x: "number",
  y: "number",
  width: "number",
  height: "number",
  /** Degrees clockwise about the centre of the object's box. */
  rotation: "number",
  /** Affine matrix `[a, b, c, d, e, f]` as in SVG, applied outside `x`, `y` and `rotation`. */
  transform: "json",
  /** Colour text such as `#ff8800`, `none`, or a paint object (gradient, image). */
  fill: "json",
  fillOpacity: "number",
  fillRule: "string",
  stroke: "json",
  strokeWidth: "number",
  strokeOpacity: "number",
  strokeCap: "string",
  strokeJoin: "string",
  strokeMiterLimit: "number",
  /** Lengths of dashes and gaps: `number[]`. */
  strokeDash: "json",
  strokeDashOffset: "number",
  effects: "json",
  constraints: "json",
  exportSettings: "json"
} as const satisfies Schema

const container = { clip: "boolean", layout: "json", background: "json", guides: "json" } as const satisfies Schema

const schemas = {
  rectangle: { ...common, cornerRadius: "json" },
  ellipse: { ...common, arc: "json" },
  text: {
    ...common,
    text: "string",
    fontFamily: "string",
    fontSize: "number",
    fontWeight: "json",
    fontStyle: "string",
    textAlign: "string",
    textBaseline: "string",
    textDecoration: "string",
    textSpans: "json",
    lineHeight: "json",
    letterSpacing: "json"
  },
  frame: { ...common, ...container, cornerRadius: "json" },
  group: { ...common },
  page: { ...common, ...container },
  line: { ...common, x1: "number", y1: "number", x2: "number", y2: "number", startCap: "string", endCap: "string" },
  /** `points` is a flat list `[x0, y0, x1, y1, …]`; without `closed: true` it is a polyline. */
  polygon: { ...common, points: "json", closed: "boolean", sides: "number", cornerRadius: "json" },
  star: { ...common, points: "number", innerRadius: "number", cornerRadius: "json" },
  /** `d` is SVG path data in the object's own coordinates. */
  path: { ...common, d: "string", points: "json", closed: "boolean" },
  image: { ...common, assetId: "string", src: "string", fit: "string", crop: "json", cornerRadius: "json" },
  component: { ...common, ...container, cornerRadius: "json", description: "string", properties: "json" },
  instance: { ...common, componentId: "string", overrides: "json" }
} as const satisfies Record<string, Schema>

export type ObjectType = keyof typeof schemas

const kinds: ReadonlyMap<string, ReadonlyMap<string, ValueKind>> = new Map(
  Object.entries(schemas).map(([type, schema]) => [type, new Map(Object.entries(schema))])
)

export const objectTypes: ReadonlyArray<string> = [...kinds.keys()]

export const isObjectType = (type: string): type is ObjectType => kinds.has(type)

/** The prefix of free properties, which any object may carry. */
export const dataPrefix = "data."

const dataKey = /^data\.[A-Za-z0-9_-]{1,64}$/
const forbidden = new Set(["data.__proto__", "data.constructor", "data.prototype"])

/** The kind of a property of a type, or `undefined` when the type has no such property. */
export const propertyKind = (type: ObjectType, path: string): ValueKind | undefined => {
  const kind = kinds.get(type)?.get(path)
  if (kind !== undefined) return kind
  return dataKey.test(path) && !forbidden.has(path) ? "json" : undefined
}
