/**
 * P9, P12 and A9 against a real node: what editors see while the file's actor loses its grant, cannot commit, or does
 * not hear how a commit ended. The faults are made with SQL from outside.
 */
import { describe, expect, it } from "vitest"
import { sharedNode } from "../harness/easelNode.ts"
import { create, createFile, expectConverged, join, update } from "../harness/editing.ts"
import { runSql } from "../harness/runSql.ts"
import { waitUntil } from "../harness/waitUntil.ts"

const own = sharedNode()

/** Holds the file's row for a while, so that no commit of the file can end; resolves when it has let go. */
const holdRow = async (fileId: string, seconds: number) => {
  const released = runSql(
    own.database.url,
    "WITH held AS MATERIALIZED (SELECT id FROM files WHERE id = $1::uuid FOR UPDATE) SELECT pg_sleep($2::float8) FROM held",
    [fileId, seconds]
  )
  const isHeld = async () => {
    const rows = await runSql(own.database.url, "SELECT FROM pg_stat_activity WHERE query LIKE 'WITH held%' AND wait_event = 'PgSleep' AND datname = current_database()")
    return rows.length > 0
  }
  await waitUntil(isHeld, { deadlineMillis: 10_000, what: "the row is locked" })
  return { released }
}

describe("losing the file", () => {
  it("A9: an actor whose file was granted to somebody else commits nothing; editors are told and send again", async () => {
    const fileId = await createFile(own.node)
    const ada = await join(own.node, fileId, { userId: "ada" })
    const bob = await join(own.node, fileId, { userId: "bob" })
    await ada.edit(create("a"))
    await bob.reaches(1)
    await runSql(own.database.url, "UPDATE files SET epoch = epoch + 1 WHERE id = $1::uuid", [fileId])
    const lost = [update("a", "x", 1), create("b")]
    for (const operation of lost) ada.submit(operation)
    const answered = () => lost.every(({ id }) =>
      ada.all("ack").some(({ operationIds }) => operationIds.includes(id)) || ada.all("error").some(({ operationIds }) => operationIds?.includes(id)))
    await ada.until(answered, "both operations are answered")
    for (const error of ada.all("error")) expect(["busy", "indeterminate"]).toContain(error.code)
    await bob.until(() => bob.all("status").map(({ mode }) => mode).join() === "degraded,normal", "P12: degraded, then normal")
    for (const operation of lost) ada.forgetAck(operation.id)
    const results = await ada.edit(...lost)
    for (const result of results) expect(["applied", "duplicate"]).toContain(result.status)
    const file = await expectConverged(own.node, fileId, bob)
    expect(file.seq).toBe(3)
    const rows = await runSql(own.database.url, "SELECT operation_id, epoch::int AS epoch FROM operations WHERE file_id = $1::uuid ORDER BY seq", [fileId])
    expect(rows.map((row) => row["operation_id"]).slice(1)).toEqual(lost.map(({ id }) => id))
    const epochs = rows.map((row) => Number(row["epoch"]))
    expect(epochs.toSorted((a, b) => a - b)).toEqual(epochs)
    expect(ada.replica.model.digest).toBe(file.digest)
  })

  it("P9: while commits wait, a socket's operations beyond 5,000 are answered busy, and none of them is lost", async () => {
    const fileId = await createFile(own.node)
    const editor = await join(own.node, fileId)
    await editor.edit(create("a"))
    const { released } = await holdRow(fileId, 1.5)
    const frames = Array.from({ length: 12 }, (_, frame) => Array.from({ length: 500 }, (__, n) => update("a", "x", frame * 500 + n)))
    for (const operations of frames) editor.submit(...operations)
    await editor.settled()
    expect(editor.all("ack")).toHaveLength(1)
    const busy = editor.all("error")
    expect(busy.map(({ code }) => code)).toEqual(["busy", "busy"])
    expect(busy.flatMap(({ operationIds }) => operationIds)).toEqual(frames.slice(10).flat().map(({ id }) => id))
    await released
    for (const operations of frames.slice(0, 10)) await editor.ackOf(operations[499]?.id ?? "")
    for (const operations of frames.slice(10)) await editor.edit(...operations)
    expect((await expectConverged(own.node, fileId, editor)).seq).toBe(6_001)
  })

  it("A1: nothing of an operation is heard before its commit", async () => {
    const fileId = await createFile(own.node)
    const editor = await join(own.node, fileId)
    const other = await join(own.node, fileId)
    await editor.edit(create("a"))
    await other.reaches(1)
    const { released } = await holdRow(fileId, 1)
    const operation = update("a", "x", 1)
    editor.submit(operation)
    const newcomer = await join(own.node, fileId)
    for (const each of [editor, other, newcomer]) await each.settled()
    const response = await fetch(`${own.node.url}/api/files/${fileId}`)
    expect(JSON.parse(await response.text())).toMatchObject({ seq: 1 })
    expect([other.replica.seq, newcomer.replica.seq, editor.all("ack").length]).toEqual([1, 1, 1])
    await released
    expect(await editor.ackOf(operation.id)).toMatchObject({ status: "applied", seq: 2 })
    await expectConverged(own.node, fileId, editor, other, newcomer)
  })

  it("P5: an editor that loses its memory while its operation commits still hears of it", async () => {
    const fileId = await createFile(own.node)
    const page = await join(own.node, fileId, { userId: "ada" })
    await page.edit(create("a"))
    const { released } = await holdRow(fileId, 1)
    page.submit(update("a", "x", 1))
    await page.settled()
    page.terminate()
    // The same tab after a reload: it kept its client id and forgot what it had sent.
    const reloaded = await join(own.node, fileId, { userId: "ada", clientId: page.clientId })
    expect(reloaded.clientId).toBe(page.clientId)
    await reloaded.reaches(1)
    expect(reloaded.replica.seq).toBe(1)
    await released
    await reloaded.edit(update("a", "y", 2))
    expect((await expectConverged(own.node, fileId, reloaded)).objects).toMatchObject([{ x: 1, y: 2 }])
  })

  it("A8: commits whose connection is cut under load lose nothing and apply nothing twice", async () => {
    const fileId = await createFile(own.node)
    const observer = await join(own.node, fileId)
    const editors = await Promise.all(Array.from({ length: 4 }, () => join(own.node, fileId)))
    let stopped = false
    const sent: Array<string> = []
    const writing = Promise.all(editors.map(async (editor, who) => {
      await editor.edit(create(`of-${who}`))
      for (let round = 0; !stopped; round++) {
        const operations = [create(`o-${who}-${round}`), update(`of-${who}`, "x", round)]
        sent.push(...operations.map(({ id }) => id))
        editor.submit(...operations)
        // An answer or, in the worst case, the order to send again.
        const id = operations.at(-1)?.id ?? ""
        const mustBeResent = () => editor.all("error").some(({ operationIds }) => operationIds?.includes(id))
        await editor.until(() => editor.all("ack").some(({ operationIds }) => operationIds.includes(id)) || mustBeResent(), "an answer")
        if (mustBeResent()) await editor.edit(...operations)
      }
    }))
    for (let cut = 0; cut < 5; cut++) {
      const target = observer.replica.seq + 40
      await observer.until(() => observer.replica.seq >= target, "edits flow")
      await runSql(own.database.url, "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()")
    }
    stopped = true
    await writing
    await expectConverged(own.node, fileId, observer, ...editors)
    const rows = await runSql(own.database.url, "SELECT operation_id FROM operations WHERE file_id = $1::uuid ORDER BY seq", [fileId])
    const logged = rows.map((row) => String(row["operation_id"]))
    expect(new Set(logged).size).toBe(logged.length)
    expect(logged).toEqual(expect.arrayContaining(sent))
    expect(logged).toHaveLength(sent.length + 4)
  })
})
