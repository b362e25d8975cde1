/** P1, P2, P10 and P14 against a real node: what a joining or returning editor gets, also while others write. */
import { describe, expect, it } from "vitest"
import type { EaselProcess } from "../harness/EaselProcess.ts"
import { sharedNode } from "../harness/easelNode.ts"
import { connect, create, createFile, expectConverged, join, move, readFile, remove, update } from "../harness/editing.ts"
import { Model } from "../harness/model.ts"
import type { RawEditor } from "../harness/RawEditor.ts"

const own = sharedNode()

/** Writers that send as fast as they are answered until told to stop. Each edits objects of its own. */
const startWriters = async (node: EaselProcess, fileId: string, count: number) => {
  const editors = await Promise.all(Array.from({ length: count }, () => join(node, fileId)))
  let stopped = false
  const done = Promise.all(editors.map(async (editor, who) => {
    await editor.edit(...Array.from({ length: 5 }, (_, n) => create(`w${who}-${n}`)))
    for (let round = 0; !stopped; round++) {
      const operations = Array.from({ length: 20 }, (_, n) => update(`w${who}-${n % 5}`, "x", round * 20 + n))
      for (let from = 0; from < 20; from += 4) editor.submit(...operations.slice(from, from + 4))
      await editor.ackOf(operations.at(-1)?.id ?? "")
    }
  }))
  const stop = async (): Promise<void> => {
    stopped = true
    await done
  }
  return { editors, stop }
}

/** The objects of a file whose operations an editor was told of completely, up to a seq. */
const digestAt = (observer: RawEditor, seq: number): string => {
  const model = new Model()
  for (const { operations } of observer.all("operation")) {
    for (const operation of operations) if (operation.seq <= seq) model.apply(operation)
  }
  return model.digest
}

describe("joining", () => {
  it("P1: sync of a new file", async () => {
    const fileId = await createFile(own.node, "Poster ✏️")
    const editor = await connect(own.node)
    const beforeMillis = Date.now()
    const sync = await editor.subscribe({ fileId, userId: "ada", userName: "Ada" })
    expect(sync).toEqual({
      file: { id: fileId, name: "Poster ✏️", objects: [], deleted: [] },
      presence: [],
      yourColor: expect.stringMatching(/^#[0-9a-f]{6}$/),
      clientId: expect.stringMatching(/^[A-Za-z0-9_:.-]{1,64}$/),
      seq: 0,
      epoch: expect.any(Number),
      role: "owner",
      serverTime: expect.any(Number),
      latestTimestamp: expect.any(Number),
      protocolVersion: 1
    })
    expect(sync.epoch).toBeGreaterThan(0)
    expect(sync.serverTime).toBeGreaterThanOrEqual(beforeMillis - 1)
  })

  it("P1: objects in paint order, parents first; deleted and hidden ones apart", async () => {
    const fileId = await createFile(own.node)
    // Snapshots are shared for two seconds: ada does without one, so that bob's is new.
    const ada = await join(own.node, fileId, { sinceSeq: 0 })
    await ada.edit(
      create("z", { type: "frame", orderKey: "a1", data: { note: [1, { deep: null }] }, fill: { type: "gradient", stops: [] } }),
      create("y", { type: "group", parentId: "z", orderKey: "a2" }),
      create("x", { parentId: "z", orderKey: "a1", name: null }),
      create("w", { orderKey: "a0" }),
      create("v", { type: "group" }),
      create("u", { parentId: "v" }),
      move("x", "y", "a1"),
      remove("v")
    )
    const bob = await join(own.node, fileId)
    const [sync] = bob.all("sync")
    expect(sync?.file?.objects).toEqual([
      { id: "w", type: "rectangle", parentId: null, orderKey: "a0" },
      { id: "z", type: "frame", parentId: null, orderKey: "a1", data: { note: [1, { deep: null }] }, fill: { type: "gradient", stops: [] } },
      { id: "y", type: "group", parentId: "z", orderKey: "a2" },
      { id: "x", type: "rectangle", parentId: "y", orderKey: "a1", name: null }
    ])
    expect(sync?.file?.deleted).toMatchObject([{ id: "v", _deleted: true }, { id: "u" }])
    expect(sync?.seq).toBe(8)
    await expectConverged(own.node, fileId, ada, bob)
  })

  it("P1: a file id in capitals is the same file", async () => {
    const fileId = await createFile(own.node)
    const ada = await join(own.node, fileId)
    const bob = await join(own.node, fileId.toUpperCase())
    await ada.edit(create("a"))
    await bob.edit(create("b"))
    await ada.edit(update("b", "x", 1))
    await expectConverged(own.node, fileId, ada, bob)
  })

  it("P2: with sinceSeq the answer is everything after it, the editor's own included", async () => {
    const fileId = await createFile(own.node)
    const ada = await join(own.node, fileId)
    const bob = await join(own.node, fileId)
    await ada.edit(create("a"))
    await bob.reaches(1)
    await ada.close()
    await bob.edit(update("a", "x", 2), update("a", "x", 3))
    const back = await connect(own.node, ada.replica)
    const sync = await back.subscribe({ fileId, userId: "ada", clientId: ada.clientId, sinceSeq: 1 })
    expect(sync).toMatchObject({ fileId, fromSeq: 1, seq: 3, clientId: ada.clientId, role: "owner", protocolVersion: 1 })
    expect(sync).not.toHaveProperty("file")
    expect(sync.operations).toMatchObject([{ seq: 2, newValue: 2, clientId: bob.clientId }, { seq: 3, newValue: 3 }])
    const fromNothing = await join(own.node, fileId, { clientId: ada.clientId, sinceSeq: 0 })
    expect(fromNothing.all("sync")[0]?.operations?.map(({ seq }) => seq)).toEqual([1, 2, 3])
    await expectConverged(own.node, fileId, back, bob, fromNothing)
  })

  it("P2: who missed nothing gets nothing; who missed too much, or names the future, gets a snapshot", async () => {
    const fileId = await createFile(own.node)
    const ada = await join(own.node, fileId)
    await ada.edit(create("a"))
    for (let frame = 0; frame < 12; frame++) {
      ada.submit(...Array.from({ length: 500 }, (_, n) => update("a", "x", frame * 500 + n)))
      await ada.reaches(1 + (frame + 1) * 500)
    }
    const seq = 6_001
    const editors = new Map<number, RawEditor>()
    for (const sinceSeq of [seq, seq - 5_000, seq - 5_001, 0, seq + 1]) {
      const editor = await connect(own.node)
      await editor.subscribe({ fileId, userId: "bob", sinceSeq })
      editors.set(sinceSeq, editor)
    }
    const answers = [...editors.values()].map((editor) => editor.all("sync")[0])
    expect(answers.map((sync) => sync?.seq)).toEqual([seq, seq, seq, seq, seq])
    expect(answers.map((sync) => sync?.operations?.length)).toEqual([0, 5_000, undefined, undefined, undefined])
    for (const sync of answers.slice(2)) expect(sync?.file?.objects).toHaveLength(1)
  })

  it("P2: joins while others write leave no gap and repeat nothing", async () => {
    const fileId = await createFile(own.node)
    const observer = await join(own.node, fileId)
    const writers = await startWriters(own.node, fileId, 3)
    const joined: Array<RawEditor> = []
    const reads: Array<{ readonly seq: number; readonly digest: string }> = []
    for (let n = 0; n < 25; n++) {
      const editor = await join(own.node, fileId, n % 2 === 0 ? {} : { sinceSeq: 0 })
      joined.push(editor)
      reads.push(await readFile(own.node, fileId))
      const { seq } = editor.replica
      await editor.until(() => editor.replica.seq > seq, "operations after the sync")
    }
    await writers.stop()
    await expectConverged(own.node, fileId, observer, ...writers.editors, ...joined)
    for (const editor of [...joined, observer]) expect(editor.replica.unknownSeqs()).toEqual([])
    // What HTTP answered on the way was the document at that seq, too (H2).
    expect(reads.map(({ digest }) => digest)).toEqual(reads.map(({ seq }) => digestAt(observer, seq)))
    expect(new Set(reads.map(({ seq }) => seq)).size).toBeGreaterThan(5)
  })

  it("P10: an editor whose line is cut again and again catches up while others write", async () => {
    const fileId = await createFile(own.node)
    const writers = await startWriters(own.node, fileId, 3)
    let editor = await join(own.node, fileId, { userId: "ada" })
    await editor.edit(create("mine"))
    for (let cut = 0; cut < 25; cut++) {
      const { clientId, replica } = editor
      const operation = update("mine", "x", cut)
      editor.submit(operation)
      const target = replica.seq + 10 * (cut % 3)
      await editor.until(() => replica.seq >= target, "some progress")
      editor.terminate()
      await editor.closed
      editor = await connect(own.node, replica)
      const sync = await editor.subscribe({ fileId, userId: "ada", clientId, sinceSeq: replica.seq })
      expect(sync.clientId).toBe(clientId)
      expect(sync.operations).toBeDefined()
      // What had no answer is sent again; the server knows whether it had come to anything.
      const [result] = await editor.edit(operation)
      expect(["applied", "duplicate"]).toContain(result?.status)
    }
    await writers.stop()
    await expectConverged(own.node, fileId, editor, ...writers.editors)
    expect(editor.replica.unknownSeqs()).toEqual([])
  })
})

describe("large files", () => {
  it("P14: who asks for it gets a large snapshot compressed, others get text, and both converge", async () => {
    const fileId = await createFile(own.node, "Grün \u{1f7e2}")
    const ada = await join(own.node, fileId)
    await ada.edit(...Array.from({ length: 499 }, (_, n) => create(`o${n}`, { name: `Objekt ${n} ✏️` })), remove("o7"))
    const plain = await join(own.node, fileId)
    const compressed = await join(own.node, fileId, { compression: "deflate-raw" })
    expect([plain.compressedFrames, compressed.compressedFrames]).toEqual([0, 1])
    expect(compressed.all("sync")[0]?.file).toMatchObject({ id: fileId, name: "Grün \u{1f7e2}" })
    await ada.edit(update("o1", "x", 1))
    await expectConverged(own.node, fileId, ada, plain, compressed)
    const back = await join(own.node, fileId, { compression: "deflate-raw", sinceSeq: 500, replica: compressed.replica })
    expect(back.compressedFrames).toBe(0)
  })

  it("P10: a large import by one editor does not close those who read", async () => {
    const fileId = await createFile(own.node)
    const [importer, reader] = [await join(own.node, fileId), await join(own.node, fileId)]
    const properties = { name: "n".repeat(100), x: 1, y: 2, width: 3, height: 4, fill: "#112233", stroke: "#445566", opacity: 1 }
    const frames = Array.from({ length: 24 }, (_, frame) => Array.from({ length: 200 }, (__, n) => create(`o${frame}-${n}`, properties)))
    for (const operations of frames) importer.submit(...operations)
    await importer.ackOf(frames.at(-1)?.at(-1)?.id ?? "")
    await reader.until(() => reader.replica.seq === 4_800 || !reader.isOpen, "everything, or the end")
    expect(reader.closeCode).toBeUndefined()
    await expectConverged(own.node, fileId, importer, reader)
  })

  it("P14: a small snapshot stays text", async () => {
    const fileId = await createFile(own.node)
    const ada = await join(own.node, fileId, { compression: "deflate-raw" })
    expect(ada.compressedFrames).toBe(0)
  })
})
