/** D12 to D14 and the "a bad operation does not cost its neighbours" of P3, over the wire. */
import { randomUUID } from "node:crypto"
import { describe, expect, it } from "vitest"
import { sharedNode } from "../harness/easelNode.ts"
import { create, createFile, expectConverged, join, readFile, update } from "../harness/editing.ts"

const own = sharedNode()

const id = `"id":"${randomUUID()}"`
const common = `${id},"timestamp":1,"objectId":"a"`
const newObject = `${id},"timestamp":1,"objectId":"new","operationType":"create"`
const deep = (levels: number): string => "[".repeat(levels) + "]".repeat(levels)

/** Each against a file in which the rectangle `a` exists. */
const refused: ReadonlyArray<readonly [what: string, operation: string, reason: string]> = [
  ["null", "null", "not_an_operation"],
  ["a list", "[]", "not_an_operation"],
  ["no id", `{"timestamp":1,"objectId":"a","operationType":"delete"}`, "invalid_id"],
  ["an id of 65 characters", `{"id":"${"x".repeat(65)}","timestamp":1,"objectId":"a","operationType":"delete"}`, "invalid_id"],
  ["an id with a blank", `{"id":"a b","timestamp":1,"objectId":"a","operationType":"delete"}`, "invalid_id"],
  ["an idempotencyKey that is a number", `{${common},"idempotencyKey":1,"operationType":"delete"}`, "invalid_id"],
  ["an idempotencyKey with SQL", `{${common},"idempotencyKey":"'; DROP TABLE files --","operationType":"delete"}`, "invalid_id"],
  ["objectId __proto__", `{${id},"timestamp":1,"objectId":"__proto__","operationType":"create","newValue":{"type":"group"}}`, "invalid_id"],
  ["objectId constructor", `{${id},"timestamp":1,"objectId":"constructor","operationType":"delete"}`, "invalid_id"],
  ["an empty objectId", `{${id},"timestamp":1,"objectId":"","operationType":"delete"}`, "invalid_id"],
  ["a timestamp of -1", `{${id},"timestamp":-1,"objectId":"a","operationType":"delete"}`, "invalid_timestamp"],
  ["half a timestamp", `{${id},"timestamp":1.5,"objectId":"a","operationType":"delete"}`, "invalid_timestamp"],
  ["a timestamp of 2^53", `{${id},"timestamp":9007199254740992,"objectId":"a","operationType":"delete"}`, "invalid_timestamp"],
  ["a timestamp of 1e400", `{${id},"timestamp":1e400,"objectId":"a","operationType":"delete"}`, "invalid_timestamp"],
  ["no timestamp", `{${id},"objectId":"a","operationType":"delete"}`, "invalid_timestamp"],
  ["an unknown operationType", `{${common},"operationType":"paint"}`, "unknown_operation_type"],
  ["operationType __proto__", `{${common},"operationType":"__proto__"}`, "unknown_operation_type"],
  ["a create without value", `{${newObject}}`, "wrong_value_type"],
  ["an unknown object type", `{${newObject},"newValue":{"type":"blob"}}`, "unknown_object_type"],
  ["object type constructor", `{${newObject},"newValue":{"type":"constructor"}}`, "unknown_object_type"],
  ["an unknown property in a create", `{${newObject},"newValue":{"type":"group","colour":1}}`, "unknown_property"],
  ["__proto__ in a create", `{${newObject},"newValue":{"type":"group","__proto__":{"x":1}}}`, "unknown_property"],
  ["data.__proto__ in a create", `{${newObject},"newValue":{"type":"group","data":{"__proto__":1}}}`, "unknown_property"],
  ["a text as a number in a create", `{${newObject},"newValue":{"type":"group","x":"1"}}`, "wrong_value_type"],
  ["a parent that is a number", `{${newObject},"newValue":{"type":"group","parentId":1}}`, "invalid_parent"],
  ["a parent that does not exist", `{${newObject},"newValue":{"type":"group","parentId":"nobody"}}`, "parent_missing"],
  ["an orderKey that is none", `{${newObject},"newValue":{"type":"group","orderKey":"!"}}`, "invalid_order_key"],
  ["an orderKey that ends in zero", `{${newObject},"newValue":{"type":"group","orderKey":"a10"}}`, "invalid_order_key"],
  ["an orderKey of 129 characters", `{${newObject},"newValue":{"type":"group","orderKey":"a${"1".repeat(128)}"}}`, "invalid_order_key"],
  ["an object that exists", `{${common},"operationType":"create","newValue":{"type":"group"}}`, "object_exists"],
  ["an update of nothing", `{${id},"timestamp":1,"objectId":"nobody","operationType":"update","propertyPath":"x","newValue":1}`, "object_missing"],
  ["a delete of nothing", `{${id},"timestamp":1,"objectId":"nobody","operationType":"delete"}`, "object_missing"],
  ["a restore of nothing", `{${id},"timestamp":1,"objectId":"nobody","operationType":"restore"}`, "object_missing"],
  ["a move of nothing", `{${id},"timestamp":1,"objectId":"nobody","operationType":"move","newValue":{"parentId":null}}`, "object_missing"],
  ["a move to nobody", `{${common},"operationType":"move","newValue":{"parentId":"nobody"}}`, "parent_missing"],
  ["a move without parentId", `{${common},"operationType":"move","newValue":{"orderKey":"a0"}}`, "invalid_parent"],
  ["a move into itself", `{${common},"operationType":"move","newValue":{"parentId":"a"}}`, "cycle"],
  ["an update without path", `{${common},"operationType":"update","newValue":1}`, "unknown_property"],
  ["an update of another type's property", `{${common},"operationType":"update","propertyPath":"fontSize","newValue":1}`, "unknown_property"],
  ["an update of __proto__", `{${common},"operationType":"update","propertyPath":"__proto__","newValue":{}}`, "unknown_property"],
  ["an update of toString", `{${common},"operationType":"update","propertyPath":"toString","newValue":1}`, "unknown_property"],
  ["an update of type", `{${common},"operationType":"update","propertyPath":"type","newValue":"group"}`, "unknown_property"],
  ["an update of parent", `{${common},"operationType":"update","propertyPath":"parent","newValue":null}`, "unknown_property"],
  ["an update of _deleted", `{${common},"operationType":"update","propertyPath":"_deleted","newValue":true}`, "unknown_property"],
  ["an update of data.__proto__", `{${common},"operationType":"update","propertyPath":"data.__proto__","newValue":1}`, "unknown_property"],
  ["an update of data. with a long key", `{${common},"operationType":"update","propertyPath":"data.${"k".repeat(65)}","newValue":1}`, "unknown_property"],
  ["an update to a wrong kind", `{${common},"operationType":"update","propertyPath":"x","newValue":true}`, "wrong_value_type"],
  ["an update without value", `{${common},"operationType":"update","propertyPath":"x"}`, "not_json"],
  ["an update to 1e400", `{${common},"operationType":"update","propertyPath":"x","newValue":1e400}`, "not_finite"],
  ["a text with NUL", `{${common},"operationType":"update","propertyPath":"name","newValue":"a\\u0000b"}`, "nul_character"],
  ["half a character", `{${common},"operationType":"update","propertyPath":"name","newValue":"\\ud83d"}`, "lone_surrogate"],
  ["half a character in a key", `{${common},"operationType":"update","propertyPath":"data.k","newValue":{"\\ud83d":1}}`, "lone_surrogate"],
  ["33 levels", `{${common},"operationType":"update","propertyPath":"data.k","newValue":${deep(33)}}`, "too_deep"],
  ["10,000 levels", `{${common},"operationType":"update","propertyPath":"data.k","newValue":${deep(10_000)}}`, "too_deep"],
  ["a value above 256 KiB", `{${common},"operationType":"update","propertyPath":"name","newValue":"${"x".repeat(256 * 1024 + 1)}"}`, "too_large"],
  ["__proto__ inside a value", `{${common},"operationType":"update","propertyPath":"data.k","newValue":[{"__proto__":1}]}`, "reserved_name"],
  ["an oldValue with NUL", `{${common},"operationType":"update","propertyPath":"x","newValue":1,"oldValue":"\\u0000"}`, "nul_character"]
]

describe("operations that are wrong", () => {
  it.each(refused)("D12: %s is refused alone, with a reason", async (_, text, reason) => {
    const fileId = await createFile(own.node)
    const editor = await join(own.node, fileId)
    const [before, after] = [create("a"), update("a", "x", 1)]
    editor.replica.onSend([before, after])
    editor.sendText(`{"type":"operation","payload":{"operations":[${JSON.stringify(before)},${text},${JSON.stringify(after)}]}}`)
    const { results } = await editor.next("ack")
    expect(results.map(({ status }) => status)).toEqual(["applied", "rejected", "applied"])
    expect(results[1]).toMatchObject({ seq: 0, reason })
    expect(results[1]?.message).toMatch(/^.{5,300}$/)
    expect(results.map(({ seq }) => seq)).toEqual([1, 0, 2])
    await expectConverged(own.node, fileId, editor)
  })

  it("D13: without idempotencyKey the id is the key", async () => {
    const fileId = await createFile(own.node)
    const editor = await join(own.node, fileId)
    const { idempotencyKey: _, ...operation } = create("a")
    editor.send("operation", { operations: [operation] })
    editor.send("operation", { operations: [operation] })
    const acks = [await editor.next("ack"), await editor.next("ack")]
    expect(acks.flatMap(({ results }) => results)).toMatchObject([{ status: "applied", seq: 1 }, { status: "duplicate", seq: 1 }])
  })

  it("D12: what names prototypes elsewhere is data here", async () => {
    const fileId = await createFile(own.node)
    const editor = await join(own.node, fileId, { userId: "__proto__", userName: "constructor" })
    const other = await join(own.node, fileId)
    await editor.edit(create("toString", { type: "frame" }), create("hasOwnProperty", { parentId: "toString" }), create("valueOf", { type: "group" }))
    await editor.edit(update("toString", "data.toString", "text"), update("valueOf", "data.hasOwnProperty", [1]))
    const file = await expectConverged(own.node, fileId, editor, other)
    expect(file.objects).toMatchObject([{ id: "toString", data: { toString: "text" } }, { id: "hasOwnProperty", parentId: "toString" }, { id: "valueOf" }])
  })

  it("D1: what JSON can hold comes back as it was sent, from memory and from the log", async () => {
    const fileId = await createFile(own.node)
    const editor = await join(own.node, fileId)
    const values = [
      0, -0, 1e-7, 5e-324, 1.7976931348623157e308, 0.1 + 0.2, 9007199254740991, -1.5e-10,
      "", " \t\n\\\"/", "\u{10ffff}\u{1f468}\u200d\u{1f469}", "\uffff\u0001\u007f\u2028", "x".repeat(256 * 1024 - 8),
      [], {}, [null, true, [[{}]]], { "": 0, " ": 1, "2": 2, "10": 10, "a.b": 3, "é": 4, "'": "';--" }
    ]
    await editor.edit(create("a"), ...values.map((value, n) => update("a", `data.v${n}`, value)))
    const cold = await join(own.node, fileId, { sinceSeq: 0 })
    await expectConverged(own.node, fileId, editor, cold)
    const [object] = (await readFile(own.node, fileId)).objects
    expect(object?.["data"]).toEqual(Object.fromEntries(values.map((value, n) => [`v${n}`, value === 0 ? 0 : value])))
  })
})
