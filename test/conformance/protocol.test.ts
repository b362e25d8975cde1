/** P3 to P5 and P13 against a real node: what operations come to, and who hears of them in which order. */
import { randomUUID } from "node:crypto"
import { describe, expect, it } from "vitest"
import { sharedNode } from "../harness/easelNode.ts"
import { create, createFile, expectConverged, join, move, readFile, remove, restore, update } from "../harness/editing.ts"
import { runSql } from "../harness/runSql.ts"

const own = sharedNode()

/** Two editors in a new file. */
const pair = async () => {
  const fileId = await createFile(own.node)
  return { fileId, ada: await join(own.node, fileId, { userId: "ada" }), bob: await join(own.node, fileId, { userId: "bob" }) }
}

describe("editing", () => {
  it("P13: two editors that know only the contract converge", async () => {
    const { ada, bob, fileId } = await pair()
    await ada.edit(create("a", { x: 1, name: "Ada's" }))
    await bob.edit(create("b", { x: 2, fill: "#ff8800" }), update("a", "x", 3))
    await Promise.all([
      ada.edit(update("b", "x", 10), update("a", "name", "both"), move("b", "a")),
      bob.edit(update("b", "x", 11), update("a", "name", "wrote"), remove("a"))
    ])
    await ada.edit(restore("a"), update("b", "data.note", { by: ["ada"] }))
    const file = await expectConverged(own.node, fileId, ada, bob)
    expect(file.objects.map(({ id }) => id)).toEqual(["a", "b"])
    expect(file.seq).toBe(11)
  })

  it("P3: one ack per frame answers every operation in the order sent, after the commit", async () => {
    const { ada, fileId } = await pair()
    const operations = [create("a"), update("a", "x", 1), update("a", "y", 2), remove("a")]
    ada.submit(...operations)
    const ack = await ada.next("ack")
    expect(ack.operationIds).toEqual(operations.map(({ id }) => id))
    expect(ack.results).toEqual(operations.map(({ id }, index) => ({
      id,
      status: "applied",
      seq: index + 1,
      ...(index === 0 ? { orderKey: expect.any(String) } : {})
    })))
    expect(ack.seq).toBe(4)
    const rows = await runSql(own.database.url, "SELECT operation_id FROM operations WHERE file_id = $1::uuid ORDER BY seq", [fileId])
    expect(rows.map((row) => row["operation_id"])).toEqual(ack.operationIds)
  })

  it("P4: an ack goes only to the sender, operations only to the others", async () => {
    const { ada, bob, fileId } = await pair()
    const cyd = await join(own.node, fileId)
    const operation = create("a", { x: 1, y: 2.5 })
    await ada.edit(operation)
    for (const other of [bob, cyd]) {
      const told = await other.next("operation")
      expect(told).toEqual({ operations: [{ ...told.operations[0] }], seq: 1, epoch: expect.any(Number) })
      expect(told.operations[0]).toMatchObject({ ...operation, newValue: { type: "rectangle", x: 1, y: 2.5, parentId: null } })
      expect(told.operations[0]).toMatchObject({ clientId: ada.clientId, userId: "ada", seq: 1 })
    }
    for (const editor of [ada, bob, cyd]) await editor.settled()
    expect(ada.all("operation")).toEqual([])
    expect([...bob.all("ack"), ...cyd.all("ack")]).toEqual([])
  })

  it("P4: the operations of one commit leave in one frame, in order of seq", async () => {
    const { ada, bob } = await pair()
    await ada.edit(create("a"), ...Array.from({ length: 99 }, (_, n) => update("a", "x", n)))
    const told = await bob.next("operation")
    expect(told.operations.map(({ seq }) => seq)).toEqual(Array.from({ length: 100 }, (_, index) => index + 1))
    expect(told.seq).toBe(100)
  })

  it("P4: what superseded operations were is not told, and their seq is", async () => {
    const { ada, bob, fileId } = await pair()
    const now = Date.now()
    await ada.edit(create("a", { x: 1 }, { timestamp: now }))
    const [late] = await ada.edit(update("a", "x", 2, { timestamp: now - 1 }))
    expect(late).toMatchObject({ status: "superseded", seq: 2 })
    await ada.edit(update("a", "y", 3))
    await bob.reaches(3)
    expect(bob.replica.unknownSeqs()).toEqual([2])
    await expectConverged(own.node, fileId, ada, bob)
  })

  it("P5: with an ack every operation up to its seq has been delivered", async () => {
    const { ada, bob, fileId } = await pair()
    const cyd = await join(own.node, fileId)
    const editors = [ada, bob, cyd]
    await Promise.all(editors.map(async (editor, who) => {
      await editor.edit(create(`of-${who}`))
      for (let round = 0; round < 40; round++) {
        const frames = Array.from({ length: 5 }, (_, n) => update(`of-${who}`, "x", round * 10 + n))
        for (const operation of frames) editor.submit(operation)
        await Promise.all(frames.map(({ id }) => editor.ackOf(id)))
      }
    }))
    // The replicas have watched over P5 (EditorReplica.violations); here it is checked that they were told everything.
    const file = await expectConverged(own.node, fileId, ...editors)
    expect(file.seq).toBe(3 * 201)
    for (const editor of editors) expect(editor.replica.unknownSeqs()).toEqual([])
  })
})

describe("statuses", () => {
  it("A5: a resend is a duplicate of the first, whoever sends it and whatever its id", async () => {
    const { ada, bob, fileId } = await pair()
    const applied = create("a")
    const superseded = update("a", "x", 0, { timestamp: 5 })
    await ada.edit(applied, update("a", "x", 1), superseded)
    ada.forgetAck(applied.id)
    ada.forgetAck(superseded.id)
    const again = await ada.edit(applied, superseded)
    expect(again).toMatchObject([
      { status: "duplicate", seq: 1, first: "applied" },
      { status: "duplicate", seq: 3, first: "superseded" }
    ])
    const [byBob] = await bob.edit({ ...applied, id: randomUUID() })
    expect(byBob).toMatchObject({ status: "duplicate", seq: 1, first: "applied" })
    expect((await expectConverged(own.node, fileId, ada, bob)).seq).toBe(3)
  })

  it("A5: a key sent twice in one frame takes one seq", async () => {
    const { ada } = await pair()
    const first = create("a")
    const results = await ada.edit(first, { ...first, id: randomUUID() }, update("a", "x", 1, { idempotencyKey: first.idempotencyKey }))
    expect(results).toMatchObject([
      { status: "applied", seq: 1 },
      { status: "duplicate", seq: 1, first: "applied" },
      { status: "rejected", seq: 0, reason: "idempotency_conflict" }
    ])
  })

  it("A5: a resend is recognised when thousands of operations lie between", async () => {
    const { ada, fileId } = await pair()
    const first = create("a")
    await ada.edit(first)
    for (let frame = 0; frame < 10; frame++) {
      ada.submit(...Array.from({ length: 500 }, (_, n) => update("a", "x", frame * 500 + n)))
    }
    await ada.reaches(5_001)
    ada.forgetAck(first.id)
    const [again, next] = await ada.edit(first, update("a", "x", -1))
    expect(again).toMatchObject({ status: "duplicate", seq: 1, first: "applied" })
    expect(next).toMatchObject({ status: "applied", seq: 5_002 })
    await expectConverged(own.node, fileId, ada)
  })

  it("P3: a duplicate names the timestamp and the order key that the first one got", async () => {
    const { ada } = await pair()
    const operation = create("a", {}, { timestamp: Date.now() + 3_600_000 })
    const [first] = await ada.edit(operation)
    ada.forgetAck(operation.id)
    const [again] = await ada.edit(operation)
    expect(again).toMatchObject({ status: "duplicate", orderKey: first?.orderKey, timestamp: first?.timestamp })
  })

  it("A5: the same key with other content is refused and costs its neighbours nothing", async () => {
    const { ada, bob, fileId } = await pair()
    const first = create("a", { x: 1 })
    await ada.edit(first)
    const results = await ada.edit(
      update("a", "x", 2),
      create("a", { x: 3 }, { idempotencyKey: first.idempotencyKey, timestamp: first.timestamp }),
      update("a", "y", 4)
    )
    expect(results).toMatchObject([{ status: "applied" }, { status: "rejected", reason: "idempotency_conflict", seq: 0 }, { status: "applied" }])
    await expectConverged(own.node, fileId, ada, bob)
  })

  it("A3: a timestamp ahead of the server's clock is clamped, and the ack and the others are told", async () => {
    const { ada, bob, fileId } = await pair()
    const beforeMillis = Date.now()
    const [result] = await ada.edit(create("a", {}, { timestamp: beforeMillis + 3_600_000 }))
    expect(result?.timestamp).toBeGreaterThanOrEqual(beforeMillis)
    expect(result?.timestamp).toBeLessThanOrEqual(Date.now() + 1_000)
    const told = await bob.next("operation")
    expect(told.operations[0]?.timestamp).toBe(result?.timestamp)
    const [honest] = await ada.edit(update("a", "x", 1, { timestamp: Date.now() + 500 }))
    expect(honest).not.toHaveProperty("timestamp")
    await expectConverged(own.node, fileId, ada, bob)
  })

  it("D2: on a tie of timestamps the higher client id wins, whoever came first", async () => {
    const fileId = await createFile(own.node)
    const low = await join(own.node, fileId, { clientId: "client-1" })
    const high = await join(own.node, fileId, { clientId: "client-2" })
    const timestamp = Date.now()
    await low.edit(create("a", {}, { timestamp: timestamp - 1 }))
    const [won] = await high.edit(update("a", "x", 2, { timestamp }))
    const [lost] = await low.edit(update("a", "x", 1, { timestamp }))
    expect([won?.status, lost?.status]).toEqual(["applied", "superseded"])
    const [later] = await high.edit(update("a", "x", 3, { timestamp }))
    expect(later?.status).toBe("applied")
    const file = await expectConverged(own.node, fileId, low, high)
    expect(file.objects[0]).toMatchObject({ id: "a", x: 3 })
  })
})

describe("the tree", () => {
  it("D15: create and move without orderKey come last among their siblings, and the ack says where", async () => {
    const { ada, bob, fileId } = await pair()
    const results = await ada.edit(create("f", { type: "frame" }), create("a"), create("b", { parentId: "f" }), move("a", "f"), create("c", { parentId: "f" }))
    for (const result of results) expect(result.orderKey).toMatch(/^[A-Za-z][0-9A-Za-z]*$/)
    const file = await expectConverged(own.node, fileId, ada, bob)
    expect(file.objects.map(({ id, parentId }) => [id, parentId])).toEqual([["f", null], ["b", "f"], ["a", "f"], ["c", "f"]])
  })

  it("D15: an orderKey that a sibling has is answered with the next free one, a free one is kept", async () => {
    const { ada, bob, fileId } = await pair()
    const [first, taken] = await ada.edit(create("a", { orderKey: "a5" }), create("b", { orderKey: "a5" }))
    expect(first).not.toHaveProperty("orderKey")
    expect(String(taken?.orderKey) > "a5").toBe(true)
    await bob.edit(create("c", { orderKey: "a6" }), move("c", null, "a5"))
    const file = await expectConverged(own.node, fileId, ada, bob)
    const keys = file.objects.map(({ orderKey }) => String(orderKey))
    expect(new Set(keys).size).toBe(3)
    expect(keys.toSorted()).toEqual(keys)
  })

  it("D6: moves that would make a cycle are refused, also when two editors build it together", async () => {
    const { ada, bob, fileId } = await pair()
    await ada.edit(create("a", { type: "group" }), create("b", { type: "group", parentId: "a" }), create("c", { type: "group", parentId: "b" }))
    const results = await ada.edit(move("a", "a"), move("a", "b"), move("a", "c"), move("b", null))
    expect(results.map(({ reason, status }) => reason ?? status)).toEqual(["cycle", "cycle", "cycle", "applied"])
    const both = await Promise.all([ada.edit(move("a", "b")), bob.edit(move("b", "a"))])
    expect(both.flat().map(({ status }) => status).toSorted()).toEqual(["applied", "rejected"])
    await expectConverged(own.node, fileId, ada, bob)
  })

  it("D7: deleted objects hide their children, keep edits, and come back with restore", async () => {
    const { ada, bob, fileId } = await pair()
    await ada.edit(create("f", { type: "frame" }), create("a", { parentId: "f" }), create("b"), remove("f"))
    await bob.edit(update("a", "x", 7), update("f", "name", "kept"))
    const deleted = await expectConverged(own.node, fileId, ada, bob)
    expect(deleted.objects.map(({ id }) => id)).toEqual(["b"])
    expect(deleted.deleted).toMatchObject([{ id: "f", _deleted: true, name: "kept" }, { id: "a", x: 7 }])
    expect(deleted.deleted[1]).not.toHaveProperty("_deleted")
    await ada.edit(restore("f"))
    const restored = await readFile(own.node, fileId)
    expect(restored.objects.map(({ id }) => id)).toEqual(["f", "a", "b"])
    expect(restored.deleted).toEqual([])
    await expectConverged(own.node, fileId, ada, bob)
  })
})
