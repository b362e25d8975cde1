/**
 * What the rules D1 to D9 say about a document, and nothing else: registers, the higher (timestamp, clientId, seq)
 * wins, a canonical form, a digest. Written apart from the production code on purpose; it may be slow, and it must
 * stay short enough to be checked by eye.
 */
import { createHash } from "node:crypto"

export type Json = null | boolean | number | string | ReadonlyArray<Json> | { readonly [key: string]: Json }

/** An operation with what the server assigned to it. */
export interface ModelOperation {
  readonly operationType: string
  readonly objectId: string
  readonly propertyPath?: string | null
  readonly newValue?: Json
  readonly timestamp: number
  readonly clientId: string
  readonly seq: number
}

/** An object as `sync` and `GET /api/files/{id}` show it. */
export type ModelView = { readonly id: string } & { readonly [property: string]: Json }

type Stamp = readonly [timestamp: number, clientId: string, seq: number]

interface Register {
  readonly value: Json
  readonly stamp: Stamp
}

const beforeEverything: Stamp = [-1, "", 0]

export class Model {
  readonly #objects = new Map<string, Map<string, Register>>()

  /** Starts from a snapshot, whose registers are older than every operation that follows it. */
  static of(views: Iterable<ModelView>): Model {
    const model = new Model()
    for (const { id, type = null, parentId = null, orderKey = null, data = {}, ...properties } of views) {
      const value = { type, parentId, orderKey, data }
      for (const [path, written] of writesOfCreate(value)) model.#write(id, path, written, beforeEverything)
      for (const [path, written] of Object.entries(properties)) model.#write(id, path, written, beforeEverything)
    }
    return model
  }

  /** Merges an operation; in which order does not matter, and twice is as good as once. */
  apply({ clientId, newValue = null, objectId, operationType, propertyPath, seq, timestamp }: ModelOperation): void {
    const stamp: Stamp = [timestamp, clientId, seq]
    switch (operationType) {
      case "create":
        for (const [path, value] of writesOfCreate(fields(newValue))) this.#write(objectId, path, value, stamp)
        return
      case "move": {
        const { orderKey = null, parentId = null } = fields(newValue)
        return this.#write(objectId, "parent", { orderKey, parentId }, stamp)
      }
      case "update":
        return this.#write(objectId, propertyPath ?? "", newValue, stamp)
      case "delete":
        return this.#write(objectId, "_deleted", true, stamp)
      case "restore":
        return this.#write(objectId, "_deleted", false, stamp)
      default:
        throw new Error(`no operation is of type ${operationType}`)
    }
  }

  /** Whether an operation with this stamp would lose the register that it writes (A4). */
  isSuperseded({ clientId, objectId, operationType, propertyPath, seq, timestamp }: ModelOperation): boolean {
    const path = pathOf(operationType, propertyPath)
    const register = this.#objects.get(objectId)?.get(path)
    return register !== undefined && compare([timestamp, clientId, seq], register.stamp) <= 0
  }

  get(objectId: string, path: string): Json | undefined {
    return this.#objects.get(objectId)?.get(path)?.value
  }

  /** Ids of the objects that exist, deleted or not, in order. */
  get ids(): ReadonlyArray<string> {
    return [...this.#objects].filter(([, registers]) => registers.has("type")).map(([id]) => id).sort()
  }

  /** D9 */
  get canonical(): string {
    const objects = this.ids.map((id) => {
      const members: Array<readonly [string, Json]> = [["id", id]]
      for (const [path, { value }] of this.#objects.get(id) ?? []) {
        if (path !== "_deleted" || value === true) members.push([path, value])
      }
      return text(Object.fromEntries(members))
    })
    return `[${objects.join(",")}]`
  }

  get digest(): string {
    return createHash("sha256").update(this.canonical).digest("hex")
  }

  #write(objectId: string, path: string, value: Json, stamp: Stamp): void {
    const registers = this.#objects.get(objectId) ?? new Map<string, Register>()
    this.#objects.set(objectId, registers)
    const present = registers.get(path)
    if (present === undefined || compare(stamp, present.stamp) > 0) registers.set(path, { value, stamp })
  }
}

const fields = (value: Json): { readonly [key: string]: Json } =>
  // SAFETY: neither null nor an array, so an object of Json.
  value === null || typeof value !== "object" || Array.isArray(value) ? {} : value as { readonly [key: string]: Json }

const writesOfCreate = (value: { readonly [key: string]: Json }): Array<readonly [string, Json]> => {
  const { data = {}, orderKey = null, parentId = null, ...properties } = value
  return [
    ...Object.entries(properties),
    ["parent", { orderKey, parentId }],
    ...Object.entries(fields(data)).map(([key, item]) => [`data.${key}`, item] as const)
  ]
}

const pathOf = (operationType: string, propertyPath: string | null | undefined): string => {
  if (operationType === "update") return propertyPath ?? ""
  return operationType === "move" ? "parent" : operationType === "create" ? "type" : "_deleted"
}

const compare = (a: Stamp, b: Stamp): number => a[0] - b[0] || (a[1] < b[1] ? -1 : a[1] > b[1] ? 1 : a[2] - b[2])

const text = (value: Json): string => {
  if (value === null || typeof value !== "object") return JSON.stringify(value)
  if (Array.isArray(value)) return `[${value.map(text).join(",")}]`
  const members = fields(value)
  return `{${Object.keys(members).sort().map((key) => `${JSON.stringify(key)}:${text(members[key] ?? null)}`).join(",")}}`
}
