/** A8 under load: connections end, replies are lost, and still nothing is lost, doubled or told twice. */
import { expect, layer } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import { eventuallySync } from "../harness/eventually.ts"
import { fileOf, logOf, newFile, upTo } from "../harness/fileCluster.ts"
import * as proxied from "../harness/journalProxy.ts"
import { create, rectangles } from "../harness/operations.ts"
import { TestDatabase } from "../harness/testDatabase.ts"
import { watchFile } from "../harness/watchFile.ts"
import { Writers } from "../harness/writers.ts"

const writersCount = 6

/** Runs the faults one after the other, each after some progress, with writers and watchers on one file. */
const underLoad = <E, R>(faults: (fileId: string) => ReadonlyArray<Effect.Effect<unknown, E, R>>) =>
  Effect.gen(function*() {
    const file = yield* newFile
    yield* file.submit(rectangles(writersCount))
    const watchers = yield* Effect.all([watchFile(file, { sinceSeq: 0 }), watchFile(file)])
    yield* eventuallySync("the watches are live", () => watchers.every(({ seq }) => seq === writersCount))
    const writers = new Writers(file)
    let done = false
    const writing = yield* Effect.forEach(upTo(writersCount), (n) =>
      Effect.forkChild(writers.write(`client${n}`, `rectangle${n - 1}`, () => done)))
    for (const fault of faults(file.id)) {
      const { answered } = writers
      yield* eventuallySync("some more is answered", () => writers.answered > answered + 100)
      yield* fault
    }
    const { answered } = writers
    yield* eventuallySync("it goes on after the last fault", () => writers.answered > answered + 100)
    done = true
    yield* Effect.forEach(writing, Fiber.join)

    const total = yield* writers.expectExact(writersCount)
    const fromStart = (from: number) => upTo(total).slice(from)
    for (const [watcher, from] of [[watchers[0], 0], [watchers[1], writersCount]] as const) {
      yield* eventuallySync("the watcher has everything", () => watcher.seq === total)
      expect(watcher.faults).toEqual([])
      expect(watcher.operations.map(({ seq }) => seq)).toEqual(fromStart(from))
    }
    return { file, writers, watchers, total }
  })

layer(proxied.layer, { excludeTestServices: true })("FileActor", (it) => {
  it.effect("A8: the journal's connection is terminated again and again", () =>
    Effect.gen(function*() {
      const { terminate } = yield* TestDatabase
      yield* underLoad(() => Array.from({ length: 8 }, () => terminate("commits")))
    }))

  it.effect("A8: the connection is terminated while a commit certainly waits on it", () =>
    Effect.gen(function*() {
      const { lockFile, terminate, untilBlocked } = yield* TestDatabase
      yield* underLoad((fileId) => Array.from({ length: 4 }, () =>
        Effect.gen(function*() {
          const lock = yield* lockFile(fileId)
          yield* untilBlocked("easel-journal")
          expect(yield* terminate("commits")).toBe(1)
          yield* lock.release
        })))
    }))

  it.effect("A8: commits succeed and their replies are lost", () =>
    Effect.gen(function*() {
      const proxy = yield* proxied.JournalProxy
      let committed = 0
      yield* underLoad((fileId) => Array.from({ length: 5 }, () =>
        Effect.gen(function*() {
          proxy.holdReplies()
          yield* eventuallySync("a reply is held back", () => proxy.heldBytes > 0)
          const before = (yield* logOf(fileId)).length
          proxy.cut()
          proxy.releaseReplies()
          committed = Math.max(committed, before)
        })))
      expect(committed).toBeGreaterThan(0)
    }))

  it.effect("A10: a commit whose reply comes after a defect is not told again", () =>
    Effect.gen(function*() {
      const proxy = yield* proxied.JournalProxy
      const file = yield* newFile
      yield* file.submit(rectangles(1))
      const watcher = yield* watchFile(file, { sinceSeq: 0 })
      yield* eventuallySync("the watch is live", () => watcher.seq === 1)
      proxy.holdReplies()
      const late = yield* Effect.forkChild(Effect.flip(file.submit([create("late")])))
      yield* eventuallySync("the reply is held back", () => proxy.heldBytes > 0)
      const broken = { ...create("broken"), newValue: { get x(): number { throw new Error("a defect, for the test") } } }
      expect(yield* Effect.flip(file.submit([broken]))).toMatchObject({ _tag: "CommitIndeterminate" })
      expect(yield* Fiber.join(late)).toMatchObject({ _tag: "CommitIndeterminate" })
      yield* eventuallySync("the file is loaded again, with what was committed", () => watcher.seq === 2)
      proxy.releaseReplies()
      expect(yield* file.submit([create("next")])).toMatchObject([{ status: "applied", seq: 3 }])
      yield* eventuallySync("the watch goes on", () => watcher.seq === 3)
      expect(watcher.faults).toEqual([])
      expect(watcher.operations.map(({ seq }) => seq)).toEqual([1, 2, 3])
    }))

  it.effect("A8: all connections of the node are terminated during load", () =>
    Effect.gen(function*() {
      const { terminate } = yield* TestDatabase
      yield* underLoad(() => Array.from({ length: 3 }, () => terminate("locks", "queries", "commits")))
    }))
})

layer(proxied.database, { excludeTestServices: true })("FileActor", (it) => {
  it.effect("A5: after a restart under load every key is known, and the digest is the same", () =>
    Effect.gen(function*() {
      const { terminate } = yield* TestDatabase
      const operations = rectangles(300, "again")
      const { digest, fileId } = yield* Effect.gen(function*() {
        const { file, total } = yield* underLoad(() => [terminate("commits"), terminate("commits")])
        yield* file.submit(operations)
        const { digest, seq } = yield* file.read
        expect(seq).toBe(total + 300)
        return { fileId: file.id, digest }
      }).pipe(Effect.scoped, Effect.provide(proxied.clusterOver))
      yield* Effect.gen(function*() {
        const file = yield* fileOf(fileId)
        expect((yield* file.read).digest).toBe(digest)
        const results = yield* file.submit(operations)
        expect(new Set(results.map(({ first, status }) => `${status} ${first}`))).toEqual(new Set(["duplicate applied"]))
      }).pipe(Effect.provide(proxied.clusterOver))
    }))
})
