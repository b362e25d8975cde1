/** Files without editors are put to rest, and opened again from their checkpoint, or from the log: A6, A7, A11. */
import { readdirSync, writeFileSync } from "node:fs"
import { join as joinPath } from "node:path"
import { describe, expect, it } from "vitest"
import type { EaselProcess } from "../../harness/EaselProcess.ts"
import { databaseForTest, nodeForTest } from "../../harness/easelNode.ts"
import { complaintOf, easel } from "../../harness/command.ts"
import { connect, create, createFile, expectConverged, join, readFile, update } from "../../harness/editing.ts"
import { runSql } from "../../harness/runSql.ts"
import { waitUntil } from "../../harness/waitUntil.ts"

const fileMetric = async (node: EaselProcess, name: string): Promise<number> => {
  const text = await (await fetch(`${node.url}/metrics`)).text()
  return Number(new RegExp(`^${name} (\\d+)$`, "m").exec(text)?.[1] ?? 0)
}

describe("resting files", { timeout: 60_000 }, () => {
  it("A7: a file without editors is put to rest with a checkpoint, and opens the same with a higher epoch", async () => {
    const { url } = await databaseForTest()
    const node = await nodeForTest({ databaseUrl: url, fileIdle: "300 millis" })
    await node.start()
    const fileId = await createFile(node)
    const editor = await join(node, fileId)
    const first = create("a", { type: "frame", x: 1 })
    await editor.edit(first, create("b", { parentId: "a" }), update("b", "data.k", { deep: [1, null] }), create("c"), update("a", "x", 2))
    await editor.edit({ ...update("c", "x", 1), operationType: "delete" })
    const before = await readFile(node, fileId)
    await editor.close()
    await waitUntil(async () => await fileMetric(node, "easel_files_open") === 0, { deadlineMillis: 30_000, what: "the file rests" })
    // Its checkpoint is written aside, after it has left memory.
    await waitUntil(
      async () => (await runSql(url, "SELECT seq::int AS seq FROM file_checkpoints WHERE file_id = $1::uuid", [fileId]))[0]?.["seq"] === 6,
      { deadlineMillis: 30_000, what: "a checkpoint of seq 6" }
    )

    const after = await readFile(node, fileId)
    expect(after).toEqual({ ...before, epoch: after.epoch })
    expect(after.epoch).toBeGreaterThan(before.epoch)
    const back = await join(node, fileId, { replica: editor.replica, clientId: editor.clientId, sinceSeq: 6 })
    // A5: the key of the first operation stands in the log, behind the checkpoint.
    back.forgetAck(first.id)
    expect((await back.edit(first))[0]).toMatchObject({ status: "duplicate", seq: 1, first: "applied" })
    await back.edit(update("a", "x", 3))
    await expectConverged(node, fileId, back)
  })

  it("A6: a damaged or missing checkpoint is passed over for the log", async () => {
    const { url } = await databaseForTest()
    const node = await nodeForTest({ databaseUrl: url })
    await node.start()
    const fileId = await createFile(node)
    const editor = await join(node, fileId)
    await editor.edit(create("a"), ...Array.from({ length: 50 }, (_, n) => update("a", "x", n)))
    const before = await readFile(node, fileId)
    await node.stop()
    const objects = joinPath(node.dataFolder, "objects")
    const blobs = readdirSync(objects, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile())
    expect(blobs.length).toBeGreaterThan(0)
    for (const blob of blobs) writeFileSync(joinPath(blob.parentPath, blob.name), "damaged")
    await node.start()
    expect(await readFile(node, fileId)).toMatchObject({ seq: 51, digest: before.digest })
  })

  it("A6: a file whose log has a hole is an error, and never empty or shorter", async () => {
    const { url } = await databaseForTest()
    const node = await nodeForTest({ databaseUrl: url })
    await node.start()
    const [fileId, healthy] = [await createFile(node), await createFile(node)]
    const editor = await join(node, fileId)
    await editor.edit(create("a"), update("a", "x", 1), update("a", "x", 2))
    await node.stop()
    await runSql(url, "DELETE FROM file_checkpoints WHERE file_id = $1::uuid", [fileId])
    await runSql(url, "DELETE FROM operations WHERE file_id = $1::uuid AND seq = 2", [fileId])
    await node.start()
    const response = await fetch(`${node.url}/api/files/${fileId}`)
    expect([response.status, response.headers.get("content-type")]).toEqual([500, "application/problem+json"])
    const back = await connect(node)
    back.send("subscribe", { fileId, userId: "ada" })
    const startedMillis = performance.now()
    expect((await back.next("error")).code).toBe("file_damaged")
    expect(performance.now() - startedMillis).toBeLessThan(5_000)
    expect(back.all("sync")).toEqual([])
    expect((await readFile(node, healthy)).seq).toBe(0)
    const [row] = await runSql(url, "SELECT head_seq::int AS head FROM files WHERE id = $1::uuid", [fileId])
    expect(row?.["head"]).toBe(3)

    // A11: in quarantine it is the same to editors, until an operator lets it go.
    await runSql(url, "UPDATE files SET quarantined_at = now(), quarantine_reason = 'for the test' WHERE id = $1::uuid", [healthy])
    await node.stop()
    await node.start()
    const late = await connect(node)
    late.send("subscribe", { fileId: healthy, userId: "ada" })
    expect((await late.next("error")).code).toBe("file_damaged")
    const environment = { DATABASE_URL: url }
    expect(await easel(["quarantine"], environment)).toMatch(new RegExp(`^${healthy}  \\S+Z  .*: for the test\n$`))
    expect(JSON.parse(await easel(["quarantine", "--json"], environment))).toMatchObject([{ fileId: healthy, reason: "for the test" }])
    expect(await complaintOf(["quarantine", "--release", fileId], environment)).toBe(`easel: ${fileId} is no file in quarantine`)
    expect(await easel(["quarantine", "--release", healthy], environment)).toBe(`${healthy} may be opened again.\n`)
    expect(await easel(["quarantine"], environment)).toBe("No file is in quarantine.\n")
    expect(JSON.parse(await easel(["migrate", "--json"], environment))).toEqual({ upToDate: true })
    expect((await readFile(node, healthy)).seq).toBe(0)
  })
})
