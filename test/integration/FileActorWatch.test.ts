/** Watching a file: everything once and in order (A10), and presence, which may be lost but never stays (P6). */
import { expect, layer } from "@effect/vitest"
import { Limits } from "@easel/protocol"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Stream from "effect/Stream"
import { committedFile } from "../harness/committedFile.ts"
import { eventuallySync } from "../harness/eventually.ts"
import * as cluster from "../harness/fileCluster.ts"
import { newFile, type TestFile, upTo } from "../harness/fileCluster.ts"
import { create, rectangles, update } from "../harness/operations.ts"
import { TestDatabase } from "../harness/testDatabase.ts"
import { type Watcher, watchFile } from "../harness/watchFile.ts"
import { Writers } from "../harness/writers.ts"

const editor = (clientId: string) => ({ clientId, userId: `user-${clientId}`, userName: clientId })

const moveTo = (file: TestFile, gatewayId: string, clientId: string, x: number, left: ReadonlyArray<string> = []) =>
  file.client.MovePresence({ gatewayId, patches: [{ clientId, cursor: { x }, selection: null, viewport: null }], left })

layer(cluster.layer(), { excludeTestServices: true })("FileActor", (it) => {
  it.effect("A10: watchers from every position, opened during heavy writes, get each commit once", () =>
    Effect.gen(function*() {
      const file = yield* committedFile(200)
      yield* file.read
      const writers = new Writers(file)
      let done = false
      const writing = yield* Effect.forEach(upTo(6), (n) =>
        Effect.forkChild(writers.write(`client${n}`, `object${n}`, () => done)))
      const watchers: Array<{ readonly sinceSeq: number | undefined; readonly watcher: Watcher }> = []
      for (const sinceSeq of [0, 1, 57, 199, 200, undefined, undefined, 150, 0, 10]) {
        const { answered } = writers
        yield* eventuallySync("some more is answered", () => writers.answered > answered + 50)
        const position = sinceSeq === undefined ? {} : { sinceSeq }
        watchers.push({ sinceSeq, watcher: yield* watchFile(file, position) })
      }
      yield* eventuallySync("all are live", () => watchers.every(({ watcher }) => watcher.opened === 1))
      const { answered } = writers
      yield* eventuallySync("some more is answered", () => writers.answered > answered + 200)
      done = true
      yield* Effect.forEach(writing, Fiber.join)
      const total = yield* writers.expectExact(200)
      for (const { sinceSeq, watcher } of watchers) {
        yield* eventuallySync("the watcher has everything", () => watcher.seq === total, () => watcher.seq)
        expect(watcher.faults).toEqual([])
        const seqs = watcher.operations.map(({ seq }) => seq)
        const first = sinceSeq === undefined ? seqs[0] ?? 0 : sinceSeq + 1
        expect(seqs).toEqual(Array.from({ length: total - first + 1 }, (_, index) => first + index))
      }
    }))

  it.effect("A10: editors that join during heavy writes are complete at their seq, with or without sinceSeq", () =>
    Effect.gen(function*() {
      const file = yield* committedFile(50)
      yield* file.read
      const writers = new Writers(file)
      let done = false
      const writing = yield* Effect.forEach(upTo(4), (n) => Effect.forkChild(writers.write(`client${n}`, `object${n}`, () => done)))
      for (const sinceSeq of [undefined, 0, 49, 50, undefined, 20]) {
        const { answered } = writers
        yield* eventuallySync("some more is answered", () => writers.answered > answered + 40)
        const joined = yield* file.join(sinceSeq === undefined ? {} : { sinceSeq })
        const { missed, snapshot } = joined
        expect(snapshot === undefined).toBe(sinceSeq !== undefined)
        const from = snapshot?.seq ?? sinceSeq
        if (missed !== undefined) {
          expect({ fromSeq: missed.fromSeq, seq: missed.seq }).toEqual({ fromSeq: from, seq: joined.seq })
          const operations: ReadonlyArray<{ seq: number }> = JSON.parse(`[${Buffer.from(missed.body).toString("utf8")}]`)
          expect(operations.map(({ seq }) => seq)).toEqual(Array.from({ length: missed.seq - missed.fromSeq }, (_, index) => missed.fromSeq + index + 1))
        } else expect(joined.seq).toBe(from)
      }
      done = true
      yield* Effect.forEach(writing, Fiber.join)
    }))

  it.effect("A10: who missed too much, or names a seq that is not there yet, is told to take a snapshot", () =>
    Effect.gen(function*() {
      const file = yield* committedFile(Limits.catchUpOperationsMax + 10)
      for (const sinceSeq of [0, 9, 1_000_000]) {
        const watcher = yield* watchFile(file, { sinceSeq })
        yield* eventuallySync("the watch says something", () => watcher.events.length >= 2)
        expect(watcher.events.slice(0, 2).map(({ _tag }) => _tag)).toEqual(["Lost", "Live"])
        expect((yield* file.join({ sinceSeq })).snapshot).toBeDefined()
        yield* watcher.stop
      }
      const watcher = yield* watchFile(file, { sinceSeq: 10 })
      yield* eventuallySync("the watcher has everything", () => watcher.operations.length === Limits.catchUpOperationsMax)
      expect(watcher.faults).toEqual([])
      expect((yield* file.join({ sinceSeq: 10 })).snapshot).toBeUndefined()
    }))

  it.effect("A10: a gateway that watches again replaces its former watch", () =>
    Effect.gen(function*() {
      const file = yield* newFile
      const [former] = yield* Effect.all([
        Effect.forkChild(Effect.flip(Stream.runDrain(file.client.Watch({ gatewayId: "same", editors: [], shown: [] }))))
      ])
      const other = yield* watchFile(file)
      yield* eventuallySync("the other is live", () => other.opened === 1)
      const later = yield* watchFile(file, { gatewayId: "same", sinceSeq: 0 })
      expect(yield* Fiber.join(former)).toMatchObject({ _tag: "FileUnavailable" })
      yield* file.submit(rectangles(3))
      yield* eventuallySync("both have it", () => later.seq === 3 && other.seq === 3)
      expect(later.opened).toBe(1)
    }))

  it.effect("P6: presence is coalesced, newest only, and told to watchers at a bounded rate", () =>
    Effect.gen(function*() {
      const file = yield* newFile
      const watcher = yield* watchFile(file, { gatewayId: "far" })
      yield* eventuallySync("the watch is live", () => watcher.opened === 1)
      const started = performance.now()
      yield* file.join({ gatewayId: "near", clientId: "ada" })
      yield* file.join({ gatewayId: "near", clientId: "bob" })
      for (let x = 1; x <= 500; x++) yield* moveTo(file, "near", x % 2 === 0 ? "ada" : "bob", x)
      yield* eventuallySync("the last movement is known", () =>
        JSON.stringify([watcher.presence.get("ada")?.cursor, watcher.presence.get("bob")?.cursor]) === `[{"x":500},{"x":499}]`)
      const ticks = (performance.now() - started) / 1000 * Limits.presenceHertz
      expect(watcher.presenceEvents.length).toBeLessThanOrEqual(ticks + 2)
      expect(watcher.presence.get("ada")).toMatchObject({ ...editor("ada"), userName: "Ada" })
      expect(watcher.presence.get("ada")?.color).not.toBe(watcher.presence.get("bob")?.color)
    }))

  it.effect("P6: movements of clients without a seat are ignored, those who leave are named", () =>
    Effect.gen(function*() {
      const file = yield* newFile
      const watcher = yield* watchFile(file)
      yield* eventuallySync("the watch is live", () => watcher.opened === 1)
      yield* file.join({ clientId: "ada" })
      yield* moveTo(file, "gateway", "nobody", 1)
      yield* moveTo(file, "gateway", "ada", 2, ["somebody"])
      yield* eventuallySync("ada is seen", () => watcher.presence.has("ada"))
      yield* moveTo(file, "gateway", "ada", 3, ["ada"])
      yield* eventuallySync("ada is gone", () => watcher.left.includes("ada"))
      expect([...watcher.presence.keys()]).toEqual([])
      expect(watcher.left).toEqual(["ada"])
      const joined = yield* file.join({ clientId: "bob" })
      expect(Buffer.from(joined.presence).toString()).toBe("")
    }))

  it.effect("P6: the editors of a gateway are gone when its watch ends, and back when it watches again", () =>
    Effect.gen(function*() {
      const file = yield* newFile
      const watcher = yield* watchFile(file)
      yield* eventuallySync("the watch is live", () => watcher.opened === 1)
      const gateway = yield* watchFile(file, { gatewayId: "gateway", editors: [editor("ada"), editor("bob")] })
      yield* eventuallySync("both are seen", () => watcher.presence.size === 2)
      yield* gateway.stop
      yield* eventuallySync("both are gone", () => watcher.presence.size === 0)
      expect([...watcher.left].sort()).toEqual(["ada", "bob"])
      yield* watchFile(file, { gatewayId: "gateway", editors: [editor("bob")] })
      yield* eventuallySync("bob is back", () => [...watcher.presence.keys()].join() === "bob")
    }))

  it.effect("P6: the editors of a gateway that is gone before its watch is open are gone too", () =>
    Effect.gen(function*() {
      const { hold, sql } = yield* TestDatabase
      const file = yield* committedFile(5)
      yield* file.read
      const watcher = yield* watchFile(file)
      yield* eventuallySync("the watch is live", () => watcher.opened === 1)
      // What it missed must be read from the log, which is locked.
      const lock = yield* hold(sql`LOCK TABLE operations IN ACCESS EXCLUSIVE MODE`)
      const gateway = yield* watchFile(file, { gatewayId: "gone", sinceSeq: 1, editors: [editor("ada")] })
      yield* eventuallySync("ada is seen", () => watcher.presence.has("ada"))
      yield* gateway.stop
      yield* lock.release
      yield* eventuallySync("ada is gone", () => watcher.left.includes("ada"))
    }))

  it.effect("P6: presence never waits for a commit", () =>
    Effect.gen(function*() {
      const { lockFile, untilBlocked } = yield* TestDatabase
      const file = yield* newFile
      yield* file.join({ clientId: "ada" })
      const watcher = yield* watchFile(file)
      yield* eventuallySync("the watch is live", () => watcher.opened === 1)
      const lock = yield* lockFile(file.id)
      const commits = yield* Effect.forEach(upTo(5), (n) => Effect.forkChild(file.submit([create(`object${n}`), update("object1", "x", n)])))
      yield* untilBlocked("easel-journal")
      yield* moveTo(file, "gateway", "ada", 7)
      yield* eventuallySync("the movement is known", () => JSON.stringify(watcher.presence.get("ada")?.cursor) === `{"x":7}`)
      expect(watcher.seq).toBe(0)
      yield* lock.release
      yield* Effect.forEach(commits, Fiber.join)
    }))
})
