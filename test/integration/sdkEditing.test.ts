/** The SDK on a real node: local first (C1), in order, convergent (C3), and honest about what was rejected (C5). */
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import type { EditorFile } from "@easel/client"
import type { OperationResult } from "@easel/protocol/editor"
import { converged, editorsOf, NodeInProcess, online, openEditor, readFile } from "../harness/nodeInProcess.ts"
import { lockFile } from "../harness/rowLock.ts"
import { runSql } from "../harness/runSql.ts"
import { waitUntil } from "../harness/waitUntil.ts"

let node: NodeInProcess
beforeAll(async () => {
  node = await NodeInProcess.start()
})
afterAll(() => node.stop())

const pair = async () => {
  const { editors, fileId } = await editorsOf(node, 2)
  const [ada, bob] = editors
  if (ada === undefined || bob === undefined) throw new Error("two editors were asked for")
  return { ada, bob, editors, fileId }
}

const names = (editor: EditorFile, parentId: string | null = null) =>
  Array.from(editor.document.children(parentId), (object) => object.get("name"))

const rejections = (editor: EditorFile): Array<OperationResult> => {
  const list: Array<OperationResult> = []
  editor.on("rejected", (result) => list.push(result))
  return list
}

const until = (what: string, predicate: () => boolean) => waitUntil(predicate, { deadlineMillis: 15_000, what })

describe("SDK", () => {
  it("C1: changes show before the call returns and stand in the log in the order they were made", async () => {
    const { ada, editors, fileId } = await pair()
    const made: Array<string> = []
    for (let n = 0; n < 40; n++) {
      const id = ada.create("text", { text: `${n}` })
      expect(ada.get(id)).toMatchObject({ id, type: "text", text: `${n}` })
      ada.update(id, { x: n, "data.tag": { n: [n] } })
      expect(ada.get(id)).toMatchObject({ x: n, data: { tag: { n: [n] } } })
      if (n % 5 === 0) ada.delete(id)
      expect(ada.document.get(id)?.deleted).toBe(n % 5 === 0)
      made.push(id)
      // Some leave in a frame together, some alone.
      if (n % 7 === 0) await ada.saved()
    }
    await converged(node, fileId, editors)
    const rows = await runSql(node.databaseUrl, "SELECT object_id FROM operations WHERE file_id = $1 AND operation_type = 'create' ORDER BY seq", [fileId])
    expect(rows.map((row) => row.object_id)).toEqual(made)
  })

  it("A1: saved() waits for the disk, and others see nothing before", async () => {
    const { ada, bob, editors, fileId } = await pair()
    const lock = await lockFile(node.databaseUrl, fileId)
    const id = ada.create("rectangle", { x: 1 })
    let isSaved = false
    const saved = ada.saved().then(() => {
      isSaved = true
    })
    await until("the commit waits for the lock", () => ada.status.waiting === 1)
    const blocked = "SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'easel-journal' AND wait_event_type = 'Lock'"
    await waitUntil(async () => (await runSql(node.databaseUrl, blocked)).length > 0, { deadlineMillis: 5_000, what: "a blocked commit" })
    expect({ isSaved, seen: bob.get(id) }).toEqual({ isSaved: false, seen: undefined })
    expect(ada.get(id)).toMatchObject({ x: 1 })
    await lock.release()
    await saved
    expect(await runSql(node.databaseUrl, "SELECT seq FROM operations WHERE file_id = $1", [fileId])).toHaveLength(1)
    await converged(node, fileId, editors)
    expect(bob.get(id)).toMatchObject({ x: 1 })
  })

  it("C3: random edits of four editors at once converge, and whoever watches has the actor's digest at every seq", async () => {
    const { editors, fileId } = await editorsOf(node, 4)
    const watcher = openEditor(node, fileId)
    await online(watcher)
    const digests = new Map<number, string>()
    watcher.on("change", () => digests.set(watcher.seq ?? 0, watcher.digest()))
    const read: Array<readonly [seq: number, digest: string]> = []
    const pick = random(20261122)
    for (let round = 0; round < 60; round++) {
      for (const editor of editors) editRandomly(editor, pick)
      if (pick(4) !== 0) continue
      await editors[pick(4)]?.saved()
      const { digest, seq } = await readFile(node, fileId)
      read.push([seq, digest])
    }
    const file = await converged(node, fileId, [...editors, watcher])
    expect(file.seq).toBeGreaterThan(200)
    const compared = read.filter(([seq]) => digests.has(seq))
    expect(compared.length).toBeGreaterThan(2)
    expect(compared.map(([seq]) => [seq, digests.get(seq)])).toEqual(compared)
  })

  it("D5: before, after, first and last put an object where they say, for both editors", async () => {
    const { ada, bob, editors, fileId } = await pair()
    const b = ada.create("rectangle", { name: "b" })
    ada.create("rectangle", { name: "a" }, { place: { before: b } })
    const d = ada.create("rectangle", { name: "d" }, { place: { after: b } })
    ada.create("rectangle", { name: "c" }, { place: { before: d } })
    ada.create("rectangle", { name: "0" }, { place: "first" })
    ada.create("rectangle", { name: "e" }, { place: "last" })
    expect(names(ada)).toEqual(["0", "a", "b", "c", "d", "e"])
    ada.move(d, null, "first")
    ada.move(b, null, { after: d })
    const group = ada.create("group", { name: "group" })
    ada.move(b, group)
    ada.create("ellipse", { name: "inside" }, { parentId: group, place: { before: b } })
    await converged(node, fileId, editors)
    expect([names(bob), names(bob, group)]).toEqual([["d", "0", "a", "c", "e", "group"], ["inside", "b"]])
    expect(() => ada.create("rectangle", {}, { place: { before: b } })).toThrow("neighbour")
  })

  it("D15: two editors who insert at one place keep both, in one order", async () => {
    const { ada, bob, editors, fileId } = await pair()
    const middle = ada.create("rectangle", { name: "middle" })
    await converged(node, fileId, editors)
    for (let n = 0; n < 30; n++) {
      ada.create("rectangle", { name: `ada ${n}` }, { place: { before: middle } })
      bob.create("rectangle", { name: `bob ${n}` }, { place: { before: middle } })
      if (n % 10 === 0) await ada.saved()
    }
    await converged(node, fileId, editors)
    expect(names(ada)).toEqual(names(bob))
    expect(names(ada)).toHaveLength(61)
    for (const who of ["ada", "bob"]) {
      const own = names(ada).filter((name) => String(name).startsWith(who))
      expect(own).toEqual(Array.from({ length: 30 }, (_, n) => `${who} ${n}`))
    }
  })

  it("C5: what the server refuses leaves the view and is announced; its neighbours stay", async () => {
    const { ada, bob, editors, fileId } = await pair()
    const [x, y] = [ada.create("group", { name: "x" }), ada.create("group", { name: "y" })]
    await converged(node, fileId, editors)
    const [byAda, byBob] = [rejections(ada), rejections(bob)]
    // Each is possible for its author; together they are a cycle and a second object of the same id.
    ada.move(x, y)
    bob.move(y, x)
    ada.create("rectangle", { name: "ada's" }, { id: "same" })
    bob.create("ellipse", { name: "bob's" }, { id: "same" })
    ada.create("text", { name: "neighbour of ada" })
    bob.create("text", { name: "neighbour of bob" })
    const file = await converged(node, fileId, editors)
    expect([...byAda, ...byBob].map(({ reason }) => reason).sort()).toEqual(["cycle", "object_exists"])
    expect(file.objects).toHaveLength(5)
    for (const editor of editors) {
      expect(editor.get("same")).toEqual(file.objects.find(({ id }) => id === "same"))
      expect([editor.get(x)?.parentId, editor.get(y)?.parentId].filter((parentId) => parentId !== null)).toHaveLength(1)
    }
  })

  it("P6: presence of others appears, follows, and goes with them", async () => {
    const { ada, bob } = await pair()
    const entry = (editor: EditorFile, other: EditorFile) => editor.presence.get(other.clientId ?? "")
    await until("they see each other", () => entry(ada, bob) !== undefined && entry(bob, ada) !== undefined)
    for (let x = 1; x <= 100; x++) bob.setPresence({ cursor: { x, y: 0 }, selection: [`${x}`] })
    await until("ada sees where bob is", () => JSON.stringify(entry(ada, bob)?.cursor) === `{"x":100,"y":0}`)
    expect(entry(ada, bob)).toMatchObject({ selection: ["100"], color: bob.color })
    expect(ada.color).not.toBe(bob.color)
    bob.reconnect()
    await until("bob is back where it was", () => JSON.stringify(entry(ada, bob)?.cursor) === `{"x":100,"y":0}` && bob.status.connectivity === "online")
    bob.close()
    await until("bob is gone", () => ada.presence.size === 0)
  })

  it("P8: a file that does not exist fails for good, and saved() says what is lost", async () => {
    const editor = openEditor(node, crypto.randomUUID())
    const failures: Array<string> = []
    editor.on("failed", ({ code }) => failures.push(code))
    editor.create("rectangle")
    await expect(editor.saved()).rejects.toThrow("1 operations were not saved")
    expect({ failures, connectivity: editor.status.connectivity }).toEqual({ failures: ["file_missing"], connectivity: "failed" })
  })
})

type Pick = (below: number) => number

const editRandomly = (editor: EditorFile, pick: Pick): void => {
  const objects = [...editor.document.all()].filter(({ deleted }) => !deleted)
  const target = objects[pick(objects.length)]?.id
  const parent = pick(3) === 0 ? target ?? null : null
  const kind = target === undefined ? 0 : pick(8)
  if (kind <= 1 || target === undefined) editor.create("rectangle", { x: pick(10) }, { parentId: parent, place: pick(2) === 0 ? "first" : "last" })
  else if (kind <= 4) editor.update(target, { x: pick(10), "data.k": [pick(3)] })
  else if (kind === 5 && parent !== target) editor.move(target, parent, "first")
  else if (kind === 6) editor.delete(target)
  else editor.undo()
}

/** A small generator with a seed, so that a failure can be had again. */
const random = (seed: number): Pick => {
  let state = seed
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return below === 0 ? 0 : (state >>> 8) % below
  }
}
