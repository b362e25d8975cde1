import { EditorFile } from "@easel/client"
import { digest, type Operation } from "@easel/document"
import { afterEach, beforeEach, expect, test, vi } from "vitest"
import { FakeNetwork } from "./FakeNetwork.ts"
import { SimulatedEditor } from "./SimulatedEditor.ts"

const fileId = "00000000-0000-4000-8000-000000000000"

/** The operation named by `SimulatedEditor` gets its own id and time. */
const common = { id: "op", idempotencyKey: "op", timestamp: 0, objectId: "o" }
const update = (newValue: number, objectId = "o"): Operation.Update => ({ ...common, objectId, operationType: "update", propertyPath: "x", newValue })
const create = (objectId: string): Operation.Create =>
  ({ ...common, objectId, operationType: "create", objectType: "group", newValue: {}, parentId: null, orderKey: "a0" })

beforeEach(() => {
  vi.useFakeTimers({ now: 5_000_000 })
})

afterEach(() => {
  vi.useRealTimers()
})

const makeWorld = async (otherName = "other", leadMillis = 0) => {
  const network = new FakeNetwork()
  const other = new SimulatedEditor(otherName, leadMillis, network.server)
  other.connect(true, 0)
  other.read()
  const file = new EditorFile({ url: "http://easel", fileId, userId: "me", WebSocket: network.WebSocket })
  await network.settle()
  const otherEdits = (operation: Operation.Operation) => {
    other.edit({ operation, keepPlace: true })
    other.flush(1)
    if (other.socket !== undefined) network.server.receive([other.socket])
  }
  /** The first try comes within a quarter of a second. */
  const reconnected = async () => {
    await vi.advanceTimersByTimeAsync(250)
    await network.settle()
  }
  return { file, network, other, otherEdits, reconnected }
}

test("C1: a change shows before the call returns, and changes are sent in the order made", async () => {
  const { file, network, other } = await makeWorld()
  const id = file.create("text", { text: "a" })
  expect(file.get(id)).toMatchObject({ id, type: "text", text: "a" })
  for (let x = 0; x < 50; x++) {
    file.update(id, { x })
    expect(file.get(id)?.x).toBe(x)
  }
  file.delete(id)
  expect(file.document.get(id)?.deleted).toBe(true)
  expect(file.status.waiting).toBe(52)
  await network.settle()
  expect([file.status.waiting, file.seq, network.server.seq]).toEqual([0, 52, 52])
  while (other.read());
  expect(other.replica.view.get(id)?.get("x")).toBe(49)
  expect(digest(other.replica.view)).toBe(file.digest())
  file.close()
})

test("C1: an edit of what is on the screen wins, also when its author's clock is ahead and it came with a reconnect", async () => {
  const { file, network, otherEdits, reconnected } = await makeWorld("zz", 900)
  otherEdits(create("o"))
  await network.settle()
  network.cut()
  network.server.nowMillis += 50
  otherEdits(update(1))
  await reconnected()
  expect(file.get("o")?.x).toBe(1)
  file.update("o", { x: 2 })
  await network.settle()
  expect(network.server.document.get("o")?.get("x")).toBe(2)
  file.close()
})

test("C2: what has no answer is sent again with the same keys, and has one effect", async () => {
  const { file, network, reconnected } = await makeWorld()
  const id = file.create("group", {})
  await network.settle()
  // Arrives, and its answer does not.
  file.update(id, { x: 1 })
  await Promise.resolve()
  network.receive()
  network.cut()
  // Is made without a connection.
  file.update(id, { x: 2 })
  expect(file.status).toMatchObject({ connectivity: "offline", waiting: 2 })
  await reconnected()
  expect(file.status).toMatchObject({ connectivity: "online", waiting: 0 })
  expect(network.server.seq).toBe(3)
  expect([file.get(id)?.x, file.digest()]).toEqual([2, digest(network.server.document)])
  file.close()
})

test("C2: who is offline and asks to reconnect does not wait for the next try", async () => {
  const { file, network } = await makeWorld()
  network.cut()
  file.create("group", {})
  file.reconnect()
  await network.settle()
  expect(file.status).toMatchObject({ connectivity: "online", waiting: 0 })
  // The try that was put off does not come as well.
  const connections = vi.getTimerCount()
  await vi.advanceTimersByTimeAsync(10_000)
  expect(vi.getTimerCount()).toBe(connections)
  expect(file.status.connectivity).toBe("online")
  file.close()
  file.reconnect()
  await network.settle()
  expect(file.status.connectivity).toBe("closed")
})

test("C3 P7: an editor that lost its identity to another connection still gets the stamps of its own operations right", async () => {
  const { file, network, otherEdits, reconnected } = await makeWorld("b")
  network.clientIds.splice(0, Infinity, "a")
  expect(file.clientId).toBe("client-0")
  otherEdits(create("o"))
  otherEdits(create("p"))
  await network.settle()
  // Both write at the same time; the higher client id wins.
  vi.setSystemTime(Date.now() + 10)
  network.server.nowMillis += 10
  otherEdits(update(1))
  file.update("o", { x: 2 })
  await Promise.resolve()
  network.receive()
  otherEdits(update(3, "p"))
  // The announcements arrive, the answer does not, and somebody takes the identity over.
  network.deliver()
  network.cut(4010)
  await reconnected()
  expect(file.clientId).toBe("a")
  expect(network.server.document.get("o")?.get("x")).toBe(2)
  expect([file.get("o")?.x, file.digest()]).toEqual([2, digest(network.server.document)])
  file.close()
})

test("C5: a rejected operation leaves the view and is announced", async () => {
  const { file, network, otherEdits } = await makeWorld()
  const rejected: Array<string | undefined> = []
  file.on("rejected", ({ reason }) => rejected.push(reason))
  const first = file.create("group", {})
  const second = file.create("group", {})
  await network.settle()
  // Somebody else moves the first into the second before our move of the second into the first arrives.
  otherEdits({ ...common, operationType: "move", objectId: first, parentId: second, orderKey: "a0" })
  file.move(second, first)
  expect(file.document.get(second)?.parent?.parentId).toBe(first)
  await network.settle()
  expect(rejected).toEqual(["cycle"])
  expect(file.document.get(second)?.parent?.parentId).toBeNull()
  expect(file.digest()).toBe(digest(network.server.document))
  file.close()
})
