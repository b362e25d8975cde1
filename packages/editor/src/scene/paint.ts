/**
 * The paint properties of an object, decoded: what fills it and what its stroke is.
 *
 * An absent paint is none. Gradients are `{type: "linear" | "radial", stops: [{offset, color, opacity?}], x1, y1, x2, y2}`
 * (or `cx, cy, r`) in shares of the object's box; a paint object that is no gradient shows the colour it names, if any.
 */
import type { Json } from "@easel/document"
import { isList, isRecord, numberAt, numbersOf, type Read, shareAt, textAt } from "./propertyReaders.ts"

export type Paint =
  | { readonly kind: "none" }
  | { readonly kind: "colour"; readonly colour: string }
  | { readonly kind: "linear"; readonly stops: ReadonlyArray<Stop>; readonly from: Share; readonly to: Share }
  | { readonly kind: "radial"; readonly stops: ReadonlyArray<Stop>; readonly centre: Share; readonly radius: number }

export interface Stop {
  /** 0 to 1. */
  readonly offset: number
  readonly colour: string
  /** 0 to 1. */
  readonly opacity: number
}

/** A point in shares of the box: 0 is left or top, 1 right or bottom. */
interface Share {
  readonly x: number
  readonly y: number
}

export interface Stroke {
  readonly paint: Paint
  readonly width: number
  readonly opacity: number
  readonly cap: "butt" | "round" | "square"
  readonly join: "miter" | "round" | "bevel"
  readonly miterLimit: number
  readonly dash: ReadonlyArray<number>
  readonly dashOffset: number
}

export interface PaintStyle {
  readonly fill: Paint
  readonly fillOpacity: number
  readonly fillRule: "nonzero" | "evenodd"
  /** `undefined` when nothing of it would be seen. */
  readonly stroke: Stroke | undefined
}

const none: Paint = { kind: "none" }

export const paintStyleOf = (read: Read): PaintStyle => ({
  fill: paintOf(read("fill")),
  fillOpacity: shareAt(read, "fillOpacity"),
  fillRule: read("fillRule") === "evenodd" ? "evenodd" : "nonzero",
  stroke: strokeOf(read)
})

const paintOf = (value: Json | undefined): Paint => {
  if (typeof value === "string") return colourPaint(value)
  return isRecord(value) ? paintObject(value) : none
}

export const isPainted = ({ fill, fillOpacity, stroke }: PaintStyle): boolean =>
  (fill.kind !== "none" && fillOpacity > 0) || stroke !== undefined

const colourPaint = (text: string): Paint => {
  const colour = text.trim()
  return colour === "" || colour === "none" || colour === "transparent" ? none : { kind: "colour", colour }
}

const strokeOf = (read: Read): Stroke | undefined => {
  const paint = paintOf(read("stroke"))
  const width = numberAt(read, "strokeWidth") ?? 1
  const opacity = shareAt(read, "strokeOpacity")
  if (paint.kind === "none" || width <= 0 || opacity === 0) return undefined
  const cap = textAt(read, "strokeCap")
  const join = textAt(read, "strokeJoin")
  const dash = numbersOf(read("strokeDash"))
  return {
    paint,
    width,
    opacity,
    cap: cap === "round" || cap === "square" ? cap : "butt",
    join: join === "round" || join === "bevel" ? join : "miter",
    miterLimit: Math.max(numberAt(read, "strokeMiterLimit") ?? 4, 1),
    dash: dash.every((length) => length >= 0) && dash.some((length) => length > 0) ? dash : [],
    dashOffset: numberAt(read, "strokeDashOffset") ?? 0
  }
}

const paintObject = (value: { readonly [key: string]: Json }): Paint => {
  const read: Read = (path) => value[path]
  const stops = isList(value.stops) ? value.stops.flatMap(stopOf) : []
  const [first] = stops
  const type = textAt(read, "type") ?? ""
  if (first === undefined) return colourPaint(textAt(read, "color") ?? "")
  if (stops.length === 1) return { kind: "colour", colour: first.colour }
  if (/radial/i.test(type)) {
    const centre = { x: numberAt(read, "cx") ?? 0.5, y: numberAt(read, "cy") ?? 0.5 }
    return { kind: "radial", stops, centre, radius: Math.max(numberAt(read, "r") ?? 0.5, 0) }
  }
  const from = { x: numberAt(read, "x1") ?? 0, y: numberAt(read, "y1") ?? 0 }
  const to = { x: numberAt(read, "x2") ?? 1, y: numberAt(read, "y2") ?? 0 }
  return { kind: "linear", stops, from, to }
}

const stopOf = (value: Json, index: number, all: ReadonlyArray<Json>): ReadonlyArray<Stop> => {
  if (!isRecord(value)) return []
  const read: Read = (path) => value[path]
  const colour = textAt(read, "color")
  const offset = numberAt(read, "offset") ?? numberAt(read, "position") ?? index / Math.max(all.length - 1, 1)
  if (colour === undefined) return []
  return [{ offset: Math.min(Math.max(offset, 0), 1), colour, opacity: shareAt(read, "opacity") }]
}
