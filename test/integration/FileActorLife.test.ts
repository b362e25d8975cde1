/** A file's actor over its lives: passivation and checkpoints (A7), and keys that outlive all memory of them (A5). */
import { expect, layer } from "@effect/vitest"
import type { OperationResult } from "@easel/protocol"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import { eventually } from "../harness/eventually.ts"
import * as cluster from "../harness/fileCluster.ts"
import { logOf, newFile, type TestFile, upTo } from "../harness/fileCluster.ts"
import { create, move, rectangles, remove, update } from "../harness/operations.ts"
import { TestDatabase } from "../harness/testDatabase.ts"
import { watchFile } from "../harness/watchFile.ts"

const checkpointSeqs = (fileId: string) =>
  Effect.flatMap(TestDatabase, ({ sql }) =>
    Effect.map(
      sql<{ seq: number }>`SELECT seq::int AS seq FROM file_checkpoints WHERE file_id = ${fileId}::uuid ORDER BY 1`,
      (rows) => rows.map(({ seq }) => seq)
    ))

/** A file that leaves memory writes one; files are looked at every five seconds. */
const untilCheckpoint = (file: TestFile, seq: number) =>
  eventually(`there is a checkpoint at seq ${seq}`, Effect.map(Effect.orDie(checkpointSeqs(file.id)), (seqs) => seqs.includes(seq)))

const summaries = (results: ReadonlyArray<OperationResult>) =>
  results.map(({ first, reason, seq, status }) => `${status} ${first ?? reason ?? ""} ${seq}`)

/** One of each kind, each of which would be refused or lose if it were new a second time. */
const oneOfEach = () => {
  const now = Date.now() - 100
  return [
    create("page", {}, { timestamp: now }),
    create("child", { x: 1, name: "child" }, { parentId: "page", timestamp: now }),
    update("child", "x", 2, { timestamp: now + 1 }),
    move("child", null, { timestamp: now + 2 }),
    move("page", "child", { timestamp: now + 3 }),
    remove("page", { timestamp: now + 4 }),
    update("child", "x", 3, { timestamp: now })
  ]
}

const oneOfEachResends = [1, 2, 3, 4, 5, 6, 7].map((seq) => `duplicate ${seq === 7 ? "superseded" : "applied"} ${seq}`)

layer(cluster.layer({ idle: "1 second" }), { excludeTestServices: true })("FileActor", (it) => {
  it.effect("A5 A7: a file leaves memory with a checkpoint; its next life has a newer epoch, the same document and all keys", () =>
    Effect.gen(function*() {
      const { sql } = yield* TestDatabase
      const [resent, shortened, damaged, empty] = [yield* newFile, yield* newFile, yield* newFile, yield* newFile]
      const operations = oneOfEach()
      expect((yield* resent.submit(operations)).map(({ status }) => status))
        .toEqual(["applied", "applied", "applied", "applied", "applied", "applied", "superseded"])
      const large = rectangles(300)
      yield* shortened.submit(large)
      yield* damaged.submit(large)
      yield* empty.read
      const before = yield* Effect.all([resent.read, shortened.read, damaged.read])
      yield* Effect.all([untilCheckpoint(resent, 7), untilCheckpoint(shortened, 300), untilCheckpoint(damaged, 300)])

      // One has nothing but its checkpoint, another nothing but its log.
      yield* sql`DELETE FROM operations WHERE file_id = ${shortened.id}::uuid`
      yield* sql`UPDATE file_checkpoints SET sha256 = ${"0".repeat(64)} WHERE file_id = ${damaged.id}::uuid`
      expect(summaries(yield* resent.submit(operations))).toEqual(oneOfEachResends)
      const after = yield* Effect.all([resent.read, shortened.read, damaged.read])
      expect(after.map(({ digest, objects, seq }) => ({ digest, objects, seq }))).toEqual(
        before.map(({ digest, objects, seq }) => ({ digest, objects, seq }))
      )
      after.forEach(({ epoch }, index) => expect(epoch).toBeGreaterThan(before[index]?.epoch ?? Infinity))
      expect(yield* resent.submit([{ ...create("page"), idempotencyKey: operations[0]?.id ?? "" }]))
        .toMatchObject([{ status: "rejected", reason: "idempotency_conflict" }])
      expect(yield* logOf(resent.id)).toHaveLength(7)
      expect(yield* checkpointSeqs(empty.id)).toEqual([])
    }))

  it.effect("A7: a file that is watched stays in memory", () =>
    Effect.gen(function*() {
      const [watched, other] = [yield* newFile, yield* newFile]
      yield* watchFile(watched)
      yield* watched.submit(rectangles(3))
      yield* other.submit(rectangles(3))
      const { epoch } = yield* watched.read
      yield* untilCheckpoint(other, 3)
      expect((yield* watched.read).epoch).toBe(epoch)
      expect(yield* checkpointSeqs(watched.id)).toEqual([])
    }))
})

layer(cluster.database, { excludeTestServices: true })("FileActor", (it) => {
  it.effect("A5: keys older than what an actor remembers are known after a restart and in the same life", () =>
    Effect.gen(function*() {
      const operations = oneOfEach()
      const bulk = rectangles(4_500, "bulk")
      const file = yield* Effect.gen(function*() {
        const file = yield* newFile
        yield* file.submit(operations)
        yield* file.submit(bulk)
        expect(summaries(yield* file.submit(operations))).toEqual(oneOfEachResends)
        return file
      }).pipe(Effect.provide(cluster.layerOver()))
      yield* Effect.gen(function*() {
        const reopened = yield* cluster.fileOf(file.id)
        expect(summaries(yield* reopened.submit(operations))).toEqual(oneOfEachResends)
        const again = yield* reopened.submit(bulk)
        expect(again.filter(({ seq, status }, index) => status !== "duplicate" || seq !== index + 8)).toEqual([])
        expect(yield* reopened.submit([create("new")])).toMatchObject([{ status: "applied", seq: 4_508 }])
      }).pipe(Effect.provide(cluster.layerOver()))
      expect(yield* logOf(file.id)).toHaveLength(4_508)
    }))

  it.effect("A5: a resend of what is still in flight is a duplicate, however much is in flight", () =>
    Effect.gen(function*() {
      const { lockFile, untilBlocked } = yield* TestDatabase
      const file = yield* newFile
      yield* file.read
      const lock = yield* lockFile(file.id)
      const bulk = rectangles(4_500)
      const first = yield* Effect.forkChild(file.submit(bulk))
      yield* untilBlocked("easel-journal")
      const resent = yield* Effect.forkChild(file.submit(bulk.slice(0, 10)))
      yield* file.read
      yield* lock.release
      yield* Fiber.join(first)
      expect(summaries(yield* Fiber.join(resent))).toEqual(upTo(10).map((seq) => `duplicate applied ${seq}`))
    }).pipe(Effect.provide(cluster.layerOver())))

  it.effect("A7: every so many operations a checkpoint is written without the file leaving memory", () =>
    Effect.gen(function*() {
      const file = yield* newFile
      const { epoch } = yield* file.read
      yield* file.submit(rectangles(2_500, "a"))
      yield* untilCheckpoint(file, 2_500)
      yield* file.submit(rectangles(10, "b"))
      expect(yield* file.read).toMatchObject({ epoch, seq: 2_510 })
    }).pipe(Effect.provide(cluster.layerOver())))

  it.effect("A2: epochs grow from life to life and never decrease along seq", () =>
    Effect.gen(function*() {
      const file = yield* Effect.provide(newFile, cluster.layerOver())
      for (let life = 1; life <= 3; life++) {
        yield* Effect.gen(function*() {
          const { submit } = yield* cluster.fileOf(file.id)
          yield* submit(rectangles(2, `life${life}-`))
        }).pipe(Effect.provide(cluster.layerOver()))
      }
      const log = yield* logOf(file.id)
      expect(log.map(({ seq }) => seq)).toEqual([1, 2, 3, 4, 5, 6])
      expect(new Set(log.map(({ epoch }) => epoch)).size).toBe(3)
      expect(log.map(({ epoch }) => epoch)).toEqual(log.map(({ epoch }) => epoch).sort((a, b) => a - b))
    }))
})
