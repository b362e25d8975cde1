/** The SDK when connections break: everything once (C2), the same everywhere (C3), undo across it all (C4). */
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest"
import type { EditorFile } from "@easel/client"
import { Limits, type OperationResult } from "@easel/protocol/editor"
import { filteredSocket, type Received, recordingSocket } from "../harness/filteredSocket.ts"
import { converged, createFile, editorsOf, NodeInProcess, online, openEditor } from "../harness/nodeInProcess.ts"
import { TcpProxy } from "../harness/TcpProxy.ts"
import { runSql } from "../harness/runSql.ts"
import { waitUntil } from "../harness/waitUntil.ts"

let node: NodeInProcess
beforeAll(async () => {
  node = await NodeInProcess.start()
})
afterAll(() => node.stop())

const until = (what: string, predicate: () => boolean, state?: () => unknown) =>
  waitUntil(predicate, { deadlineMillis: 15_000, what, ...(state === undefined ? {} : { state }) })

const firstOf = (editors: ReadonlyArray<EditorFile>): EditorFile => {
  const [first] = editors
  if (first === undefined) throw new Error("no editor")
  return first
}

/** How often each key stands in the log. */
const occurrences = async (fileId: string) => {
  const rows = await runSql(node.databaseUrl, "SELECT idempotency_key AS key, count(*)::int AS count FROM operations WHERE file_id = $1 GROUP BY 1", [fileId])
  return rows.map(({ count }) => count)
}

const seqOf = async (fileId: string) =>
  Number((await runSql(node.databaseUrl, "SELECT head_seq::int AS seq FROM files WHERE id = $1", [fileId]))[0]?.seq)

const syncs = (received: ReadonlyArray<Received>) =>
  received.filter(({ type }) => type === "sync").map(({ payload }) => "file" in payload ? "snapshot" : "operations")

describe("SDK", () => {
  it("C2: acks that are lost with their connection cost nothing: each operation has one effect, as the server chose it", async () => {
    const fileId = await createFile(node)
    const bob = openEditor(node, fileId)
    let acksArrive = true
    const ada = openEditor(node, fileId, { WebSocket: filteredSocket(({ type }) => acksArrive || type !== "ack") })
    await Promise.all([online(ada), online(bob)])
    const anchor = bob.create("rectangle", { name: "anchor" })
    await converged(node, fileId, [ada, bob])
    const statuses: Array<string> = []
    ada.on("ack", ({ results }) => statuses.push(...results.map(({ status }) => status)))
    for (let round = 0; round < 5; round++) {
      acksArrive = false
      const before = await seqOf(fileId)
      // Both want the same place, so the server must choose other keys for some.
      for (let n = 0; n < 5; n++) {
        bob.create("text", { name: `bob ${round}.${n}` }, { place: { before: anchor } })
        ada.create("ellipse", { name: `ada ${round}.${n}` }, { place: { before: anchor } })
        ada.update(anchor, { x: round * 10 + n })
      }
      await bob.saved()
      await waitUntil(async () => await seqOf(fileId) === before + 15, { deadlineMillis: 10_000, what: "all is committed" })
      await until("ada has heard of bob's", () => (ada.seq ?? 0) >= before + 5)
      expect(ada.status.waiting).toBe(10)
      acksArrive = true
      ada.reconnect()
      await ada.saved()
    }
    const file = await converged(node, fileId, [ada, bob])
    expect(file.objects).toHaveLength(51)
    expect(await occurrences(fileId)).toEqual(Array.from({ length: 76 }, () => 1))
    expect(statuses.filter((status) => status === "rejected")).toEqual([])
  })

  it("C2 C3: two editors who reconnect in the middle of their edits converge", async () => {
    const { editors, fileId } = await editorsOf(node, 2)
    for (let n = 0; n < 40; n++) {
      for (const [index, editor] of editors.entries()) {
        const id = editor.create("rectangle", { name: `${index}.${n}` }, { place: n % 2 === 0 ? "first" : "last" })
        editor.update(id, { x: n })
        if (n % (index === 0 ? 6 : 9) === 5) editor.reconnect()
      }
      if (n % 4 === 0) await firstOf(editors).saved()
    }
    const file = await converged(node, fileId, editors)
    expect(file.objects).toHaveLength(80)
    expect(file.seq).toBe(160)
    expect(await occurrences(fileId)).toEqual(Array.from({ length: 160 }, () => 1))
  })

  it("C2: edits made while the node is away are sent when it is back, once, in the order made", async () => {
    const { editors, fileId } = await editorsOf(node, 2)
    const ada = firstOf(editors)
    ada.create("rectangle", { name: "before" })
    await converged(node, fileId, editors)
    const restarted = node.restart()
    await until("ada is offline", () => ada.status.connectivity === "offline")
    for (let n = 0; n < 50; n++) ada.create("text", { name: `offline ${n}` })
    expect(ada.status.waiting).toBe(50)
    expect([...ada.document.all()]).toHaveLength(51)
    await restarted
    const file = await converged(node, fileId, editors)
    expect(file.objects.map(({ name }) => name)).toEqual(["before", ...Array.from({ length: 50 }, (_, n) => `offline ${n}`)])
    expect(await occurrences(fileId)).toEqual(Array.from({ length: 51 }, () => 1))
  })

  it("P2: who missed little gets that, who missed more than 5,000 gets a snapshot, and both are complete", async () => {
    const { editors, fileId } = await editorsOf(node, 1)
    const writer = firstOf(editors)
    const received: Array<Received> = []
    const proxy = await TcpProxy.start(node.url)
    onTestFinished(() => proxy.stop())
    const absent = openEditor(node, fileId, { url: proxy.url, WebSocket: recordingSocket(received) })
    await online(absent)
    for (const [missed, expected] of [[100, "operations"], [Limits.catchUpOperationsMax + 200, "snapshot"], [0, "operations"]] as const) {
      const before = received.length
      const gone = absent.seq ?? 0
      proxy.refuse()
      await until("the editor is gone", () => absent.status.connectivity === "offline")
      for (let n = 0; n < missed; n++) writer.create("rectangle", { x: n })
      await writer.saved()
      proxy.accept()
      await until("the editor is back and complete", () => received.length > before && absent.seq === gone + missed, () => absent.status)
      expect(syncs(received.slice(before)).at(-1)).toBe(expected)
      await converged(node, fileId, [writer, absent])
    }
  })

  it("C4: undo and redo go through reconnections, and touch nothing of others", async () => {
    const { editors, fileId } = await editorsOf(node, 2)
    const [ada, bob] = editors
    if (ada === undefined || bob === undefined) throw new Error("two editors")
    const shared = ada.create("rectangle", { x: 0, y: 0, name: "shared" })
    const mine = ada.create("ellipse", { name: "ada's" })
    ada.update(shared, { x: 1 })
    ada.transact(() => {
      ada.update(shared, { x: 2 })
      ada.move(mine, null, "first")
      ada.create("text", { text: "in one step" })
    })
    ada.delete(mine)
    await converged(node, fileId, editors)
    bob.update(shared, { y: 7, name: "bob was here" })
    const own = bob.create("star", { name: "bob's" })
    const before = await converged(node, fileId, editors)
    for (let n = 0; n < 4; n++) {
      ada.undo()
      if (n === 1) ada.reconnect()
    }
    const undone = await converged(node, fileId, editors)
    expect(bob.get(shared)).toMatchObject({ x: 0, y: 7, name: "bob was here" })
    expect(undone.objects.map(({ id }) => id).sort()).toEqual([shared, own].sort())
    for (let n = 0; n < 4; n++) {
      ada.redo()
      if (n === 2) ada.reconnect()
    }
    expect((await converged(node, fileId, editors)).digest).toBe(before.digest)
    expect({ canUndo: ada.canUndo, canRedo: ada.canRedo }).toEqual({ canUndo: true, canRedo: false })
  })

  it("C5: an operation that was rejected is undone by nobody", async () => {
    const { editors, fileId } = await editorsOf(node, 2)
    const [ada, bob] = editors
    if (ada === undefined || bob === undefined) throw new Error("two editors")
    const rejected: Array<OperationResult> = []
    ada.on("rejected", (result) => rejected.push(result))
    const anchor = bob.create("rectangle")
    await converged(node, fileId, editors)
    bob.create("text", { name: "bob's" }, { id: "same" })
    ada.create("star", { name: "ada's" }, { id: "same" })
    await converged(node, fileId, editors)
    const loser = rejected.length === 1 ? ada : bob
    loser.undo()
    const file = await converged(node, fileId, editors)
    expect(file.objects.map(({ id }) => id).sort()).toEqual([anchor, "same"].sort())
  })
})
