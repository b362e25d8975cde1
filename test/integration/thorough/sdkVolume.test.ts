/** The SDK with much at once: windows, frames and budgets must not show. */
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { Limits } from "@easel/protocol/editor"
import { converged, createFile, editorsOf, NodeInProcess, online, openEditor } from "../../harness/nodeInProcess.ts"
import { runSql } from "../../harness/runSql.ts"

let node: NodeInProcess
beforeAll(async () => {
  node = await NodeInProcess.start()
})
afterAll(() => node.stop())

const two = async () => {
  const { editors, fileId } = await editorsOf(node, 2)
  const [ada, bob] = editors
  if (ada === undefined || bob === undefined) throw new Error("two editors were asked for")
  return { ada, bob, editors, fileId }
}

describe("SDK", () => {
  it("C2: 3,000 operations in one step of undo are saved, undone and redone as one", async () => {
    const { ada, bob, editors, fileId } = await two()
    ada.transact(() => {
      for (let n = 0; n < 1_000; n++) {
        const id = ada.create("rectangle", { x: n })
        ada.update(id, { y: n })
        ada.update(id, { name: `${n}` })
      }
    })
    const done = await converged(node, fileId, editors)
    expect(done).toMatchObject({ seq: 3_000, objects: expect.objectContaining({ length: 1_000 }) })
    ada.undo()
    const undone = await converged(node, fileId, editors)
    expect({ objects: undone.objects.length, canUndo: ada.canUndo }).toEqual({ objects: 0, canUndo: false })
    ada.redo()
    const redone = await converged(node, fileId, editors)
    expect(redone.digest).toBe(done.digest)
    expect([...bob.document.children(null)].filter(({ deleted }) => !deleted)).toHaveLength(1_000)
  })

  it("C1: 5,000 objects made one by one keep their order, and an editor that comes later has them", async () => {
    const { ada, editors, fileId } = await two()
    const parents = ["a", "b", "c"].map((name) => ada.create("frame", { name }))
    for (let n = 0; n < 5_000; n++) ada.create("rectangle", { x: n }, { parentId: parents[n % 3] ?? null, place: n % 2 === 0 ? "last" : "first" })
    const late = openEditor(node, fileId)
    const file = await converged(node, fileId, [...editors, late])
    expect(file.objects).toHaveLength(5_003)
    for (const [index, parentId] of parents.entries()) {
      const xs = Array.from(late.document.children(parentId), (object) => Number(object.get("x")))
      const own = Array.from({ length: 5_000 }, (_, n) => n).filter((n) => n % 3 === index)
      expect(xs).toEqual([...own.filter((n) => n % 2 === 1).reverse(), ...own.filter((n) => n % 2 === 0)])
    }
  })

  it("D12: properties of 250 KB arrive whole, many of them, in every kind of text", async () => {
    const { ada, bob, editors, fileId } = await two()
    const texts = ["x", "é", "中", "😀", "\"", "\\", "\u0001"].map((unit) => {
      // Escaped, a control character is six bytes, and a frame holds half a megabyte.
      const bytes = unit === "\u0001" ? 80_000 : 250_000
      return unit.repeat(Math.floor(bytes / Buffer.byteLength(unit)))
    })
    const ids = texts.map((text) => ada.create("text", { text }))
    for (let n = 0; n < 20; n++) ada.update(ids[0] ?? "", { "data.large": `${n}${"y".repeat(250_000)}` })
    await converged(node, fileId, editors)
    expect(ids.map((id) => bob.document.get(id)?.get("text") === texts[ids.indexOf(id)])).toEqual(texts.map(() => true))
    const late = openEditor(node, fileId)
    await online(late)
    expect(late.digest()).toBe(ada.digest())
  })

  it("P10: an editor that makes more than fits into a frame, a window or a socket's budget loses nothing by it", async () => {
    const { ada, editors, fileId } = await two()
    const points = Array.from({ length: 2_000 }, (_, n) => n / 3)
    for (let n = 0; n < 700; n++) ada.create("polygon", { points })
    const file = await converged(node, fileId, editors)
    expect(file.objects).toHaveLength(700)
    expect(Buffer.byteLength(JSON.stringify(file.objects))).toBeGreaterThan(20 * Limits.frameBytesMax)
  })

  it("A2: ten editors at once, 3,000 operations, no gap", async () => {
    const fileId = await createFile(node)
    const editors = Array.from({ length: 10 }, () => openEditor(node, fileId))
    await Promise.all(editors.map(online))
    for (let n = 0; n < 100; n++) {
      for (const editor of editors) editor.update(editor.create("ellipse", { x: n }), { y: n, name: "n" })
      if (n % 20 === 0) await Promise.all(editors.map((editor) => editor.saved()))
    }
    const file = await converged(node, fileId, editors)
    expect(file).toMatchObject({ seq: 3_000, objects: expect.objectContaining({ length: 1_000 }) })
    const [counted] = await runSql(node.databaseUrl, "SELECT count(*)::int AS count, max(seq)::int AS last FROM operations WHERE file_id = $1", [fileId])
    expect(counted).toEqual({ count: 3_000, last: 3_000 })
  })
})
