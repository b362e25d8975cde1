/**
 * C6 as a property: pages that come, edit, lose connections, crash at any point and are followed by others, on a disk
 * that is always somewhat behind and a network that lets frames arrive after their page is gone.
 */
import { EditorFile } from "@easel/client"
import { digest } from "@easel/document"
import * as fc from "fast-check"
import { afterEach, beforeEach, expect, test, vi } from "vitest"
import { FakeNetwork } from "./FakeNetwork.ts"
import { MemoryDisk } from "./MemoryDisk.ts"

const fileId = "00000000-0000-4000-8000-000000000000"
const pagesMax = 3

const action = fc.record({
  type: fc.constantFrom(
    "create", "update", "update", "update", "delete", "undo", "open", "openDisk", "write", "write", "send", "receive",
    "deliver", "settle", "cut", "late", "crash", "crash", "close", "wait"
  ),
  who: fc.nat(pagesMax - 1),
  object: fc.nat(9),
  count: fc.integer({ min: 1, max: 4 })
})

type Action = typeof action extends fc.Arbitrary<infer A> ? A : never

class World {
  readonly network = new FakeNetwork()
  readonly disk = new MemoryDisk()
  readonly rejected: Array<string> = []
  readonly pages: Array<ReturnType<World["newPage"]>> = []
  readonly gone: Array<ReturnType<World["newPage"]>> = []
  private objects = 0

  constructor() {
    this.network.clientIds.splice(0, Infinity, ...Array.from({ length: 500 }, (_, n) => `client-${(n * 37) % 500}`))
  }

  async act({ count, object, type, who }: Action): Promise<void> {
    const page = this.pages[who % Math.max(1, this.pages.length)]
    // Time passes, and not for every edit.
    if (object % 3 === 0) await vi.advanceTimersByTimeAsync(1)
    if (type === "open" || page === undefined) {
      if (this.pages.length < pagesMax) this.pages.push(this.newPage())
      return
    }
    const { file, outbox } = page
    const objects = [...file.document.all()]
    const objectId = objects[object % Math.max(1, objects.length)]?.id
    switch (type) {
      case "create":
        for (let n = 0; n < count; n++) file.create("group", { x: 0 }, { id: `o${this.objects++}` })
        return
      case "update":
        return objectId === undefined ? undefined : file.update(objectId, { x: count, [`data.k${count}`]: object })
      case "delete":
        return objectId === undefined ? undefined : file.delete(objectId)
      case "undo":
        return file.undo()
      case "openDisk":
        return outbox.finishOpening()
      case "write":
        return outbox.write(count)
      case "send":
        return Promise.resolve()
      case "receive":
        await Promise.resolve()
        this.network.server.nowMillis++
        return this.network.receive()
      case "deliver":
        return this.network.deliver()
      case "settle":
        return this.network.settle()
      case "cut":
        this.network.framesArrivingLate = count - 1
        return this.network.cut()
      case "late":
        return this.network.receiveLate()
      case "crash":
      case "close":
        this.network.framesArrivingLate = count - 1
        if (type === "crash") outbox.crash()
        file.close()
        this.pages.splice(this.pages.indexOf(page), 1)
        this.gone.push(page)
        return
      case "wait":
        await vi.advanceTimersByTimeAsync(count * 200)
    }
  }

  /** A page lives, the network and the disk are well, and time passes until nothing waits. */
  async end(): Promise<void> {
    if (this.pages.length === 0) this.pages.push(this.newPage())
    this.network.receiveLate()
    for (let round = 0; round < 100 && !this.isQuiet; round++) {
      this.disk.settle(this.pages.map(({ outbox }) => outbox))
      await vi.advanceTimersByTimeAsync(500)
      await this.network.settle()
    }
    await this.network.settle()
    this.disk.settle(this.pages.map(({ outbox }) => outbox))
  }

  private get isQuiet(): boolean {
    return this.pages.every(({ file: { status } }) => status.outbox === "open" && status.connectivity === "online" && status.waiting === 0)
  }

  newPage() {
    const outbox = this.disk.newPage()
    const file = new EditorFile({ url: "http://easel", fileId, userId: "me", WebSocket: this.network.WebSocket, outbox })
    file.on("rejected", ({ reason = "" }) => this.rejected.push(reason))
    return { file, outbox }
  }
}

beforeEach(() => {
  vi.useFakeTimers({ now: 5_000_000 })
  vi.spyOn(Math, "random").mockReturnValue(0.5)
})

afterEach(() => {
  vi.restoreAllMocks()
  vi.useRealTimers()
})

const check = async (actions: ReadonlyArray<Action>): Promise<void> => {
  const world = new World()
  try {
    for (const action of actions) await world.act(action)
    await world.end()
    const committed = world.network.server.committedIds
    const positions = new Map(committed.map((id, position) => [id, position]))
    // Once each.
    expect(positions.size).toBe(committed.length)
    // Everything that reached the disk or was made by a page that lives.
    const owed = [...world.disk.everWritten, ...world.pages.flatMap(({ outbox }) => outbox.made)]
    expect(owed.filter((id) => !positions.has(id))).toEqual([])
    // In the order made; and as nothing came without what it builds on, nothing was refused.
    for (const { outbox: { made } } of [...world.gone, ...world.pages]) {
      const arrived = made.flatMap((id) => positions.get(id) ?? [])
      expect(arrived).toEqual(arrived.toSorted((a, b) => a - b))
    }
    expect(world.rejected).toEqual([])
    expect(world.disk.operationIds).toEqual([])
    for (const { file } of world.pages) {
      expect(file.status).toMatchObject({ connectivity: "online", waiting: 0, outbox: "open" })
      expect(file.digest()).toBe(digest(world.network.server.document))
      expect(digest(file.document)).toBe(file.digest())
    }
  } finally {
    for (const { file } of world.pages) file.close()
  }
}

test("C6 C3: whatever crashes when, what was kept arrives exactly once and in order, and replicas equal the server", async () => {
  await fc.assert(fc.asyncProperty(fc.array(action, { maxLength: 100, size: "max" }), check), { numRuns: 500 })
})
