import { isId, isRefusal, type Refusal, validateOperation, valueBytesMax, valueDepthMax } from "@easel/document"
import { expect, test } from "vitest"

const create = { id: "1", operationType: "create", objectId: "o", timestamp: 0, newValue: { type: "text" } }
const update = { id: "1", operationType: "update", objectId: "o", timestamp: 0, propertyPath: "x", newValue: 1 }
const move = { id: "1", operationType: "move", objectId: "o", timestamp: 0, newValue: { parentId: null } }

const codeOf = (input: unknown): Refusal.RefusalCode | undefined => {
  const operation = validateOperation(input)
  return isRefusal(operation) ? operation.code : undefined
}

/** An array of arrays, so deep. */
const nested = (depth: number): unknown => depth === 0 ? 0 : [nested(depth - 1)]

/** Own keys that an object literal cannot have. */
const parsed = (text: string): unknown => JSON.parse(text)

const refused: ReadonlyArray<readonly [Refusal.RefusalCode, string, unknown]> = [
  ["not_an_operation", "null", null],
  ["not_an_operation", "a text", "create"],
  ["not_an_operation", "an array", [create]],
  ["invalid_id", "no id", { ...create, id: undefined }],
  ["invalid_id", "an empty id", { ...create, id: "" }],
  ["invalid_id", "an id of 65 characters", { ...create, id: "a".repeat(65) }],
  ["invalid_id", "an id with a quote", { ...create, id: "a\"b" }],
  ["invalid_id", "an id with a line break at its end", { ...create, id: "a\n" }],
  ["invalid_id", "an id that is a number", { ...create, id: 1 }],
  ["invalid_id", "no objectId", { ...create, objectId: undefined }],
  ["invalid_id", "the objectId __proto__", { ...create, objectId: "__proto__" }],
  ["invalid_id", "the objectId constructor", { ...create, objectId: "constructor" }],
  ["invalid_id", "an idempotencyKey with a space", { ...create, idempotencyKey: "a b" }],
  ["invalid_timestamp", "no timestamp", { ...create, timestamp: undefined }],
  ["invalid_timestamp", "a negative timestamp", { ...create, timestamp: -1 }],
  ["invalid_timestamp", "half a millisecond", { ...create, timestamp: 0.5 }],
  ["invalid_timestamp", "a timestamp that is not finite", { ...create, timestamp: parsed("1e999") }],
  ["invalid_timestamp", "a timestamp beyond whole numbers", { ...create, timestamp: 2 ** 53 }],
  ["invalid_timestamp", "a timestamp as text", { ...create, timestamp: "0" }],
  ["unknown_operation_type", "no operationType", { ...create, operationType: undefined }],
  ["unknown_operation_type", "another operationType", { ...create, operationType: "Create" }],
  ["unknown_operation_type", "the operationType toString", { ...create, operationType: "toString" }],
  ["wrong_value_type", "a create without newValue", { ...create, newValue: undefined }],
  ["wrong_value_type", "a create of an array", { ...create, newValue: [] }],
  ["wrong_value_type", "a text for a number", { ...create, newValue: { type: "text", x: "1" } }],
  ["unknown_object_type", "no type", { ...create, newValue: {} }],
  ["unknown_object_type", "another type", { ...create, newValue: { type: "circle" } }],
  ["unknown_object_type", "the type __proto__", { ...create, newValue: { type: "__proto__" } }],
  ["unknown_object_type", "a type that is a number", { ...create, newValue: { type: 1 } }],
  ["unknown_property", "a property of another type", { ...create, newValue: { type: "group", text: "a" } }],
  ["unknown_property", "_deleted in a create", { ...create, newValue: { type: "text", _deleted: true } }],
  ["unknown_property", "the parent register by its name", { ...create, newValue: { type: "text", parent: null } }],
  ["unknown_property", "data that is not an object", { ...create, newValue: { type: "text", data: 1 } }],
  ["unknown_property", "a data key with a dot", { ...create, newValue: { type: "text", data: { "a.b": 1 } } }],
  ["unknown_property", "__proto__ as a property", { ...create, newValue: parsed(`{"type":"text","__proto__":1}`) }],
  ["unknown_property", "__proto__ as a data key", { ...create, newValue: parsed(`{"type":"text","data":{"__proto__":1}}`) }],
  ["unknown_property", "constructor as a data path", { ...create, newValue: { type: "text", "data.constructor": 1 } }],
  ["unknown_property", "an update without a path", { ...update, propertyPath: undefined }],
  ["unknown_property", "an update whose path is a number", { ...update, propertyPath: 1 }],
  ["not_json", "an update without a value", { ...update, newValue: undefined }],
  ["not_json", "a value that JSON does not have", { ...update, newValue: { at: new Date(0) } }],
  ["not_json", "a hole in an array", { ...update, newValue: [undefined] }],
  ["not_finite", "a number that is not finite", { ...update, newValue: parsed("-1e999") }],
  ["not_finite", "one inside a value", { ...update, newValue: parsed("[{\"a\":1e999}]") }],
  ["not_finite", "one in a create", { ...create, newValue: { type: "text", x: Number.NaN } }],
  ["nul_character", "NUL", { ...update, newValue: "a\u0000" }],
  ["nul_character", "NUL in a key", { ...update, newValue: { "\u0000": 1 } }],
  ["nul_character", "NUL in a create", { ...create, newValue: { type: "text", name: "\u0000" } }],
  ["lone_surrogate", "half a character", { ...update, newValue: "\ud83d" }],
  ["lone_surrogate", "the other half in a key", { ...update, newValue: [{ "a\ude00b": 1 }] }],
  ["lone_surrogate", "half a character as oldValue", { ...update, oldValue: "\ud83d" }],
  ["too_deep", "33 arrays in each other", { ...update, newValue: nested(valueDepthMax + 1) }],
  ["too_deep", "a thousand of them", { ...update, newValue: nested(1_000) }],
  ["too_deep", "33 arrays in oldValue", { ...move, oldValue: nested(valueDepthMax + 1) }],
  ["too_large", "a text of more than 256 KiB", { ...update, newValue: "a".repeat(valueBytesMax + 1) }],
  ["too_large", "one with few characters and many bytes", { ...update, newValue: "中".repeat(valueBytesMax / 3 + 1) }],
  ["too_large", "an array of more than 256 KiB", { ...update, newValue: Array.from({ length: valueBytesMax / 8 + 1 }, () => 0.123456) }],
  ["too_large", "keys of more than 256 KiB", { ...update, newValue: { ["k".repeat(valueBytesMax)]: 1 } }],
  ["too_large", "a create with 257 data paths", { ...create, newValue: { type: "text", ...dataPaths("data.", 257) } }],
  ["too_large", "a create with 257 data keys", { ...create, newValue: { type: "text", data: dataPaths("", 257) } }],
  ["reserved_name", "__proto__ in a value", { ...update, newValue: parsed(`{"a":[{"__proto__":{}}]}`) }],
  ["reserved_name", "constructor in a value", { ...update, newValue: { constructor: 1 } }],
  ["reserved_name", "prototype in a data value", { ...create, newValue: { type: "text", data: { k: { prototype: 1 } } } }],
  ["invalid_parent", "a parent that is a number", { ...create, newValue: { type: "text", parentId: 1 } }],
  ["invalid_parent", "a parent with an empty id", { ...move, newValue: { parentId: "" } }],
  ["invalid_parent", "a move without newValue", { ...move, newValue: undefined }],
  ["invalid_parent", "a move without a parent", { ...move, newValue: { orderKey: "a0" } }],
  ["cycle", "a move into itself", { ...move, newValue: { parentId: "o" } }],
  ["cycle", "a create in itself", { ...create, newValue: { type: "text", parentId: "o" } }],
  ["invalid_order_key", "a key with a zero at its end", { ...move, newValue: { parentId: null, orderKey: "a00" } }],
  ["invalid_order_key", "a key of 129 characters", { ...create, newValue: { type: "text", orderKey: `a0${"1".repeat(127)}` } }],
  ["invalid_order_key", "a key that is a number", { ...move, newValue: { parentId: null, orderKey: 1 } }]
]

test.each(refused)("D12 D13: %s for %s", (code, _, input) => {
  expect(codeOf(input)).toBe(code)
})

const accepted: ReadonlyArray<readonly [string, unknown, object]> = [
  ["the least create", create, { operationType: "create", objectType: "text", newValue: {}, parentId: null, idempotencyKey: "1" }],
  ["a create with its type outside", { ...create, newValue: {}, objectType: "star" }, { objectType: "star" }],
  ["a create with its own id repeated", { ...create, newValue: { type: "text", id: "x" } }, { objectId: "o", newValue: {} }],
  ["data spelled either way", { ...create, newValue: { type: "text", "data.a": 1, data: { b: [2] } } }, { newValue: { "data.a": 1, "data.b": [2] } }],
  ["256 properties, spelled either way", { ...create, newValue: { type: "text", parentId: "p", orderKey: "a0", ...dataPaths("data.a", 200), data: dataPaths("b", 56) } }, { newValue: { "data.ak0": 0, "data.bk55": 55 } }],
  ["a create with a place", { ...create, newValue: { type: "text", parentId: "p", orderKey: "a0" } }, { parentId: "p", orderKey: "a0" }],
  ["orderKey null as none", { ...create, newValue: { type: "text", orderKey: null } }, { parentId: null }],
  ["an update that clears", { ...update, newValue: null }, { operationType: "update", propertyPath: "x", newValue: null }],
  ["an update of a path that only the actor can judge", { ...update, propertyPath: "no\"such" }, { propertyPath: "no\"such" }],
  ["an oldValue", { ...update, oldValue: [1] }, { oldValue: [1] }],
  ["a move", { ...move, newValue: { parentId: "p" }, oldValue: { parentId: null } }, { operationType: "move", parentId: "p", oldValue: { parentId: null } }],
  ["a delete, whatever else it carries", { ...move, operationType: "delete", newValue: 1 }, { operationType: "delete", objectId: "o" }],
  ["a restore", { ...move, operationType: "restore" }, { operationType: "restore" }],
  ["an idempotencyKey of its own", { ...update, idempotencyKey: "k" }, { id: "1", idempotencyKey: "k" }],
  ["idempotencyKey null as none", { ...update, idempotencyKey: null }, { idempotencyKey: "1" }],
  ["the latest timestamp", { ...update, timestamp: Number.MAX_SAFE_INTEGER }, { timestamp: Number.MAX_SAFE_INTEGER }],
  ["32 arrays in each other", { ...update, newValue: nested(valueDepthMax) }, { newValue: nested(valueDepthMax) }],
  ["a text of exactly 256 KiB", { ...update, newValue: "a".repeat(valueBytesMax) }, { newValue: "a".repeat(valueBytesMax) }],
  ["whole surrogate pairs", { ...update, newValue: "😀" }, { newValue: "😀" }],
  ["members that are not of an operation", { ...update, __proto__x: 1, seq: 5, clientId: "B" }, { id: "1" }]
]

test.each(accepted)("D13: accepts %s", (_, input, fields) => {
  expect(validateOperation(input)).toMatchObject(fields)
})

test("D13: nothing of what was sent gets through but the members of an operation", () => {
  const operation = validateOperation({ ...update, extra: 1, seq: 5, clientId: "B", objectType: "text" })
  expect(Object.keys(operation).sort()).toEqual(["id", "idempotencyKey", "newValue", "objectId", "operationType", "propertyPath", "timestamp"])
})

test("D12: an id is 1 to 64 of A-Z a-z 0-9 _ : . - and not a reserved name", () => {
  for (const id of ["a", "0", "_", ":", ".", "-", "A-z_0:.", "a".repeat(64)]) expect([id, isId(id)]).toEqual([id, true])
  for (const id of ["", "a".repeat(65), "é", "a b", "a/b", "a\n", "\u0000", "__proto__", "constructor", "prototype", 1, null, ["a"]]) expect([id, isId(id)]).toEqual([id, false])
})

function dataPaths(prefix: string, count: number): Record<string, number> {
  return Object.fromEntries(Array.from({ length: count }, (_, index) => [`${prefix}k${index}`, index]))
}
