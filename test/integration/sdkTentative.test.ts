/** Editors of the SDK while PostgreSQL is away: they see each other's edits, nothing is acked, and nothing is lost. */
import { afterAll, beforeAll, expect, it } from "vitest"
import type { EditorFile } from "@easel/client"
import { create, join, update } from "../harness/editing.ts"
import { converged, createFile, NodeInProcess, online, openEditor } from "../harness/nodeInProcess.ts"
import { createDatabase, type TestDatabase } from "../harness/postgres.ts"
import { readCounter } from "../harness/readCounter.ts"
import { readLogs } from "../harness/readLogs.ts"
import { runSql } from "../harness/runSql.ts"
import { TcpProxy } from "../harness/TcpProxy.ts"
import { waitUntil } from "../harness/waitUntil.ts"

let database: TestDatabase
let proxy: TcpProxy
/** Two nodes, of which one owns the files and the other reaches them over a line. No shard moves while the database is away. */
let nodes: readonly [NodeInProcess, NodeInProcess]
beforeAll(async () => {
  database = await createDatabase()
  proxy = await TcpProxy.start(database.url)
  const env = { DATABASE_URL: proxy.url }
  const first = await NodeInProcess.start({ env })
  nodes = [first, await NodeInProcess.start({ env: { ...env, EASEL_SHARD_GROUPS: "hot" }, beside: first })]
})
afterAll(async () => {
  proxy.accept()
  for (const node of [...nodes].reverse()) await node.stop()
  await proxy.stop()
  await database.drop()
})

const until = (what: string, predicate: () => boolean, state?: () => unknown) =>
  waitUntil(predicate, { deadlineMillis: 20_000, what, ...(state === undefined ? {} : { state }) })

const modes = (editors: ReadonlyArray<EditorFile>) => editors.map(({ status }) => status.mode)

/** Ada and Bob on one node, Cat on the other, in a new file. */
const threeEditors = async () => {
  const fileId = await createFile(nodes[0])
  const [ada, bob, cat] = [openEditor(nodes[0], fileId), openEditor(nodes[0], fileId), openEditor(nodes[1], fileId)]
  await Promise.all([ada, bob, cat].map(online))
  return { fileId, ada, bob, cat, all: [ada, bob, cat] }
}

it("T1 T3 T4: edits reach the others while the database is away, are acked by none, and are committed in order when it is back", async () => {
  const { ada, all, bob, cat, fileId } = await threeEditors()
  const id = ada.create("rectangle", { x: 0 })
  const before = await converged(nodes[0], fileId, all)

  proxy.refuse()
  ada.update(id, { x: 1 })
  await until("everybody hears that saving is paused", () => modes(all).every((mode) => mode === "degraded"), () => modes(all))
  const ofCat = cat.create("ellipse", { name: "of Cat", parentId: null })
  await until("Ada and Bob see what Cat made", () => ada.get(ofCat) !== undefined && bob.get(ofCat) !== undefined)
  for (let y = 1; y <= 20; y++) bob.update(ofCat, { y })
  await until("Ada and Cat see Bob's last edit of it", () => [ada, cat].every((editor) => editor.get(ofCat)?.["y"] === 20), () => all.map((editor) => [editor.status, editor.get(ofCat)]))
  await until("and what Ada did first", () => [bob, cat].every((editor) => editor.get(id)?.["x"] === 1))
  const late = openEditor(nodes[1], fileId)
  await until("who comes later sees it, too", () => late.get(ofCat)?.["y"] === 20 && late.status.mode === "degraded", () => [late.status, late.get(ofCat)])
  // Nothing of it counts: what is confirmed is what was committed before.
  expect([...all, late].map((editor) => [editor.seq, editor.digest()])).toEqual([1, 2, 3, 4].map(() => [before.seq, before.digest]))
  expect(all.map(({ status }) => status.waiting)).toEqual([1, 20, 1])

  proxy.accept()
  const after = await converged(nodes[0], fileId, [...all, late])
  expect(after).toMatchObject({ seq: before.seq + 22, objects: [{ id, x: 1 }, { id: ofCat, y: 20 }] })
  await until("saving goes on", () => modes([...all, late]).every((mode) => mode === "normal"))
  const values = (await readLogs(database.url)).get(fileId)?.flatMap(({ newValue, propertyPath }) => propertyPath === "y" ? [newValue] : [])
  expect(values).toEqual(Array.from({ length: 20 }, (_, index) => index + 1))
})

it("T1 T4 A8: a database that answers and has no room is waited out like one that is away: nothing is given up meanwhile", async () => {
  const { ada, all, bob, cat, fileId } = await threeEditors()
  const id = ada.create("rectangle", { x: 0 })
  const before = await converged(nodes[0], fileId, all)
  await runSql(database.url, "CREATE FUNCTION no_room() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'no room' USING ERRCODE = '53100'; END $$")
  await runSql(database.url, "CREATE TRIGGER no_room BEFORE INSERT ON operations FOR EACH ROW EXECUTE FUNCTION no_room()")
  ada.update(id, { x: 1 })
  await until("everybody hears that saving is paused", () => modes(all).every((mode) => mode === "degraded"), () => modes(all))
  const heard: Array<string> = []
  for (const editor of all) editor.on("status", ({ mode }) => heard.push(mode))
  const tried = await readCounter(nodes[0].url, "easel_file_recoveries_total")
  const ofCat = cat.create("ellipse")
  await until("Ada and Bob see what Cat made", () => ada.get(ofCat) !== undefined && bob.get(ofCat) !== undefined)
  await waitUntil(async () => await readCounter(nodes[0].url, "easel_file_recoveries_total") > tried + 6, { deadlineMillis: 20_000, what: "it is tried again and again" })
  expect(new Set(heard)).toEqual(new Set(["degraded"]))
  expect([bob.get(id)?.["x"], ada.get(ofCat)?.["type"], bob.seq]).toEqual([1, "ellipse", before.seq])
  await runSql(database.url, "DROP FUNCTION no_room CASCADE")
  expect(await converged(nodes[0], fileId, all)).toMatchObject({ seq: before.seq + 2, objects: [{ id, x: 1 }, { id: ofCat }] })
  await until("saving goes on", () => modes(all).every((mode) => mode === "normal"), () => modes(all))
})

it("T5: a full buffer makes the file read-only; what is refused waits in its editor, and goes before what follows", async () => {
  const { ada, all, bob, fileId } = await threeEditors()
  const id = ada.create("rectangle", { x: 0 })
  await converged(nodes[0], fileId, all)
  const plain = await join(nodes[0], fileId)

  proxy.refuse()
  bob.update(id, { x: 1 })
  await until("saving is paused", () => modes(all).every((mode) => mode === "degraded"))
  const large = "x".repeat(200_000)
  for (let n = 0; n < 12; n++) ada.create("rectangle", { "data.large": large, name: `${n}` })
  await until("the file is read-only", () => modes(all).every((mode) => mode === "readonly"), () => modes(all))
  // Who does not listen is refused; who does keeps what it makes.
  const [refused, follows] = [create("refused"), update("refused", "x", 1)]
  plain.submit(refused)
  expect(await plain.next("error")).toMatchObject({ code: "busy", operationIds: [refused.id] })
  const [ofBob, ofAda] = [bob.create("ellipse"), ada.create("ellipse", { name: "late" })]
  ada.update(ofAda, { name: "later" })

  proxy.accept()
  const after = await converged(nodes[0], fileId, all)
  expect(after.objects).toHaveLength(15)
  expect(after.objects).toEqual(expect.arrayContaining([expect.objectContaining({ id: ofBob }), expect.objectContaining({ id: ofAda, name: "later" })]))
  await until("it can be written again", () => modes(all).every((mode) => mode === "normal"))
  // What followed on the same connection may not pass what was refused on it.
  plain.submit(follows)
  expect(await plain.next("error")).toMatchObject({ code: "busy", operationIds: [follows.id] })
  const again = await join(nodes[0], fileId)
  expect(await again.edit(refused, follows)).toMatchObject([{ status: "applied" }, { status: "applied" }])
})
