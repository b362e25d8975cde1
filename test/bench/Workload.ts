/**
 * What editors do: drag, resize and recolour objects, and now and then draw a new one.
 *
 * Each editor works through objects of its own and their properties in turn, so no property is written twice within a
 * window and no operation can be merged away or superseded: what is sent is what has to arrive. Operations are JSON
 * text, written by template because the generator makes tens of thousands of them a second.
 */
import { randomUUID } from "node:crypto"

/** Objects an editor owns; with four properties each, 100 operations before one is written again. */
export const objectsPerEditor = 25

/** One operation in so many draws a new object. */
const createEvery = 50

/** Ids of operations that are timed start with these; no other id of the generator does. */
export const sampledPrefix = "5a3b1e00"
export const observerPrefix = "0b5e0b5e"

export interface OperationText {
  readonly id: string
  readonly text: string
}

export class Workload {
  private readonly objectIds: ReadonlyArray<string>
  /** Replaces the first eight digits of every id, so that these operations can be told from others'. */
  private readonly idPrefix: string | undefined
  private count = 0

  constructor(objectIds: ReadonlyArray<string>, idPrefix?: string) {
    this.objectIds = objectIds
    this.idPrefix = idPrefix
  }

  next(prefix = this.idPrefix): OperationText {
    const count = this.count++
    const id = operationId(prefix)
    if (count % createEvery === createEvery - 1) return { id, text: createText(id, randomUUID(), count) }
    const objectId = this.objectIds[Math.floor(count / properties.length) % this.objectIds.length] ?? ""
    const property = properties[count % properties.length] ?? "x"
    const [oldValue, newValue] = property === "fill"
      ? [`"${colour(count)}"`, `"${colour(count + 1)}"`]
      : [String(count % 4000), String((count + 7) % 4000 + 0.5)]
    return {
      id,
      text: `{"id":"${id}","operationType":"update","objectId":"${objectId}","propertyPath":"${property}",` +
        `"oldValue":${oldValue},"newValue":${newValue},"timestamp":${Date.now()},"idempotencyKey":"${id}"}`
    }
  }
}

const properties = ["x", "y", "width", "fill"] as const

const operationId = (prefix: string | undefined): string => {
  const id = randomUUID()
  return prefix === undefined ? id : prefix + id.slice(8)
}

/** A create of an object as an editor draws it: twelve properties, about 400 bytes. */
export const createText = (id: string, objectId: string, count: number): string => {
  const type = types[count % types.length] ?? "rectangle"
  const value = {
    type,
    name: `${type} ${count}`,
    x: Math.round(Math.random() * 8000),
    y: Math.round(Math.random() * 8000),
    width: 8 + Math.round(Math.random() * 400),
    height: 8 + Math.round(Math.random() * 400),
    rotation: count % 10 === 0 ? 45 : 0,
    opacity: 1,
    fill: colour(count),
    stroke: colour(count + 5),
    strokeWidth: count % 3,
    visible: true,
    ...(type === "text" ? { text: `Label ${count}`, fontSize: 12 + count % 8 } : {})
  }
  return `{"id":"${id}","operationType":"create","objectId":"${objectId}","newValue":${JSON.stringify(value)},` +
    `"timestamp":${Date.now()},"idempotencyKey":"${id}"}`
}

const types = ["rectangle", "ellipse", "text", "rectangle", "frame"]

const colours = ["#1e1e1e", "#ffffff", "#f24e1e", "#a259ff", "#1abcfe", "#0acf83", "#ff7262", "#e5e5e5", "#ffc700", "#d9d9d9"]
const colour = (index: number): string => colours[index % colours.length] ?? "#000000"

export const operationFrame = (operations: ReadonlyArray<string>): string =>
  `{"type":"operation","payload":{"operations":[${operations.join()}]}}`
