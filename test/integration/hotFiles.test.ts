/** Busy files move to the hot runners and back, and nobody loses anything by it. */
import { afterEach, describe, expect, it } from "vitest"
import type { EditorFile } from "@easel/client"
import { converged, editorsOf, NodeInProcess, online, openEditor } from "../harness/nodeInProcess.ts"
import { runSql } from "../harness/runSql.ts"
import { waitUntil } from "../harness/waitUntil.ts"

const env = { EASEL_HOT_EDITORS: "5", EASEL_HOT_AFTER: "1 second", EASEL_COOL_AFTER: "2 seconds", EASEL_DRAIN: "100 millis" }

const started: Array<NodeInProcess> = []
const start = async (options: Parameters<typeof NodeInProcess.start>[0] = {}): Promise<NodeInProcess> => {
  const node = await NodeInProcess.start({ ...options, env: { ...env, ...options.env } })
  started.push(node)
  return node
}
afterEach(async () => {
  for (const node of started.splice(0).reverse()) await node.stop()
})

const groupOf = async (node: NodeInProcess, fileId: string): Promise<unknown> =>
  (await runSql(node.databaseUrl, "SELECT shard_group FROM files WHERE id = $1", [fileId]))[0]?.["shard_group"]

const untilIn = (node: NodeInProcess, fileId: string, group: string): Promise<void> =>
  waitUntil(async () => await groupOf(node, fileId) === group, { deadlineMillis: 15_000, what: `the file is in ${group}` })

/** Edits of all editors, some before and some after what `during` does. */
const editing = async (editors: ReadonlyArray<EditorFile>, during: () => Promise<void>): Promise<number> => {
  let count = 0
  let isOver = false
  const loops = editors.map(async (editor, index) => {
    while (!isOver) {
      editor.create("rectangle", { x: index })
      count++
      await editor.saved()
    }
  })
  try {
    await during()
  } finally {
    isOver = true
  }
  await Promise.all(loops)
  return count
}

const sockets = (editor: EditorFile): { readonly count: number } => {
  const seen = { count: 0 }
  editor.on("synced", () => {
    seen.count++
  })
  return seen
}

describe("hot files", () => {
  it("K8: a file with many editors moves to the hot runner and back when it has cooled down; editors keep their sockets", async () => {
    const node = await start()
    const hot = await start({ beside: node, env: { EASEL_SHARD_GROUPS: "hot" } })
    const { editors, fileId } = await editorsOf(node, 2)
    const visitors = Array.from({ length: 3 }, () => openEditor(hot, fileId))
    await Promise.all(visitors.map(online))
    const all = [...editors, ...visitors]
    const syncs = all.map(sockets)
    const count = await editing(all, () => untilIn(node, fileId, "hot"))
    const file = await converged(node, fileId, all)
    expect(file.objects).toHaveLength(count)
    const view = async (): Promise<string> => (await fetch(`${node.url}/api/cluster`)).text()
    await waitUntil(async () => (await view()).includes(fileId), { deadlineMillis: 10_000, what: "the view names the hot file", state: view })

    for (const visitor of visitors) visitor.close()
    const later = await editing(editors, () => untilIn(node, fileId, "default"))
    expect((await converged(node, fileId, editors)).objects).toHaveLength(count + later)
    expect(syncs.map(({ count }) => count)).toEqual([0, 0, 0, 0, 0])
  })

  it("K8: without hot runners nothing moves, and when the last one goes its files come back", async () => {
    const node = await start()
    const { editors, fileId } = await editorsOf(node, 5)
    await editing(editors, () => waitUntil(() => (editors[0]?.seq ?? 0) > 300, { deadlineMillis: 20_000, what: "many edits" }))
    expect(await groupOf(node, fileId)).toBe("default")
    const hot = await start({ beside: node, env: { EASEL_SHARD_GROUPS: "hot" } })
    await editing(editors, () => untilIn(node, fileId, "hot"))
    const before = (await converged(node, fileId, editors)).objects.length
    const count = await editing(editors, async () => {
      started.splice(started.indexOf(hot), 1)
      await hot.stop()
      await untilIn(node, fileId, "default")
    })
    expect((await converged(node, fileId, editors)).objects).toHaveLength(before + count)
  })
})
