import { Limits } from "@easel/protocol"
import { expect, test } from "vitest"
import * as FileState from "../../../cluster/file/FileState.ts"
import { sent, stepOne, stepWith, submission, summary } from "./fileFixture.ts"

const create = (id: string, newValue: object = {}, timestamp = 1_000) =>
  sent({ id: `create-${id}`, operationType: "create", objectId: id, newValue: { type: "group", ...newValue }, timestamp })

const update = (id: string, value: unknown, timestamp = 1_000, propertyPath = "x") =>
  sent({ id, operationType: "update", propertyPath, newValue: value, timestamp })

const move = (id: string, objectId: string, newValue: object, timestamp = 1_000) =>
  sent({ id, operationType: "move", objectId, newValue, timestamp })

const [withObject] = stepOne(FileState.empty, [create("o")])

test("A2: seqs count from 1, over submissions and batches, superseded ones included", () => {
  const [state, { entries, results }] = stepWith(withObject, [
    submission([update("1", 1, 900), update("2", 2, 800)], "A"),
    submission([update("3", 3, 950)], "B")
  ])
  expect(entries.map(({ clientId, seq, status }) => [seq, status, clientId])).toEqual([[2, "applied", "A"], [3, "superseded", "A"], [4, "applied", "B"]])
  expect(results).toEqual([
    [{ id: "1", status: "applied", seq: 2 }, { id: "2", status: "superseded", seq: 3 }],
    [{ id: "3", status: "applied", seq: 4 }]
  ])
  expect(state.seq).toBe(4)
  expect(state.document.get("o")?.get("x")).toBe(3)
})

test("A3: a timestamp more than a second ahead is clamped to that, and the editor is told", () => {
  const ahead = Limits.timestampAheadMillisMax
  const [, results] = stepOne(withObject, [
    update("1", 1, 5_000 + ahead),
    update("2", 2, 5_000 + ahead + 1),
    update("3", 3, Number.MAX_SAFE_INTEGER)
  ], 5_000)
  expect(results).toEqual([
    { id: "1", status: "applied", seq: 2 },
    { id: "2", status: "applied", seq: 3, timestamp: 6_000 },
    { id: "3", status: "applied", seq: 4, timestamp: 6_000 }
  ])
})

test("A4: an operation that loses is superseded: it has a seq and changes nothing", () => {
  const [state] = stepOne(withObject, [update("1", 1, 2_000)], 2_000)
  const [next, { entries, results }] = stepWith(state, [submission([update("2", 2, 1_999)], "Z")], 2_000)
  expect(results).toEqual([[{ id: "2", status: "superseded", seq: 3 }]])
  expect(entries).toMatchObject([{ seq: 3, status: "superseded" }])
  expect([next.seq, summary(next).digest]).toEqual([3, summary(state).digest])
  // On a tie the higher client id wins, whoever came first.
  const [, tie] = stepWith(state, [submission([update("3", 3, 2_000)], "B"), submission([update("4", 4, 2_000)], "AZ")], 2_000)
  expect(tie.results.flat().map(({ status }) => status)).toEqual(["applied", "superseded"])
})

test("A5: a resend is answered with the seq of the first and what it came to, and with what the server chose", () => {
  const first = [update("1", 1, 1_500), update("2", 2, 1_200), create("p", { orderKey: "a0" }), move("m", "o", { parentId: "p" }, 9_999)]
  const [state, results] = stepOne(withObject, first)
  expect(results).toEqual([
    { id: "1", status: "applied", seq: 2 },
    { id: "2", status: "superseded", seq: 3 },
    { id: "create-p", status: "applied", seq: 4, orderKey: "a1" },
    { id: "m", status: "applied", seq: 5, timestamp: 2_000, orderKey: "a0" }
  ])
  // Much later, from another connection, in another order and twice.
  const [after, { entries, results: again }] = stepWith(state, [submission([...first.toReversed(), ...first], "B", "bob")], 99_999)
  const duplicates = results.map(({ status, ...result }) => ({ ...result, status: "duplicate", first: status }))
  expect(again).toEqual([[...duplicates.toReversed(), ...duplicates]])
  expect(entries).toEqual([])
  expect(after.seq).toBe(state.seq)
})

test("A5: a resend in the same batch as the first is a duplicate of it", () => {
  const [, results] = stepOne(withObject, [update("1", 1), update("1", 1)])
  expect(results).toEqual([{ id: "1", status: "applied", seq: 2 }, { id: "1", status: "duplicate", seq: 2, first: "applied" }])
})

test("A5: the same key with other content is refused, in whatever the content differs", () => {
  const [state] = stepOne(withObject, [create("p"), update("1", { a: [1, 2] }, 1_000, "fill")])
  const others = [
    update("1", { a: [1, 3] }, 1_000, "fill"),
    update("1", { a: [1, 2] }, 1_001, "fill"),
    update("1", { a: [1, 2] }, 1_000, "stroke"),
    { ...update("1", { a: [1, 2] }, 1_000, "fill"), objectId: "p" },
    sent({ id: "1", operationType: "delete" })
  ]
  const [after, results] = stepOne(state, others)
  for (const result of results) expect(result).toMatchObject({ id: "1", status: "rejected", seq: 0, reason: "idempotency_conflict" })
  expect(summary(after)).toEqual(summary(state))
  // The same content with its keys in another order, and under another id, is the same.
  const [, same] = stepOne(state, [{ ...update("1", { a: [1, 2] }, 1_000, "fill"), id: "other" }])
  expect(same).toMatchObject([{ id: "other", status: "duplicate" }])
})

test("A5: a rejected operation does not take its key: it may be sent again when it has become possible", () => {
  const early = update("1", 1)
  const [state, results] = stepOne(FileState.empty, [early, create("o"), early])
  expect(results).toMatchObject([{ status: "rejected", reason: "object_missing" }, { status: "applied", seq: 1 }, { status: "applied", seq: 2 }])
  expect(state.seq).toBe(2)
})

test("J4: what the database refused for good is rejected by its key and costs no seq", () => {
  const [state, { entries, results }] = stepWith(withObject, [submission([update("1", 1), update("2", 2), update("3", 3)])], 1_000, new Set(["2"]))
  expect(results).toMatchObject([[{ status: "applied", seq: 2 }, { status: "rejected", seq: 0, reason: "refused_by_database" }, { status: "applied", seq: 3 }]])
  expect(entries.map(({ seq }) => seq)).toEqual([2, 3])
  expect(state.seq).toBe(3)
})

test("D14: refuses a create of what exists, edits of what does not, and parents that do not", () => {
  const [deleted] = stepOne(withObject, [sent({ id: "d", operationType: "delete" })])
  const reasons = (state: FileState.FileState, ...operations: Parameters<typeof stepOne>[1]) =>
    stepOne(state, operations)[1].map(({ reason, status }) => reason ?? status)
  expect(reasons(withObject, { ...create("o"), id: "again", idempotencyKey: "again" })).toEqual(["object_exists"])
  expect(reasons(deleted, { ...create("o"), id: "again", idempotencyKey: "again" })).toEqual(["object_exists"])
  expect(reasons(FileState.empty, update("1", 1), move("2", "o", { parentId: null }), sent({ id: "3", operationType: "delete" }), sent({ id: "4", operationType: "restore" })))
    .toEqual(["object_missing", "object_missing", "object_missing", "object_missing"])
  expect(reasons(withObject, create("p", { parentId: "q" }), move("m", "o", { parentId: "q" }))).toEqual(["parent_missing", "parent_missing"])
  // A deleted object is still there: it takes edits and children.
  expect(reasons(deleted, update("1", 1), create("p", { parentId: "o" }), sent({ id: "r", operationType: "restore" }))).toEqual(["applied", "applied", "applied"])
})

test("D11 D12: whether an object has a property and of which kind is judged by its type", () => {
  const [, results] = stepOne(withObject, [
    update("1", 1, 1_000, "text"),
    update("2", "1", 1_000, "x"),
    update("3", null, 1_000, "x"),
    update("4", [1], 1_000, "data.free"),
    update("5", true, 1_000, "_deleted"),
    update("6", { parentId: null, orderKey: "a0" }, 1_000, "parent"),
    update("7", 1, 1_000, "__proto__")
  ])
  expect(results.map(({ reason, status }) => reason ?? status)).toEqual([
    "unknown_property",
    "wrong_value_type",
    "applied",
    "applied",
    "unknown_property",
    "unknown_property",
    "unknown_property"
  ])
})

test("D6: a move into itself or its own inside is refused", () => {
  const [state] = stepOne(withObject, [create("p", { parentId: "o" }), create("q", { parentId: "p" })])
  const [after, results] = stepOne(state, [move("1", "o", { parentId: "q" }), move("2", "o", { parentId: "p" }), move("3", "q", { parentId: "o" }), move("4", "p", { parentId: "q" })])
  expect(results.map(({ reason, status }) => reason ?? status)).toEqual(["cycle", "cycle", "applied", "applied"])
  expect(Array.from(after.document.children("o"), ({ id }) => id)).toEqual(["q"])
})

test("D15: a create or move without a key comes last; one with a sibling's key gets the next free one", () => {
  const [state, results] = stepOne(FileState.empty, [
    create("a", { orderKey: "a1" }),
    create("b"),
    create("c", { orderKey: "a1" }),
    create("d", { orderKey: "a1" }),
    create("e", { orderKey: "Zz" }),
    move("m1", "e", { parentId: null }),
    move("m2", "a", { parentId: null, orderKey: "a1" }),
    move("m3", "b", { parentId: "a", orderKey: "a1" })
  ])
  expect(results.map(({ orderKey }) => orderKey)).toEqual([undefined, "a2", "a1V", "a1G", undefined, "a3", undefined, undefined])
  expect(Array.from(state.document.children(null), ({ id }) => id)).toEqual(["a", "d", "c", "e"])
})

test("D15: where there is no room left after the last sibling, an order key has to be sent", () => {
  const [state] = stepOne(FileState.empty, [create("a", { orderKey: `z${"z".repeat(127)}` })])
  const [, results] = stepOne(state, [create("b"), create("c", { orderKey: "a0" }), create("d", { orderKey: `z${"z".repeat(127)}` })])
  expect(results.map(({ reason, status }) => reason ?? status)).toEqual(["invalid_order_key", "applied", "applied"])
})

test("A1: a group without anything new leaves the state as it was", () => {
  const [after, { entries }] = stepWith(withObject, [submission([]), submission([create("o")])])
  expect(entries).toEqual([])
  expect(summary(after)).toEqual(summary(withObject))
})
