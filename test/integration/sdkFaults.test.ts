/** The SDK on a node whose database fails it: nothing is lost, nothing doubled, and nobody is left waiting. */
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { runSql } from "../harness/runSql.ts"
import { converged, editorsOf, NodeInProcess, readFile } from "../harness/nodeInProcess.ts"
import { waitUntil } from "../harness/waitUntil.ts"

let node: NodeInProcess
beforeAll(async () => {
  node = await NodeInProcess.start()
})
afterAll(() => node.stop())

describe("SDK", () => {
  it("A9: editors go on when their file was granted to another, and each operation has one effect", async () => {
    const { editors, fileId } = await editorsOf(node, 2)
    const [ada, bob] = editors
    if (ada === undefined || bob === undefined) throw new Error("two editors")
    const id = ada.create("rectangle", { x: 0 })
    const before = await converged(node, fileId, editors)
    await runSql(node.databaseUrl, "UPDATE files SET epoch = epoch + 1 WHERE id = $1", [fileId])
    for (let x = 1; x <= 20; x++) {
      ada.update(id, { x })
      bob.create("ellipse", { x })
    }
    const file = await converged(node, fileId, editors)
    expect(file.epoch).toBeGreaterThan(before.epoch + 1)
    expect(file).toMatchObject({ seq: 41, objects: expect.objectContaining({ length: 21 }) })
  })

  it("A8: editors go on after all of the node's sessions were ended", async () => {
    const { editors, fileId } = await editorsOf(node, 2)
    const [ada, bob] = editors
    if (ada === undefined || bob === undefined) throw new Error("two editors")
    const id = ada.create("rectangle", { x: 0 })
    await ada.saved()
    for (let round = 1; round <= 3; round++) {
      await node.terminateSessions("easel")
      for (let n = 0; n < 10; n++) {
        ada.update(id, { x: round * 100 + n })
        bob.create("ellipse", { name: `${round}.${n}` })
      }
      await Promise.all([ada.saved(), bob.saved()])
    }
    const file = await converged(node, fileId, editors)
    expect(file.objects).toHaveLength(31)
  })

  it("A7: editors go on when their file's actor is moved because the node lost its shards", async () => {
    const { editors, fileId } = await editorsOf(node, 2)
    const [ada, bob] = editors
    if (ada === undefined || bob === undefined) throw new Error("two editors")
    const id = ada.create("rectangle", { x: 0 })
    const before = await converged(node, fileId, editors)
    await runSql(node.databaseUrl, "UPDATE shard_leases SET address = 'nobody:1'")
    let file = before
    for (let x = 1; file.epoch === before.epoch; x++) {
      ada.update(id, { x })
      await ada.saved()
      file = await readFile(node, fileId)
    }
    bob.update(id, { x: -1 })
    expect((await converged(node, fileId, editors)).objects).toMatchObject([{ id, x: -1 }])
  })

  it("P6: an editor that leaves while the file's actor is away is gone for the others", async () => {
    const { editors, fileId } = await editorsOf(node, 2)
    const [ada, bob] = editors
    if (ada === undefined || bob === undefined) throw new Error("two editors")
    const until = (what: string, predicate: () => boolean) => waitUntil(predicate, { deadlineMillis: 10_000, what })
    await until("ada sees bob", () => ada.presence.size === 1)
    await runSql(node.databaseUrl, "UPDATE files SET epoch = epoch + 1 WHERE id = $1", [fileId])
    ada.create("rectangle")
    await until("the actor is away", () => ada.status.mode === "degraded")
    bob.close()
    await ada.saved()
    await until("bob is gone", () => ada.presence.size === 0)
  })
})
