/** PresenceStore: one suite for the process's own and the one in Redis, and what Redis alone has to stand. */
import type { FileEvent, PresenceEntry } from "@easel/protocol"
import { type FilePresence, presenceMillisMax, PresenceStore, RedisConnection, RedisPresenceStore } from "@easel/store"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as References from "effect/References"
import * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished } from "vitest"
import { describeWithRedis, RedisServer } from "../harness/redis.ts"
import { waitUntil } from "../harness/waitUntil.ts"

const entry = (clientId: string, cursor: PresenceEntry["cursor"] = null): PresenceEntry => ({
  clientId,
  userId: `user-${clientId}`,
  userName: "Ünal \u{1f600} \"quoted\"",
  color: "#123456",
  cursor,
  selection: ["a", "b"],
  viewport: null
})

const file = (fileId: string, fields: Partial<FilePresence>): FilePresence => ({ fileId, replaces: false, entries: [], left: [], ...fields })

type Store = PresenceStore["Service"]

/** A store that lives as long as the test. */
const open = async (layer: Layer.Layer<PresenceStore>): Promise<Store> => {
  const scope = Scope.makeUnsafe()
  onTestFinished(() => Effect.runPromise(Scope.close(scope, Exit.void)))
  const services = await Effect.runPromise(Layer.buildWithScope(Layer.provide(layer, Layer.succeed(References.MinimumLogLevel, "None")), scope))
  return Effect.runSync(Effect.provideContext(PresenceStore, services))
}

const save = (store: Store, ...files: ReadonlyArray<FilePresence>): Promise<void> => Effect.runPromise(store.save(files))
const read = async (store: Store, fileId: string): Promise<ReadonlyArray<PresenceEntry>> =>
  [...await Effect.runPromise(store.read(fileId))].sort((a, b) => a.clientId < b.clientId ? -1 : 1)

/** What is heard from now on. */
const listen = (store: Store): Array<FileEvent> => {
  const heard: Array<FileEvent> = []
  const fiber = Effect.runFork(Stream.runForEach(store.events, (event) => Effect.sync(() => heard.push(event))))
  onTestFinished(() => Effect.runPromise(Fiber.interrupt(fiber)).then(() => undefined))
  return heard
}

const join: FileEvent = { type: "join", fileId: "f", clientId: "a", userId: "u", userName: "Ann", color: "#000000" }
const updated: FileEvent = { type: "updated", fileId: "f", seq: 7, name: "Drawing" }

const suite = (layerOf: () => Layer.Layer<PresenceStore>): void => {
  it("R1: the newest of each editor is read, in each file apart", async () => {
    const store = await open(layerOf())
    await save(store, file("f", { entries: [entry("a", 1), entry("b", { x: 0.5, y: -3 })] }), file("g", { entries: [entry("a", "g")] }))
    await save(store, file("f", { entries: [entry("a", 2)] }))
    expect(await read(store, "f")).toEqual([entry("a", 2), entry("b", { x: 0.5, y: -3 })])
    expect(await read(store, "g")).toEqual([entry("a", "g")])
    expect(await read(store, "nobody's")).toEqual([])
  })

  it("R1: who left is gone, and a whole board replaces what was known", async () => {
    const store = await open(layerOf())
    await save(store, file("f", { entries: [entry("a"), entry("b"), entry("c")] }))
    await save(store, file("f", { left: ["b", "never seen"] }))
    expect((await read(store, "f")).map(({ clientId }) => clientId)).toEqual(["a", "c"])
    await save(store, file("f", { replaces: true, entries: [entry("d")] }))
    expect((await read(store, "f")).map(({ clientId }) => clientId)).toEqual(["d"])
    await save(store, file("f", { left: ["d"] }))
    expect(await read(store, "f")).toEqual([])
  })

  it("R1: nothing and very much are saved", async () => {
    const store = await open(layerOf())
    await save(store)
    await save(store, ...Array.from({ length: 500 }, (_, index) => file(`f${index}`, { entries: [entry("a"), entry("b")] })))
    expect(await read(store, "f499")).toHaveLength(2)
  })

  it("R2: what happens in files is heard by everybody who listens", async () => {
    const store = await open(layerOf())
    const [one, two] = [listen(store), listen(store)]
    await waitUntil(async () => {
      await Effect.runPromise(store.announce([join]))
      return one.length > 0 && two.length > 0
    }, { deadlineMillis: 5_000, what: "both listen" })
    await Effect.runPromise(store.announce([updated, { type: "leave", fileId: "f", clientId: "a" }]))
    await waitUntil(() => one.at(-1)?.type === "leave" && two.at(-1)?.type === "leave", { deadlineMillis: 5_000, what: "both heard" })
    expect(one.at(-2)).toEqual(updated)
    expect(two[0]).toEqual(join)
  })
}

describe("PresenceStore in memory", () => {
  suite(() => PresenceStore.layerMemory)
})

describeWithRedis("PresenceStore in Redis", () => {
  let redis: RedisServer
  beforeAll(async () => {
    redis = await RedisServer.start()
  })
  beforeEach(async () => {
    await redis.client.flushall()
  })
  afterAll(() => redis.stop())

  const layer = () => RedisPresenceStore.layer.pipe(Layer.provide(RedisConnection.layer(Redacted.make(redis.url))))
  const connected = async (): Promise<Store> => {
    const store = await open(layer())
    await untilKept(store)
    return store
  }
  const untilKept = (store: Store): Promise<void> =>
    waitUntil(async () => {
      await save(store, file("probe", { entries: [entry("a")] }))
      const kept = await Effect.runPromiseExit(store.read("probe"))
      return Exit.isSuccess(kept) && kept.value.length === 1
    }, { deadlineMillis: 10_000, what: "the store keeps what it is told" })

  suite(() => layer())

  it("R3: another node reads and hears what this one says, and ghosts are gone after their time", async () => {
    const [here, there] = [await connected(), await connected()]
    const heard = listen(there)
    await save(here, file("f", { entries: [entry("a", 1)] }))
    expect(await read(there, "f")).toEqual([entry("a", 1)])
    await waitUntil(async () => {
      await Effect.runPromise(here.announce([updated]))
      return heard.length > 0
    }, { deadlineMillis: 5_000, what: "it is heard" })
    expect(heard[0]).toEqual(updated)
    const left = await redis.client.pttl("easel:presence:{f}")
    expect(left).toBeGreaterThan(presenceMillisMax / 2)
    expect(left).toBeLessThanOrEqual(presenceMillisMax)
  })

  it("R3: what others wrote under its names breaks nothing", async () => {
    const store = await connected()
    const heard = listen(store)
    await redis.client.hset("easel:presence:{f}", { a: "no json", b: "{}", c: JSON.stringify(entry("c")) })
    expect(await read(store, "f")).toEqual([entry("c")])
    await waitUntil(async () => {
      await redis.client.publish("easel:file-events", "{\"type\":\"unknown\"}")
      await redis.client.publish("easel:file-events", JSON.stringify(join))
      return heard.length > 0
    }, { deadlineMillis: 5_000, what: "the good one is heard" })
    expect(heard.every(({ type }) => type === "join")).toBe(true)
  })

  it("R4: a Redis that is stopped, frozen, emptied or read-only costs a second at most, and comes back by itself", async () => {
    const own = await RedisServer.forTest()
    const store = await open(RedisPresenceStore.layer.pipe(Layer.provide(RedisConnection.layer(Redacted.make(own.url)))))
    await untilKept(store)
    const quick = async (): Promise<void> => {
      const startedMillis = performance.now()
      await save(store, file("f", { entries: [entry("a")] }))
      await Effect.runPromise(store.announce([updated]))
      expect(performance.now() - startedMillis).toBeLessThan(3_000)
    }
    await own.kill()
    await quick()
    expect(await Effect.runPromise(Effect.flip(store.read("f")))).toMatchObject({ _tag: "StoreUnavailable", service: "redis" })
    await own.start()
    await untilKept(store)

    own.freeze()
    await quick()
    own.thaw()
    await untilKept(store)

    await own.client.flushall()
    await untilKept(store)

    await own.client.replicaof("127.0.0.1", "1")
    await quick()
    await own.client.replicaof("NO", "ONE")
    await untilKept(store)
  })
})
