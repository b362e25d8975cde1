/**
 * Random values for property tests. Ids, clients, timestamps and order keys come from small pools, so that what is
 * interesting (ties, collisions, cycles, resends) happens in nearly every run and shrinks to something readable.
 */
import {
  type Json,
  jsonFault,
  type ObjectType,
  objectTypes,
  Operation,
  propertyKind,
  type RegisterWrite,
  type Stamp
} from "@easel/document"
import type { LogEntry } from "@easel/protocol"
import * as fc from "fast-check"
import { isThorough } from "./thorough.ts"

export const clientIds = ["A", "B", "a", "b:1", "client-Z"] as const
export const objectIds = ["o1", "o2", "o3", "o4", "o5", "o6"] as const

/** Code units that sort, weigh or escape differently: one to four bytes of UTF-8, quotes, controls, line separators. */
export const spicyText: fc.Arbitrary<string> = fc.string({
  unit: fc.constantFrom("a", "Z", "0", "\"", "\\", "\n", "\u0001", "\u2028", "é", "ß", "中", "😀", "\u{1f9d1}\u200d", ","),
  maxLength: 8
})

/**
 * Deno 2.9.5 (its V8) reads keys wrongly that have escapes and stand in text with wide characters: after
 * `{"é":0," é\\\"":1}` it takes `" é\"x"` for the key before. Nothing to mend here; such keys are left out there.
 */
const isReadRightly = (key: string): boolean => !("Deno" in globalThis) || JSON.stringify(key).length === key.length + 2

/** JSON that may be stored (D12), `null` and nesting included. */
export const json: fc.Arbitrary<Json> = fc.letrec<{ value: Json; leaf: Json }>((tie) => ({
  leaf: fc.oneof(
    { weight: 2, arbitrary: fc.integer({ min: -3, max: 3 }) },
    { weight: 1, arbitrary: fc.double({ noNaN: true, noDefaultInfinity: true }) },
    { weight: 2, arbitrary: spicyText },
    { weight: 1, arbitrary: fc.boolean() },
    { weight: 1, arbitrary: fc.constant(null) }
  ),
  value: fc.oneof(
    { maxDepth: 3, depthSize: "small" },
    tie("leaf"),
    fc.array(tie("value"), { maxLength: 3 }),
    fc.dictionary(spicyText.filter(isReadRightly), tie("value"), { maxKeys: 3, noNullPrototype: true })
  )
})).value.filter((value) => jsonFault(value) === undefined)

/** Whatever JSON.parse can return, `__proto__` as a key of its own included. */
export const anyJson: fc.Arbitrary<unknown> = fc.oneof(
  { weight: 3, arbitrary: fc.json({ maxDepth: 4 }) },
  { weight: 1, arbitrary: fc.dictionary(fc.constantFrom("__proto__", "constructor", "a"), fc.json()).map(membersText) }
).map((text): unknown => JSON.parse(text))

function membersText(members: Record<string, string>): string {
  return `{${Object.keys(members).map((key) => `${JSON.stringify(key)}:${members[key]}`).join(",")}}`
}

export const clientId: fc.Arbitrary<string> = fc.constantFrom(...clientIds)
const objectId: fc.Arbitrary<string> = fc.constantFrom(...objectIds)
export const parentId: fc.Arbitrary<string | null> = fc.option(objectId, { freq: 3 })

/** Few timestamps: most stamps tie in the first component. */
const timestamp: fc.Arbitrary<number> = fc.integer({ min: 0, max: 4 })

export const stamp: fc.Arbitrary<Stamp.Stamp> = fc.record({
  timestamp,
  clientId,
  counter: fc.integer({ min: 0, max: 5 })
})

/** Keys that the algorithm gives, and the extremes that an editor may send. */
export const orderKey: fc.Arbitrary<string> = fc.constantFrom("a0", "a1", "a1V", "a2", "Zz", "b00", "zzzzzzzzzzzzzzzzzzzzzzzzzzz", "a0V")

export const objectType: fc.Arbitrary<ObjectType> = fc.constantFrom(...objectTypes).map((type) => {
  // SAFETY: `objectTypes` are the keys that `ObjectType` is the union of.
  return type as ObjectType
})

/** Paths that every type has, and free ones. */
const paths = ["name", "x", "fill", "visible", "data.k", "data.K", "data.0"] as const

const propertyPath: fc.Arbitrary<string> = fc.constantFrom(...paths)

/** A value that the path may hold. */
const valueFor = (path: string): fc.Arbitrary<Json> => {
  switch (propertyKind("rectangle", path)) {
    case "number":
      return fc.oneof(fc.integer({ min: -2, max: 2 }), fc.constantFrom(-0, 0.1, 1e300, null))
    case "string":
      return fc.oneof(spicyText, fc.constant(null))
    case "boolean":
      return fc.oneof(fc.boolean(), fc.constant(null))
    default:
      return json
  }
}

const properties: fc.Arbitrary<Readonly<Record<string, Json>>> = fc.uniqueArray(propertyPath, { maxLength: 3 }).chain((chosen) =>
  fc.tuple(...chosen.map(valueFor)).map((values) => Object.fromEntries(chosen.map((path, index) => [path, values[index] ?? null])))
)

interface Common {
  readonly id: string
  readonly idempotencyKey: string
  readonly timestamp: number
  readonly objectId: string
}

const common: fc.Arbitrary<Common> = fc.record({
  id: fc.constant("op"),
  idempotencyKey: fc.constant("op"),
  timestamp,
  objectId
})

export const create: fc.Arbitrary<Operation.Create> = fc.tuple(common, objectType, properties, parentId, orderKey).map(
  ([fields, type, newValue, parent, key]) =>
    ({ ...fields, operationType: "create", objectType: type, newValue, parentId: parent, orderKey: key })
)

export const update: fc.Arbitrary<Operation.Update> = fc.tuple(common, propertyPath).chain(([fields, path]) =>
  valueFor(path).map((newValue) => ({ ...fields, operationType: "update", propertyPath: path, newValue }))
)

export const move: fc.Arbitrary<Operation.Move> = fc.tuple(common, parentId, orderKey)
  .map(([fields, parent, key]) => ({ ...fields, operationType: "move", parentId: parent, orderKey: key }))

export const deletion: fc.Arbitrary<Operation.Delete> = common.map((fields) => ({ ...fields, operationType: "delete" }))
export const restoration: fc.Arbitrary<Operation.Restore> = common.map((fields) => ({ ...fields, operationType: "restore" }))

/** Operations as they stand in a log: with an order key. All have the id `op`; `withIds` tells them apart. */
export const operation: fc.Arbitrary<Operation.Operation> = fc.oneof(
  { weight: 3, arbitrary: create },
  { weight: 4, arbitrary: update },
  { weight: 3, arbitrary: move },
  { weight: 1, arbitrary: deletion },
  { weight: 1, arbitrary: restoration }
)

export const withIds = <A extends Operation.Operation>(operations: ReadonlyArray<A>, prefix = "op"): ReadonlyArray<A> =>
  operations.map((item, index) => ({ ...item, id: `${prefix}${index}`, idempotencyKey: `${prefix}${index}` }))

/** The writes of one operation under one stamp: what a document merges. */
export interface Delivery {
  readonly objectId: string
  readonly writes: ReadonlyArray<RegisterWrite>
  readonly stamp: Stamp.Stamp
}

/** A log whose stamps are told apart by their counter alone where time and client tie. */
export const logOf = (operations: fc.Arbitrary<Operation.Operation>, lengthMax: number): fc.Arbitrary<ReadonlyArray<Delivery>> =>
  fc.array(fc.tuple(operations, clientId), { maxLength: lengthMax, size: "max" }).map((items) =>
    items.map(([item, client], index) => deliver(item, client, index + 1))
  )

export const deliver = (item: Operation.Operation, client: string, seq: number): Delivery => ({
  objectId: item.objectId,
  writes: Operation.writesOf(item),
  stamp: { timestamp: item.timestamp, clientId: client, counter: seq }
})

export const log: fc.Arbitrary<ReadonlyArray<Delivery>> = logOf(operation, 30)

/** A log and another order of delivery of it, in which some arrive more than once. */
export const redelivered = (logs: fc.Arbitrary<ReadonlyArray<Delivery>>) =>
  logs.chain((deliveries) => {
    const order = deliveries.map((_, index) => index)
    return fc.tuple(
      fc.constant(deliveries),
      fc.shuffledSubarray(order, { minLength: order.length }),
      order.length === 0 ? fc.constant([]) : fc.array(fc.constantFrom(...order), { maxLength: 10 })
    ).map(([all, shuffled, repeats]) => ({
      log: all,
      again: [...repeats, ...shuffled, ...repeats].flatMap((index) => all[index] ?? [])
    }))
  })

/** Entries of a log as a file's actor would commit them, for the encoders. */
export const logEntries = (lengthMax: number): fc.Arbitrary<ReadonlyArray<LogEntry>> =>
  fc.array(fc.tuple(operation, clientId, spicyText.map((text) => `u${text}`), fc.boolean()), { maxLength: lengthMax, size: "max" }).map((items) =>
    items.map(([item, client, userId, applied], index) => ({
      seq: index + 1,
      status: applied ? "applied" : "superseded",
      operation: { ...item, id: `op${index}`, idempotencyKey: `key${index}` },
      clientId: client,
      userId,
      contentHash: "0"
    }))
  )

/**
 * So many runs, or as many as a slow machine makes in twenty seconds; a third of them, but not less than a thousand,
 * unless `EASEL_TESTS=all`. A failure prints seed and path.
 */
export const runs = (thorough: number): fc.Parameters<unknown> => ({
  numRuns: isThorough ? thorough : Math.min(thorough, Math.max(1_000, Math.round(thorough / 3))),
  interruptAfterTimeLimit: 20_000
})
