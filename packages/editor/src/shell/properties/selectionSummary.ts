/**
 * What the selected objects have in common, property by property. A property that they do not share is `mixed`, one
 * that none of them has is `undefined`. Pure; of very many objects the first ones speak for all.
 */
import type { Json } from "@easel/document"
import type { SceneNode } from "../../scene/SceneNode.ts"

export const mixed = "mixed"

/** Wrapped, so that no value of a document can be taken for `mixed`. */
export type Shared<Value> = { readonly value: Value } | typeof mixed | undefined

export interface SelectionSummary {
  readonly ids: ReadonlyArray<string>
  /** Such as "Rectangle" or "3 objects". */
  readonly title: string
  readonly hasWidth: boolean
  readonly hasCorners: boolean
  readonly isText: boolean
  readonly isPaintable: boolean
  readonly x: Shared<number>
  readonly y: Shared<number>
  readonly width: Shared<number>
  readonly height: Shared<number>
  readonly rotation: Shared<number>
  readonly cornerRadius: Shared<number>
  readonly opacity: Shared<number>
  readonly fill: Shared<string>
  readonly fillOpacity: Shared<number>
  readonly stroke: Shared<string>
  readonly strokeOpacity: Shared<number>
  readonly strokeWidth: Shared<number>
  readonly text: Shared<string>
  readonly fontSize: Shared<number>
  readonly fontWeight: Shared<number>
  readonly textAlign: Shared<string>
}

/** A selection of more is judged by so many of its objects. */
const readMax = 500

/** What a paint that is no colour, a gradient or a picture, reads as. */
export const otherPaint = "other"

type Selected = Pick<SceneNode, "object" | "localBox">

export const selectionSummary = (ids: ReadonlyArray<string>, nodeOf: (id: string) => Selected | undefined): SelectionSummary | undefined => {
  const nodes = ids.slice(0, readMax).flatMap((id) => nodeOf(id) ?? [])
  const [first] = nodes
  if (first === undefined) return undefined
  const objects = nodes.map(({ object }) => object)
  const every = (types: ReadonlySet<string | undefined>): boolean => objects.every(({ type }) => types.has(type))
  const number = (path: string, absent: number): Shared<number> => shared(objects, (object) => numberOf(object.get(path), absent))
  const text = (path: string, absent: string): Shared<string> => shared(objects, (object) => textOf(object.get(path), absent))
  const type = first.object.type ?? "object"
  return {
    ids,
    title: ids.length > 1 ? `${ids.length.toLocaleString("en")} objects` : type.slice(0, 1).toUpperCase() + type.slice(1),
    hasWidth: objects.every((object) => sized.has(object.type) && typeof object.get("width") === "number"),
    hasCorners: every(cornered),
    isText: every(new Set(["text"])),
    isPaintable: !objects.some(({ type }) => unpainted.has(type)),
    x: shared(nodes, ({ localBox, object }) => numberOf(object.get("x"), 0) + localBox.x),
    y: shared(nodes, ({ localBox, object }) => numberOf(object.get("y"), 0) + localBox.y),
    width: shared(nodes, ({ localBox, object }) => numberOf(object.get("width"), localBox.width)),
    height: shared(nodes, ({ localBox, object }) => numberOf(object.get("height"), localBox.height)),
    rotation: number("rotation", 0),
    cornerRadius: shared(objects, (object) => firstNumber(object.get("cornerRadius"))),
    opacity: number("opacity", 1),
    fill: shared(objects, (object) => paintOf(object.get("fill"))),
    fillOpacity: number("fillOpacity", 1),
    stroke: shared(objects, (object) => paintOf(object.get("stroke"))),
    strokeOpacity: number("strokeOpacity", 1),
    strokeWidth: number("strokeWidth", 1),
    text: text("text", ""),
    fontSize: number("fontSize", 16),
    fontWeight: shared(objects, (object) => weightOf(object.get("fontWeight"))),
    textAlign: text("textAlign", "left")
  }
}

const sized: ReadonlySet<string | undefined> = new Set(["rectangle", "ellipse", "frame", "page", "component", "image", "star", "instance", "text"])
const cornered: ReadonlySet<string | undefined> = new Set(["rectangle", "frame", "image", "component"])
const unpainted: ReadonlySet<string | undefined> = new Set(["group", "image", "instance"])

const shared = <Item, Value>(items: ReadonlyArray<Item>, read: (item: Item) => Value): Shared<Value> => {
  const [first, ...rest] = items
  if (first === undefined) return undefined
  const value = read(first)
  return rest.every((item) => Object.is(read(item), value)) ? { value } : mixed
}

const numberOf = (value: Json | undefined, absent: number): number => (typeof value === "number" ? value : absent)
const textOf = (value: Json | undefined, absent: string): string => (typeof value === "string" ? value : absent)
const firstNumber = (value: Json | undefined): number => numberOf(Array.isArray(value) ? value[0] : value, 0)
const weightOf = (value: Json | undefined): number => (value === "bold" ? 700 : Number(typeof value === "string" ? value : numberOf(value, 400)) || 400)
const paintOf = (value: Json | undefined): string =>
  value === undefined || value === null ? "none" : typeof value === "string" ? value : otherPaint

/** Whether two summaries show the same. */
export const sameSummary = (a: SelectionSummary | undefined, b: SelectionSummary | undefined): boolean => {
  if (a === undefined || b === undefined) return a === b
  return keysOf(a).every((key) => (key === "ids" ? sameIds(a.ids, b.ids) : sameShared(a[key], b[key])))
}

// SAFETY: a summary is made by `selectionSummary` alone, with these keys.
const keysOf = (summary: SelectionSummary) => Object.keys(summary) as ReadonlyArray<keyof SelectionSummary>

const sameShared = (a: unknown, b: unknown): boolean => Object.is(a, b) || (isValue(a) && isValue(b) && Object.is(a.value, b.value))

const isValue = (shared: unknown): shared is { readonly value: unknown } => typeof shared === "object" && shared !== null && "value" in shared

const sameIds = (a: ReadonlyArray<string>, b: ReadonlyArray<string>): boolean => a.length === b.length && a.every((id, index) => id === b[index])

export const valueOf = <Value,>(shared: Shared<Value>): Value | undefined => (shared === undefined || shared === mixed ? undefined : shared.value)
