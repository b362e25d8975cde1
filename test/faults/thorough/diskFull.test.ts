/**
 * The disk of a node fills up under its editors, with its embedded PostgreSQL and its blobs on it: first there is no room
 * for rows (53100), then none for PostgreSQL's own log, which ends it. What was acknowledged stays, what was made
 * meanwhile is committed when there is room again, and no blob is cut short.
 */
import { readFileSync } from "node:fs"
import type { EditorFile } from "@easel/client"
import { expect, it } from "vitest"
import { freePort } from "../../../cluster/runtime/freePort.ts"
import { EaselProcess } from "../../harness/EaselProcess.ts"
import { nodeForTest } from "../../harness/easelNode.ts"
import { converged, editorsOf } from "../../harness/nodeInProcess.ts"
import { answered, ask, expectProblem } from "../../harness/requests.ts"
import { runSql } from "../../harness/runSql.ts"
import { SmallDisk } from "../../harness/SmallDisk.ts"
import { waitUntil } from "../../harness/waitUntil.ts"
import { onThisMachine } from "../../harness/gaps.ts"
import { measure } from "../report/record.ts"

const diskBytes = 256 * 1024 * 1024
const ackedMillisMax = 5_000

const until = (what: string, predicate: () => boolean | Promise<boolean>, state?: () => unknown) =>
  waitUntil(predicate, { deadlineMillis: 60_000, what, ...(state === undefined ? {} : { state }) })

it("T1 T3 A8 O1 V18: a full disk loses nothing: edits are tentative, then committed; a database that it ends is one clear line", { timeout: 240_000 }, async () => {
  const disk = await SmallDisk.forTest(diskBytes)
  const environment = { EASEL_AUTOSAVE: "1 second" }
  const node = await nodeForTest({ dataFolder: disk.path, within: disk.within, environment, port: await freePort() })
  await node.start()
  const databaseUrl = () => {
    const [, , , port = ""] = readFileSync(disk.seen("postgres", "postmaster.pid"), "utf8").split("\n")
    return `postgres://easel:${readFileSync(disk.seen("postgres", "easel.password"), "utf8")}@127.0.0.1:${port}/easel`
  }
  const { editors, fileId } = await editorsOf(node, 3)
  const versionsOf = async () => answered<ReadonlyArray<{ readonly kind: string; readonly seq: number }>>(await ask(node, "GET", `/api/files/${fileId}/versions`), 200)
  const [ada, bob, cat] = editors
  if (ada === undefined || bob === undefined || cat === undefined) throw new Error("three editors")
  const acked = new Set<string>()
  for (const editor of editors) editor.on("ack", ({ results }) => results.forEach(({ id, status }) => status === "rejected" || acked.add(id)))
  const drawn: Array<string> = []
  const draw = (editor: EditorFile): void => void drawn.push(editor.create("rectangle", { data: { text: noise() } }))
  draw(ada)
  await ada.saved()

  expect(disk.fill()).toBeGreaterThan(0)
  await until("editors hear that nothing can be saved", () => {
    draw(ada)
    draw(bob)
    return editors.every(({ status }) => status.mode === "degraded")
  }, () => [editors.map(({ status }) => status), node.log.slice(-4_000)])
  const ackedBefore = acked.size
  for (let n = 0; n < 20; n++) draw(n % 2 === 0 ? ada : bob)
  await until("Cat sees what both make meanwhile", () => drawn.every((id) => cat.get(id) !== undefined), () => [cat.status, cat.document.size, drawn.length])
  await expectProblem(await ask(node, "POST", `/api/files/${fileId}/versions`, {}, { name: "no room for it" }), 503)
  expect(node.log).toMatch(/No space left on device \(53100\)/)
  const freedAt = performance.now()
  disk.free()
  await Promise.all([ada.saved(), bob.saved()])
  const ackedMillis = Math.round(performance.now() - freedAt)
  measure("no room on the disk for rows: acked after there is room again", "<= 5 s", `${ackedMillis} ms, ${acked.size - ackedBefore} operations that waited`, ackedMillis <= ackedMillisMax)
  const { seq } = await converged(node, fileId, editors)
  await until("what was not kept as a version is", async () => (await versionsOf()).some((version) => version.kind === "auto" && version.seq === seq), versionsOf)

  disk.fill()
  for (const editor of [ada, bob]) draw(editor)
  // PostgreSQL's log is to go on in another file, for which there is no room.
  await runSql(databaseUrl(), "SELECT pg_switch_wal()").catch(() => undefined)
  expect((await node.exited()).code).toBe(1)
  expect(node.stderr).toMatch(/^easel: PostgreSQL has stopped .*its log is /m)
  node.launch()
  expect((await node.exited()).code).toBe(1)
  expect(node.stderr.trimEnd()).toMatch(/^easel: PostgreSQL does not start in \S+: .*No space left on device$/)
  disk.free()
  await node.start()
  const file = await converged(node, fileId, editors)
  expect(new Set(file.objects.map(({ id }) => id))).toEqual(new Set(drawn))
  const check = await EaselProcess.prepare({ role: "fsck", databaseUrl: databaseUrl(), dataFolder: disk.path, within: disk.within })
  check.launch()
  expect((await check.exited()).code, check.log).toBe(0)
  const logged = new Set((await runSql(databaseUrl(), "SELECT operation_id FROM operations WHERE file_id = $1::uuid", [fileId])).map((row) => row["operation_id"]))
  const lost = [...acked].filter((id) => !logged.has(id))
  measure("a full disk, and a PostgreSQL that ends for want of room: operations that were acked and lost", "0", `${lost.length} of ${acked.size}`, lost.length === 0)
  expect(lost).toEqual([])
  expect(ackedMillis).toBeLessThanOrEqual(onThisMachine(ackedMillisMax))
})

/** What no compression makes small. */
const noise = (): string => Array.from({ length: 40 }, () => Math.random().toString(36).slice(2)).join("")
