/** V18: versions that nobody asked for, on a node as it runs. */
import { randomUUID } from "node:crypto"
import { expect, it, onTestFinished } from "vitest"
import { create, join, update } from "../harness/editing.ts"
import { createFile, NodeInProcess, readFile } from "../harness/nodeInProcess.ts"
import { answered, ask } from "../harness/requests.ts"
import { runSql } from "../harness/runSql.ts"
import { waitUntil } from "../harness/waitUntil.ts"

interface Version {
  readonly seq: number
  readonly kind: string
}

const deadlineMillis = 20_000

const nodeWith = async (env: Readonly<Record<string, string>>) => {
  const node = await NodeInProcess.start({ env })
  onTestFinished(() => node.stop())
  return node
}

const versionsOf = async (node: NodeInProcess, fileId: string) =>
  answered<ReadonlyArray<Version>>(await ask(node, "GET", `/api/files/${fileId}/versions`), 200)

it("V18: an edited file is kept by itself, once for each change that is in no version, thinned, and shown to SQL", async () => {
  const node = await nodeWith({ EASEL_AUTOSAVE: "1 second" })
  const fileId = await createFile(node)
  const old = randomUUID()
  const at = (id: string, minutes: number, name: string | null) =>
    runSql(
      node.databaseUrl,
      `INSERT INTO file_versions (id, file_id, seq, kind, name, created_by, format, sha256, bytes, created_at)
       VALUES ($1::uuid, $2::uuid, 0, 'auto', $3, 'easel', 1, 'none', 1, date_trunc('hour', now()) - make_interval(hours => 2, mins => -$4::int))`,
      [id, fileId, name, minutes]
    )
  const named = randomUUID()
  await at(old, 1, null)
  await at(randomUUID(), 2, null)
  await at(named, 0, "Kept")
  const editor = await join(node, fileId)
  await editor.edit(create("a", { x: 1 }))
  await waitUntil(async () => (await versionsOf(node, fileId)).some(({ seq }) => seq === 1), { deadlineMillis, what: "the edit is kept" })
  await editor.edit(update("a", "x", 2))
  await waitUntil(async () => (await versionsOf(node, fileId)).some(({ seq }) => seq === 2), { deadlineMillis, what: "the second edit is kept" })
  const ids = (await versionsOf(node, fileId)).map(({ kind, seq }) => `${kind} ${seq}`)
  expect(ids).toEqual(["auto 2", "auto 1", "auto 0", "auto 0"])
  const gone = await runSql(node.databaseUrl, "SELECT id::text AS id FROM file_versions WHERE deleted_at IS NOT NULL")
  expect(gone).toEqual([{ id: old }])
  const file = await readFile(node, fileId)
  const shown = () => runSql(node.databaseUrl, "SELECT canvas_data FROM files WHERE id = $1::uuid", [fileId])
  const { id, name, objects, deleted, seq } = file
  await waitUntil(async () => JSON.stringify(await shown()).includes(`"x":2`), { deadlineMillis, what: "SQL sees the second edit" })
  expect(await shown()).toEqual([{ canvas_data: { seq, id, name, objects, deleted } }])
  const metrics = await (await ask(node, "GET", "/metrics")).text()
  expect(metrics).toMatch(/easel_versions_saved_total\{[^}]*kind="auto"[^}]*status="saved"[^}]*\} [2-9]/)
})

it("V18: a file that was edited in a former life is kept, too; with 0 seconds none is", async () => {
  const silent = await nodeWith({ EASEL_AUTOSAVE: "0 seconds" })
  const fileId = await createFile(silent)
  const editor = await join(silent, fileId)
  await editor.edit(create("a", { x: 1 }))
  const node = await NodeInProcess.start({ beside: silent, env: { EASEL_AUTOSAVE: "1 second" } })
  onTestFinished(() => node.stop())
  // Files move to the new node with their shards, or stay: one that was edited here is saved only there.
  const files = [fileId]
  for (let n = 0; n < 12; n++) {
    const id = await createFile(silent)
    files.push(id)
    await (await join(silent, id)).edit(create("a"))
  }
  const kept = async () => (await Promise.all(files.map((id) => versionsOf(silent, id)))).filter(({ length }) => length > 0).length
  await waitUntil(async () => (await kept()) > 0, { deadlineMillis, what: "files of the new node are kept" })
  expect(await kept()).toBeLessThan(files.length)
})
