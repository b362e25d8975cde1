/** The edit path of a file's actor on a real node: the output gate (A1), order (A2), clamping (A3), superseding (A4). */
import { expect, layer } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import { eventuallySync } from "../harness/eventually.ts"
import * as cluster from "../harness/fileCluster.ts"
import { logOf, newFile, upTo, viewOf } from "../harness/fileCluster.ts"
import { create, move, rectangles, remove, update } from "../harness/operations.ts"
import { TestDatabase } from "../harness/testDatabase.ts"
import { watchFile } from "../harness/watchFile.ts"

layer(cluster.layer(), { excludeTestServices: true })("FileActor", (it) => {
  it.effect("A1: while a commit waits nothing of it is acknowledged, broadcast or read; afterwards all of it, in order", () =>
    Effect.gen(function*() {
      const { lockFile, untilBlocked } = yield* TestDatabase
      const file = yield* newFile
      yield* file.submit(rectangles(3))
      const before = yield* file.read
      const watcher = yield* watchFile(file)
      yield* eventuallySync("the watch is live", () => watcher.seq === 3)

      const lock = yield* lockFile(file.id)
      const answered: Array<string> = []
      const submit = (name: string, operations: Parameters<typeof file.submit>[0]) =>
        file.submit(operations, name).pipe(Effect.tap(() => Effect.sync(() => answered.push(name))), Effect.forkChild)
      const first = yield* submit("first", [update("rectangle0", "x", 100), create("new")])
      yield* untilBlocked("easel-journal")
      const second = yield* submit("second", [update("new", "x", 5)])
      const third = yield* submit("third", [remove("rectangle1")])

      expect(yield* file.read).toEqual(before)
      const joined = yield* file.join()
      expect({ seq: joined.seq, objects: joined.snapshot === undefined ? [] : viewOf(joined.snapshot.body).objects })
        .toEqual({ seq: 3, objects: before.objects })
      expect(yield* file.join({ sinceSeq: 3 })).toMatchObject({ seq: 3, missed: { fromSeq: 3, seq: 3 } })
      expect(answered).toEqual([])
      expect(watcher.seq).toBe(3)

      yield* lock.release
      expect(yield* Fiber.join(first)).toMatchObject([{ status: "applied", seq: 4 }, { status: "applied", seq: 5 }])
      expect(yield* Fiber.join(second)).toMatchObject([{ status: "applied", seq: 6 }])
      expect(yield* Fiber.join(third)).toMatchObject([{ status: "applied", seq: 7 }])
      expect(answered).toEqual(["first", "second", "third"])
      yield* eventuallySync("all is broadcast", () => watcher.seq === 7)
      expect(watcher.operations.map(({ seq }) => seq)).toEqual([4, 5, 6, 7])
      expect(watcher.faults).toEqual([])
    }))

  it.effect("A1: an answer that depends on what is not committed waits for it", () =>
    Effect.gen(function*() {
      const { lockFile, untilBlocked } = yield* TestDatabase
      const file = yield* newFile
      yield* file.submit(rectangles(1))
      const lock = yield* lockFile(file.id)
      const operation = create("new")
      const first = yield* Effect.forkChild(file.submit([operation]))
      yield* untilBlocked("easel-journal")
      const resent = yield* Effect.forkChild(file.submit([operation]))
      const refused = yield* Effect.forkChild(file.submit([create("new"), update("missing", "x", 1)], "bob"))
      yield* Effect.yieldNow
      yield* file.read
      expect([first, resent, refused].map((fiber) => fiber.pollUnsafe())).toEqual([undefined, undefined, undefined])
      yield* lock.release
      expect(yield* Fiber.join(first)).toMatchObject([{ status: "applied", seq: 2 }])
      expect(yield* Fiber.join(resent)).toMatchObject([{ status: "duplicate", seq: 2, first: "applied" }])
      expect(yield* Fiber.join(refused)).toMatchObject([
        { status: "rejected", seq: 0, reason: "object_exists" },
        { status: "rejected", seq: 0, reason: "object_missing" }
      ])
    }))

  it.effect("A1: what is answered is in the database before", () =>
    Effect.gen(function*() {
      const file = yield* newFile
      yield* Effect.forEach(upTo(40), (n) =>
        Effect.gen(function*() {
          const [result] = yield* file.submit([create(`object${n}`)], `client${n % 5}`)
          const keys = (yield* logOf(file.id)).map(({ seq }) => seq)
          expect(keys).toContain(result?.seq)
        }), { concurrency: 8 })
    }))

  it.effect("A2: seqs are gapless over many clients, refused operations take none, and each client's order is kept", () =>
    Effect.gen(function*() {
      const file = yield* newFile
      const seqs = yield* Effect.forEach(upTo(10), (client) =>
        Effect.forEach(upTo(12), (n) => {
          const good = create(`${client}:${n}`)
          return file.submit([good, update("missing", "x", 1), update(good.objectId, "unknown", 1), update(good.objectId, "x", n)], `client${client}`)
        }), { concurrency: "unbounded" })
      const log = yield* logOf(file.id)
      expect(log.map(({ seq }) => seq)).toEqual(upTo(240))
      for (const ofClient of seqs) {
        const own = ofClient.flat().filter(({ status }) => status !== "rejected").map(({ seq }) => seq)
        expect(own).toEqual([...own].sort((a, b) => a - b))
        expect(ofClient.flat().filter(({ status }) => status === "rejected")).toHaveLength(24)
      }
      expect((yield* file.read).seq).toBe(240)
    }))

  it.effect("A3: a timestamp far ahead is clamped, and the answer says to what", () =>
    Effect.gen(function*() {
      const file = yield* newFile
      const before = Date.now()
      const [result] = yield* file.submit([create("object", {}, { timestamp: Date.now() + 3_600_000 })])
      expect(result?.timestamp).toBeGreaterThanOrEqual(before + 1_000)
      expect(result?.timestamp).toBeLessThanOrEqual(Date.now() + 1_000)
      const [near] = yield* file.submit([create("near", {}, { timestamp: Date.now() + 300 })])
      expect(near).not.toHaveProperty("timestamp")
    }))

  it.effect("A4: an operation that loses is in the log, changes nothing, and is not shown to watchers", () =>
    Effect.gen(function*() {
      const file = yield* newFile
      const watcher = yield* watchFile(file)
      yield* eventuallySync("the watch is live", () => watcher.seq === 0)
      const now = Date.now()
      yield* file.submit([create("object", { x: 1 }, { timestamp: now - 50 }), update("object", "x", 2, { timestamp: now })])
      const { digest } = yield* file.read
      expect(yield* file.submit([update("object", "x", 3, { timestamp: now - 10 })], "bob")).toMatchObject([{ status: "superseded", seq: 3 }])
      expect(yield* file.read).toMatchObject({ digest, seq: 3 })
      expect((yield* logOf(file.id)).map(({ status }) => status)).toEqual(["applied", "applied", "superseded"])
      yield* eventuallySync("the commit is broadcast", () => watcher.seq === 3)
      expect(watcher.operations.map(({ seq }) => seq)).toEqual([1, 2])
      expect(watcher.faults).toEqual([])
    }))

  it.effect("D15: siblings that want the same place get neighbouring ones, and the answers say which", () =>
    Effect.gen(function*() {
      const file = yield* newFile
      const [first, second] = yield* file.submit([create("a", {}, { orderKey: "a0" }), create("b", {}, { orderKey: "a0" })])
      expect(first).not.toHaveProperty("orderKey")
      expect(second?.orderKey).toSatisfy((key: unknown) => typeof key === "string" && key > "a0")
      const [moved] = yield* file.submit([move("a", null)])
      expect(moved?.orderKey).toBeTypeOf("string")
      expect((yield* file.read).objects.map(({ id }) => id)).toEqual(["b", "a"])
    }))

  it.effect("A2: 4,000 operations in one call, and an empty call", () =>
    Effect.gen(function*() {
      const file = yield* newFile
      expect(yield* file.submit([])).toEqual([])
      const results = yield* file.submit(rectangles(4_000))
      expect(results.map(({ seq }) => seq)).toEqual(upTo(4_000))
      expect((yield* file.read).objects).toHaveLength(4_000)
    }))
})
