/** P15 through the SDK: it is the same editor, whatever its frames are written in. */
import { afterAll, beforeAll, expect, test } from "vitest"
import { converged, createFile, NodeInProcess, online, openEditor } from "../harness/nodeInProcess.ts"
import { waitUntil } from "../harness/waitUntil.ts"

let node: NodeInProcess

beforeAll(async () => {
  node = await NodeInProcess.start()
})
afterAll(() => node.stop())

test("P15 C1 C3: editors of both formats see each other's changes and presence, and converge", async () => {
  const fileId = await createFile(node)
  const ada = openEditor(node, fileId, { format: "msgpack" })
  const bob = openEditor(node, fileId, { format: "json" })
  await Promise.all([online(ada), online(bob)])
  const id = ada.create("text", { text: "é中\u{1f600}", x: -1.5, "data.k": { a: [1, null, 2 ** 40] } })
  await waitUntil(() => bob.get(id) !== undefined, { deadlineMillis: 5_000, what: "ada's object" })
  bob.update(id, { text: "x".repeat(70_000) })
  ada.transact(() => {
    for (let n = 0; n < 600; n++) ada.create("rectangle", { x: n, name: `n ${n}` })
  })
  ada.undo()
  ada.redo()
  ada.setPresence({ cursor: { x: 1, y: 2 } })
  await waitUntil(() => [...bob.presence.values()].some(({ cursor }) => cursor !== null), { deadlineMillis: 5_000, what: "ada's cursor" })
  await converged(node, fileId, [ada, bob])
})

test("P15 P14: a large file comes compressed, and what follows it comes after it", async () => {
  const fileId = await createFile(node)
  const ada = openEditor(node, fileId)
  await online(ada)
  ada.transact(() => {
    for (let n = 0; n < 1_500; n++) ada.create("rectangle", { x: n, fill: "#112233" })
  })
  await ada.saved()
  const bob = openEditor(node, fileId, { format: "msgpack" })
  for (let n = 0; n < 20; n++) {
    ada.create("rectangle", { x: n })
    await ada.saved()
  }
  await online(bob)
  await converged(node, fileId, [ada, bob])
})

test("P15 C2: what has no answer is sent again after a loss of connection", async () => {
  const fileId = await createFile(node)
  const ada = openEditor(node, fileId, { format: "msgpack" })
  await online(ada)
  for (let n = 0; n < 50; n++) {
    ada.create("rectangle", { x: n })
    if (n % 10 === 0) ada.reconnect()
  }
  expect((await converged(node, fileId, [ada])).objects).toHaveLength(50)
})
