/** What waits outlives the page that made it (C6 to C9), in a browser whose disk and network obey the test. */
import { EditorFile, type EditorFileOptions, type Outbox } from "@easel/client"
import { digest } from "@easel/document"
import { afterEach, beforeEach, expect, onTestFinished, test, vi } from "vitest"
import { FakeNetwork } from "./FakeNetwork.ts"
import { MemoryDisk } from "./MemoryDisk.ts"

const fileId = "00000000-0000-4000-8000-000000000000"

beforeEach(() => {
  vi.useFakeTimers({ now: 5_000_000 })
})

afterEach(() => {
  vi.useRealTimers()
})

const openFile = (network: FakeNetwork, options: Partial<EditorFileOptions> = {}): EditorFile => {
  const file = new EditorFile({ url: "http://easel", fileId, userId: "me", WebSocket: network.WebSocket, ...options })
  onTestFinished(() => file.close())
  return file
}

const openPage = (network: FakeNetwork, disk: MemoryDisk) => {
  const outbox = disk.newPage()
  return { outbox, file: openFile(network, { outbox }) }
}

type Page = ReturnType<typeof openPage>

/** The page's process dies: no goodbye, and nothing more is written. */
const crash = ({ file, outbox }: Page): void => {
  outbox.crash()
  file.close()
}

test("C6: edits made offline survive the page, are shown before the server is reached, and arrive once", async () => {
  const network = new FakeNetwork()
  const disk = new MemoryDisk()
  const first = openPage(network, disk)
  disk.settle([first.outbox])
  const id = first.file.create("text", { text: "offline" }, { id: "o" })
  first.file.update(id, { x: 7 })
  disk.settle([first.outbox])
  crash(first)

  const second = openPage(network, disk)
  expect(second.file.status).toMatchObject({ outbox: "opening", waiting: 0 })
  second.outbox.finishOpening()
  expect(second.file.status).toMatchObject({ connectivity: "connecting", outbox: "open", waiting: 2 })
  expect(second.file.get(id)).toMatchObject({ text: "offline", x: 7 })
  await network.settle()
  expect(second.file.status).toMatchObject({ connectivity: "online", waiting: 0 })
  await second.file.saved()
  expect(network.server.committedIds).toEqual(first.outbox.made)
  expect(second.file.digest()).toBe(digest(network.server.document))
  disk.settle([second.outbox])
  expect(disk.operationIds).toEqual([])
})

test("C6: what had arrived before the page went is recognised, also under another client id, and not applied twice", async () => {
  const network = new FakeNetwork()
  const disk = new MemoryDisk()
  const first = openPage(network, disk)
  await network.settle()
  disk.settle([first.outbox])
  const id = first.file.create("group", {}, { id: "o" })
  disk.settle([first.outbox])
  await Promise.resolve()
  network.receive()
  first.file.update(id, { x: 1 })
  disk.settle([first.outbox])
  crash(first)

  const second = openPage(network, disk)
  disk.settle([second.outbox])
  await network.settle()
  expect(second.file.clientId).not.toBe(first.file.clientId)
  expect(network.server.committedIds).toEqual(first.outbox.made)
  expect(second.file.status.waiting).toBe(0)
  expect(second.file.digest()).toBe(digest(network.server.document))
})

test("C6 C3: an operation that was announced before it was taken over keeps the stamp of who sent it first", async () => {
  const network = new FakeNetwork()
  network.clientIds.splice(0, Infinity, "z", "m", "x")
  const disk = new MemoryDisk()
  // "z" takes over what "m" sent; at the same millisecond "x" has won over "m", and would lose to "z".
  const [heir, author, other] = [openPage(network, disk), openPage(network, disk), openPage(network, new MemoryDisk())]
  await network.settle()
  disk.settle([heir.outbox, author.outbox])
  heir.file.create("group", {}, { id: "o" })
  await network.settle()
  vi.setSystemTime(Date.now() + 100)
  author.file.update("o", { x: 1 })
  other.file.update("o", { x: 2 })
  await Promise.resolve()
  disk.settle([author.outbox])
  network.receive()
  network.deliver()
  crash(author)
  expect(heir.file.status.waiting).toBe(1)
  await network.settle()
  expect([heir.file.clientId, author.file.clientId, other.file.clientId]).toEqual(["z", "m", "x"])
  expect(heir.file.status.waiting).toBe(0)
  expect(network.server.document.get("o")?.get("x")).toBe(2)
  expect(heir.file.digest()).toBe(digest(network.server.document))
})

test("C6: a page takes over from one that ends while it lives, and what it makes itself wins over that", async () => {
  const network = new FakeNetwork()
  const disk = new MemoryDisk()
  const [staying, going] = [openPage(network, disk), openPage(network, disk)]
  await network.settle()
  disk.settle([staying.outbox, going.outbox])
  staying.file.create("rectangle", { x: 0 }, { id: "o" })
  await network.settle()
  network.cut()
  going.file.update("o", { x: 1, y: 1 })
  vi.setSystemTime(Date.now() + 100)
  staying.file.update("o", { x: 2 })
  // A tab that is closed writes what it still has.
  going.file.close()
  expect(staying.file.status.waiting).toBe(3)
  expect(staying.file.get("o")).toMatchObject({ x: 2, y: 1 })
  await vi.advanceTimersByTimeAsync(500)
  await network.settle()
  expect(staying.file.get("o")).toMatchObject({ x: 2, y: 1 })
  expect(staying.file.digest()).toBe(digest(network.server.document))
  expect(network.server.seq).toBe(4)
})

test("C6: an operation taken over that the server refuses leaves the view, is announced and kept no longer", async () => {
  const network = new FakeNetwork()
  const disk = new MemoryDisk()
  const [first, other] = [openPage(network, disk), openPage(network, new MemoryDisk())]
  disk.settle([first.outbox])
  other.file.create("rectangle", { name: "theirs" }, { id: "same" })
  await network.settle()
  network.cut()
  // The first page knows nothing of the other's object, as if it had been offline from the start.
  const offline = openPage(network, new MemoryDisk())
  crash(first)
  const late = disk.newPage()
  late.finishOpening()
  late.add([{ id: "late", idempotencyKey: "late", timestamp: 1, operationType: "create", objectId: "same", objectType: "star", newValue: {}, parentId: null, orderKey: "a0" }])
  late.write()
  late.crash()
  const second = openPage(network, disk)
  const rejected: Array<string | undefined> = []
  second.file.on("rejected", ({ reason }) => rejected.push(reason))
  disk.settle([second.outbox])
  expect(second.file.get("same")?.type).toBe("star")
  await vi.advanceTimersByTimeAsync(500)
  await network.settle()
  expect(rejected).toEqual(["object_exists"])
  expect(second.file.get("same")?.name).toBe("theirs")
  disk.settle([second.outbox])
  expect(disk.operationIds).toEqual([])
  offline.file.close()
})

test("C7: operations on objects that are not known here throw nothing, and are there when the objects are", async () => {
  const network = new FakeNetwork()
  const disk = new MemoryDisk()
  const [first] = [openPage(network, disk)]
  await network.settle()
  disk.settle([first.outbox])
  first.file.create("group", {}, { id: "parent" })
  first.file.create("text", {}, { id: "child" })
  await network.settle()
  network.cut()
  first.file.update("child", { x: 3 })
  first.file.move("child", "parent")
  first.file.delete("parent")
  first.file.undo()
  disk.settle([first.outbox])
  crash(first)
  const { file, outbox } = openPage(network, disk)
  const changes: Array<ReadonlySet<string> | undefined> = []
  file.on("change", ({ objectIds }) => changes.push(objectIds))
  outbox.finishOpening()
  expect([...file.document.all(), ...file.document.children(null), ...file.document.children("parent")]).toEqual([])
  expect(changes).toEqual([new Set(["child", "parent"])])
  file.create("rectangle", {}, { id: "meanwhile" })
  await network.settle()
  expect([...file.document.children("parent")].map(({ id }) => id)).toEqual(["child"])
  expect(file.get("child")?.x).toBe(3)
  expect(file.status.waiting).toBe(0)
  expect(file.digest()).toBe(digest(network.server.document))
})

test("C7: saved() waits for what earlier pages left, also while that is not known yet", async () => {
  const network = new FakeNetwork()
  const disk = new MemoryDisk()
  const first = openPage(network, disk)
  disk.settle([first.outbox])
  first.file.create("text", {}, { id: "o" })
  disk.settle([first.outbox])
  crash(first)
  const { file, outbox } = openPage(network, disk)
  await network.settle()
  let saved = false
  void file.saved().then(() => {
    saved = true
  })
  await vi.advanceTimersByTimeAsync(1)
  expect(saved).toBe(false)
  outbox.finishOpening()
  await vi.advanceTimersByTimeAsync(1)
  expect([saved, file.status.waiting]).toEqual([false, 1])
  await network.settle()
  await vi.advanceTimersByTimeAsync(1)
  expect(saved).toBe(true)
})

test("C8: an outbox that fails is announced once, and editing goes on without it", async () => {
  const network = new FakeNetwork()
  const disk = new MemoryDisk()
  const { file, outbox } = openPage(network, disk)
  const failures: Array<string> = []
  file.on("outboxFailed", ({ code }) => failures.push(code))
  await network.settle()
  disk.settle([outbox])
  const id = file.create("text", {}, { id: "o" })
  outbox.fail({ code: "full", message: "no space" })
  outbox.fail({ code: "full", message: "no space" })
  file.update(id, { x: 1 })
  expect([failures, file.status.outbox]).toEqual([["full"], "failed"])
  await network.settle()
  await file.saved()
  expect(network.server.document.get(id)?.get("x")).toBe(1)
})

test("C8: an outbox that throws harms nobody", async () => {
  const network = new FakeNetwork()
  const explode = (): never => {
    throw new Error("bang")
  }
  const broken: Outbox = { open: explode, add: explode, remove: explode, close: explode }
  const file = openFile(network, { outbox: broken })
  expect(file.status.outbox).toBe("failed")
  file.create("text", {}, { id: "o" })
  await network.settle()
  await file.saved()
  file.close()
  expect(network.server.document.get("o")?.type).toBe("text")
  expect(openFile(network).status.outbox).toBe("none")
})
