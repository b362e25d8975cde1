import { canonicalText, isRefusal, type Json, jsonFault, type Operation, validateOperation } from "@easel/document"
import { type LogEntry, operationTexts, wireNewValue } from "@easel/protocol"
import * as fc from "fast-check"
import { expect, test } from "vitest"
import { anyJson, clientId, json, operation, orderKey, parentId, runs, spicyText, withIds } from "../../harness/arbitraries.ts"

/** Half right, half wrong: every member is what it should be, or anything at all. */
const field = <A>(right: fc.Arbitrary<A>) => fc.oneof({ weight: 6, arbitrary: right }, { weight: 1, arbitrary: anyJson })

const almostOperation = fc.record({
  id: field(fc.constantFrom("1", "a:b", "__proto__")),
  operationType: field(fc.constantFrom("create", "update", "move", "delete", "restore")),
  objectId: field(fc.constantFrom("o", "p")),
  objectType: field(fc.constantFrom("text", "group")),
  propertyPath: field(fc.constantFrom("x", "data.k", "__proto__", "a\"b")),
  newValue: field(fc.oneof(json, fc.record({ type: field(fc.constantFrom("text", "polygon")), parentId: field(parentId), orderKey: field(orderKey), x: json, data: anyJson }, { requiredKeys: ["type"] }))),
  oldValue: anyJson,
  timestamp: field(fc.nat()),
  idempotencyKey: field(fc.constantFrom("k", null))
}, { requiredKeys: ["id", "operationType", "objectId", "timestamp"] })

/** What goes over the wire for an operation, as the SDK writes it. */
const wireOf = (operation: Operation.Operation): unknown => JSON.parse(JSON.stringify({ ...operation, newValue: wireNewValue(operation) }))

test("D12: whatever JSON arrives, validation answers and never throws", () => {
  fc.assert(
    fc.property(fc.oneof(anyJson, almostOperation), (input) => {
      const answer = validateOperation(input)
      if (isRefusal(answer)) expect(answer.message).not.toBe("")
      else expect(answer.operationType).toMatch(/^(create|update|move|delete|restore)$/)
    }),
    runs(5000)
  )
})

test("D12: what is not even JSON is answered as well", () => {
  fc.assert(
    fc.property(fc.oneof(fc.anything({ withBigInt: true, withDate: true, withMap: true, withNullPrototype: true, withSparseArray: true, withTypedArray: true }), almostOperation), fc.anything(), (input, value) => {
      validateOperation(input)
      validateOperation({ id: "1", objectId: "o", timestamp: 0, operationType: "update", propertyPath: "x", newValue: value })
      validateOperation({ id: "1", objectId: "o", timestamp: 0, operationType: "create", newValue: value })
    }),
    runs(2000)
  )
})

test("D13: an accepted operation, written for the wire and read again, is the same operation", () => {
  fc.assert(
    fc.property(fc.oneof(almostOperation, operation), (input) => {
      const first = validateOperation("newValue" in input && "parentId" in input ? wireOf(input) : input)
      if (isRefusal(first)) return
      const second = validateOperation(wireOf(first))
      expect(JSON.stringify(second)).toBe(JSON.stringify(first))
    }),
    runs(5000)
  )
})

test("D13 P4: the text of an entry is JSON that is read as the same operation, with who wrote it", () => {
  fc.assert(
    fc.property(fc.array(operation, { minLength: 1, maxLength: 3 }), json, clientId, spicyText, (operations, oldValue, client, userId) => {
      withIds(operations).forEach((item, index) => {
        if ("parentId" in item && item.parentId === item.objectId) return
        const stored: Operation.Operation = item.operationType === "update" || item.operationType === "move" ? { ...item, oldValue } : item
        const entry: LogEntry = { seq: index + 1, status: "applied", operation: stored, clientId: client, userId, contentHash: "" }
        const texts = operationTexts(entry, JSON.stringify(userId))
        const wire: unknown = JSON.parse(texts.operation)
        expect(wire).toMatchObject({ clientId: client, userId, seq: index + 1 })
        expect(canonicalText(plain(validateOperation(wire)))).toBe(canonicalText(plain(stored)))
        if (texts.newValue !== null) expect(JSON.parse(texts.newValue)).toEqual(plain(wireNewValue(stored) ?? null))
      })
    }),
    runs(2000)
  )
})

test("D12: no input pollutes Object.prototype", () => {
  const before = Object.getOwnPropertyNames(Object.prototype).sort()
  const poison = [
    `{"__proto__":{"polluted":1}}`,
    `{"constructor":{"prototype":{"polluted":1}}}`,
    `{"type":"text","__proto__":{"polluted":1}}`,
    `{"type":"text","data":{"__proto__":{"polluted":1}}}`,
    `{"type":"text","data":{"constructor":{"prototype":{"polluted":1}}}}`
  ].map((text): unknown => JSON.parse(text))
  fc.assert(
    fc.property(fc.constantFrom(...poison), fc.constantFrom("create", "update", "move"), fc.constantFrom("__proto__", "data.__proto__", "constructor.prototype", "x"), (newValue, operationType, propertyPath) => {
      const answer = validateOperation({ id: "1", objectId: "o", timestamp: 0, operationType, propertyPath, newValue, oldValue: newValue })
      expect(isRefusal(answer)).toBe(true)
      expect(jsonFault([newValue])).toBe("reserved_name")
      expect("polluted" in {}).toBe(false)
    }),
    runs(1000)
  )
  const path: unknown = JSON.parse(`{"type":"text","data.__proto__":{"polluted":1}}`)
  expect(isRefusal(validateOperation({ id: "1", objectId: "o", timestamp: 0, operationType: "create", newValue: path }))).toBe(true)
  const whole: unknown = JSON.parse(`{"__proto__":{"id":"1","objectId":"o","timestamp":0,"operationType":"delete"}}`)
  expect(isRefusal(validateOperation(whole))).toBe(true)
  expect(Object.getOwnPropertyNames(Object.prototype).sort()).toEqual(before)
})

test("D12: a value that is accepted is what JSON text makes of it", () => {
  fc.assert(
    fc.property(anyJson, (value) => {
      if (jsonFault(value) !== undefined) return
      // SAFETY: jsonFault found nothing.
      expect(JSON.parse(canonicalText(value as Json))).toEqual(plain(value))
    }),
    runs(3000)
  )
})

/** Without -0, `undefined` members and prototypes: what JSON keeps. */
const plain = (value: unknown): Json => {
  const copy: unknown = JSON.parse(JSON.stringify(value))
  // SAFETY: it came from JSON.
  return copy as Json
}
