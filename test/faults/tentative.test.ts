/**
 * PostgreSQL is killed under editors that go on, and the node besides: what was acknowledged stays, what was not is
 * restored from the editors' outboxes, what nobody has any more is gone, and everybody agrees in the end.
 */
import { beforeAll, afterAll, expect, it } from "vitest"
import { freePort } from "../../cluster/runtime/freePort.ts"
import { EaselProcess } from "../harness/EaselProcess.ts"
import { converged, editorsOf, openEditor } from "../harness/nodeInProcess.ts"
import { OwnPostgres } from "../harness/OwnPostgres.ts"
import { waitUntil } from "../harness/waitUntil.ts"

let database: OwnPostgres
let node: EaselProcess
beforeAll(async () => {
  database = await OwnPostgres.start()
  node = await EaselProcess.prepare({ databaseUrl: database.url, port: await freePort() })
  await node.start()
})
afterAll(async () => {
  await node.dispose()
  await database.drop()
})

const until = (what: string, predicate: () => boolean, state?: () => unknown) =>
  waitUntil(predicate, { deadlineMillis: 60_000, what, ...(state === undefined ? {} : { state }) })

const threeEditors = async () => {
  const { editors, fileId } = await editorsOf(node, 3)
  const [ada, bob, cat] = editors
  if (ada === undefined || bob === undefined || cat === undefined) throw new Error("three editors")
  return { fileId, ada, bob, cat }
}

it("T1 T3: PostgreSQL is killed: editors see each other's edits, and all is committed when it is back", { timeout: 180_000 }, async () => {
  const { ada, bob, cat, fileId } = await threeEditors()
  const id = ada.create("rectangle", { x: 0 })
  await ada.saved()
  await database.kill()
  for (let x = 1; x <= 50; x++) {
    ada.update(id, { x })
    bob.create("ellipse", { name: `${x}` })
  }
  await until("Cat sees the edits of both", () => cat.get(id)?.["x"] === 50 && cat.document.size === 51, () => [cat.status, cat.document.size])
  expect([ada, bob, cat].map(({ status }) => [status.mode, status.waiting])).toEqual([["degraded", 50], ["degraded", 50], ["degraded", 0]])
  await database.start()
  const { objects, seq } = await converged(node, fileId, [ada, bob, cat])
  expect([objects.length, seq, node.isRunning]).toEqual([51, 101, true])
})

it("T2 T3: the node is killed meanwhile: outboxes restore what they have, and what nobody has is gone", { timeout: 180_000 }, async () => {
  const { ada, bob, cat, fileId } = await threeEditors()
  const id = ada.create("rectangle", { x: 0 })
  await converged(node, fileId, [ada, bob, cat])
  await database.kill()
  ada.update(id, { x: 1 })
  const [ofBob, ofCat] = [bob.create("ellipse"), cat.create("ellipse")]
  await until("Ada sees what both made", () => ada.get(ofBob) !== undefined && ada.get(ofCat) !== undefined)
  await until("Bob sees Ada's edit", () => bob.get(id)?.["x"] === 1)
  // Cat's page is gone with all that it had, and then the node.
  cat.close()
  await node.kill()
  await database.start()
  await node.start()
  const late = openEditor(node, fileId)
  const { objects } = await converged(node, fileId, [ada, bob, late])
  expect(objects).toMatchObject([{ id, x: 1 }, { id: ofBob }])
  expect([ada, bob, late].map((editor) => editor.get(ofCat))).toEqual([undefined, undefined, undefined])
})
