/** The journal against PostgreSQL (J1 to J4): durable before it returns, fenced, shared, and free of poison. */
import { expect, it, layer } from "@effect/vitest"
import { Files, Journal, type JournalBatch, Log } from "@easel/store"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import { batchOf, entryOf, rowsOf } from "../harness/journalBatch.ts"
import * as store from "../harness/storeLayer.ts"
import { TestDatabase, testLease } from "../harness/testDatabase.ts"

const newFile = Effect.gen(function*() {
  const files = yield* Files
  const { id } = yield* files.create("Journal")
  return yield* files.activate(id, testLease)
})

const append = (batch: JournalBatch) => Effect.flatMap(Journal, (journal) => journal.append(batch))

/** The rows of a file as another session sees them. */
const committed = (fileId: string) =>
  Effect.flatMap(TestDatabase, ({ sql }) =>
    sql<{ seq: number; epoch: number; statement: string }>`
      SELECT seq::int AS seq, epoch::int AS epoch, xmin::text AS statement FROM operations
      WHERE file_id = ${fileId}::uuid ORDER BY seq`)

const headSeq = (fileId: string) => Effect.flatMap(Files, (files) => Effect.map(files.find(fileId), ({ seq }) => seq))

const upTo = (count: number) => Array.from({ length: count }, (_, index) => index + 1)

layer(store.layer, { excludeTestServices: true })("Journal", (it) => {
  it.effect("J1: rows are visible to another session when append returns", () =>
    Effect.gen(function*() {
      const { epoch, fileId } = yield* newFile
      for (let expectedSeq = 0; expectedSeq < 50; expectedSeq += 5) {
        yield* append(batchOf({ fileId, epoch, expectedSeq }, 5))
        expect((yield* committed(fileId)).map(({ seq }) => seq)).toEqual(upTo(expectedSeq + 5))
        expect(yield* headSeq(fileId)).toBe(expectedSeq + 5)
      }
    }))

  it.effect("J1: an append does not return while its statement waits", () =>
    Effect.gen(function*() {
      const { lockFile, untilBlocked } = yield* TestDatabase
      const { epoch, fileId } = yield* newFile
      const lock = yield* lockFile(fileId)
      const fiber = yield* Effect.forkChild(append(batchOf({ fileId, epoch, expectedSeq: 0 }, 3)))
      yield* untilBlocked("easel-journal")
      expect(fiber.pollUnsafe()).toBeUndefined()
      expect(yield* committed(fileId)).toEqual([])
      yield* lock.release
      yield* Fiber.join(fiber)
      expect(yield* committed(fileId)).toHaveLength(3)
    }))

  it.effect("J2: a wrong epoch, a wrong head and a deleted file are stale and leave nothing", () =>
    Effect.gen(function*() {
      const { sql } = yield* TestDatabase
      const { epoch, fileId } = yield* newFile
      yield* append(batchOf({ fileId, epoch, expectedSeq: 0 }, 2))
      const wrong = [
        { fileId, epoch: epoch - 1, expectedSeq: 2 },
        { fileId, epoch: epoch + 1, expectedSeq: 2 },
        { fileId, epoch, expectedSeq: 1 },
        { fileId, epoch, expectedSeq: 3 },
        { fileId: crypto.randomUUID(), epoch, expectedSeq: 0 }
      ]
      for (const fields of wrong) {
        expect(yield* Effect.flip(append(batchOf(fields, 2)))).toMatchObject({ _tag: "CommitStale", fileId: fields.fileId })
      }
      yield* sql`UPDATE files SET deleted_at = now() WHERE id = ${fileId}::uuid`
      expect(yield* Effect.flip(append(batchOf({ fileId, epoch, expectedSeq: 2 }, 2)))).toMatchObject({ _tag: "CommitStale" })
      expect((yield* committed(fileId)).map(({ seq }) => seq)).toEqual([1, 2])
    }))

  it.effect("J2: a stale batch costs the other files of its statement nothing", () =>
    Effect.gen(function*() {
      const { lockFile, untilBlocked } = yield* TestDatabase
      const [blocked, other, fresh, old] = [yield* newFile, yield* newFile, yield* newFile, yield* newFile]
      const lock = yield* lockFile(blocked.fileId)
      const first = yield* Effect.forkChild(append(batchOf({ ...blocked, expectedSeq: 0 }, 1)))
      const second = yield* Effect.forkChild(append(batchOf({ ...other, expectedSeq: 0 }, 1)))
      yield* untilBlocked("easel-journal")
      // Both places of the pipeline are taken: these two share a statement.
      const good = yield* Effect.forkChild(append(batchOf({ ...fresh, expectedSeq: 0 }, 2)))
      const stale = yield* Effect.forkChild(Effect.flip(append(batchOf({ ...old, epoch: old.epoch + 1, expectedSeq: 0 }, 2))))
      yield* Effect.yieldNow
      yield* lock.release
      yield* Effect.all([Fiber.join(first), Fiber.join(second), Fiber.join(good)])
      expect(yield* Fiber.join(stale)).toMatchObject({ _tag: "CommitStale", fileId: old.fileId })
      expect(yield* committed(fresh.fileId)).toHaveLength(2)
      expect(yield* committed(old.fileId)).toEqual([])
    }))

  it.effect("J2: of two writers who race for the same head exactly one wins, again and again", () =>
    Effect.gen(function*() {
      const { epoch, fileId } = yield* newFile
      for (let expectedSeq = 0; expectedSeq < 40; expectedSeq += 2) {
        const race = Array.from({ length: 3 }, () => Effect.exit(append(batchOf({ fileId, epoch, expectedSeq }, 2))))
        const exits = yield* Effect.all(race, { concurrency: "unbounded" })
        expect(exits.filter(({ _tag }) => _tag === "Success")).toHaveLength(1)
      }
      expect((yield* committed(fileId)).map(({ seq }) => seq)).toEqual(upTo(40))
    }))

  it.effect("J2: a key that is in the log is stale, whichever month holds it", () =>
    Effect.gen(function*() {
      const { sql } = yield* TestDatabase
      const { epoch, fileId } = yield* newFile
      yield* append({ fileId, epoch, access: 0, expectedSeq: 0, rows: rowsOf([entryOf(1, { key: "old" }), entryOf(2, { key: "recent" })]) })
      yield* sql`SELECT easel_ensure_operations_partition((current_date - interval '3 months')::date)`
      yield* sql`UPDATE operations SET committed_at = now() - interval '3 months' WHERE file_id = ${fileId}::uuid AND seq = 1`
      for (const key of ["old", "recent"]) {
        const rows = rowsOf([entryOf(3), entryOf(4, { key })])
        expect(yield* Effect.flip(append({ fileId, epoch, access: 0, expectedSeq: 2, rows }))).toMatchObject({ _tag: "CommitStale", fileId })
      }
      // The same keys are free in other files.
      const other = yield* newFile
      yield* append({ ...other, expectedSeq: 0, rows: rowsOf([entryOf(1, { key: "old" }), entryOf(2, { key: "recent" })]) })
      yield* append(batchOf({ fileId, epoch, expectedSeq: 2 }, 1))
      expect((yield* committed(fileId)).map(({ seq }) => seq)).toEqual([1, 2, 3])
    }))

  it.effect("J3: appends of 50 files issued at once share few statements", () =>
    Effect.gen(function*() {
      const { sql } = yield* TestDatabase
      const grants = yield* Effect.all(Array.from({ length: 50 }, () => newFile))
      yield* Effect.forEach(grants, (grant) => append(batchOf({ ...grant, expectedSeq: 0 }, 4)), { concurrency: "unbounded" })
      const ids = grants.map(({ fileId }) => fileId)
      const [counted] = yield* sql<{ rows: number; statements: number }>`
        SELECT count(*)::int AS rows, count(DISTINCT xmin::text)::int AS statements FROM operations
        WHERE file_id::text = ANY(${ids}::text[])`
      expect(counted?.rows).toBe(200)
      expect(counted?.statements).toBeLessThanOrEqual(4)
    }))

  it.effect("J3: what waits behind a commit shares the next one, at most one batch per file", () =>
    Effect.gen(function*() {
      const { lockFile, untilBlocked } = yield* TestDatabase
      const [first, second, third] = [yield* newFile, yield* newFile, yield* newFile]
      const lock = yield* lockFile(first.fileId)
      const appends = [first, second, third].flatMap((grant) =>
        upTo(4).map((n) => append(batchOf({ ...grant, expectedSeq: (n - 1) * 2 }, 2))))
      const all = yield* Effect.forkChild(Effect.all(appends, { concurrency: "unbounded" }))
      yield* untilBlocked("easel-journal")
      yield* lock.release
      yield* Fiber.join(all)
      for (const { fileId } of [first, second, third]) {
        const rows = yield* committed(fileId)
        expect(rows.map(({ seq }) => seq)).toEqual(upTo(8))
        expect(new Set(rows.map(({ statement }) => statement)).size).toBe(4)
      }
    }))

  it.effect("J3: a batch larger than one statement's share is committed whole", () =>
    Effect.gen(function*() {
      const [small, large, other] = [yield* newFile, yield* newFile, yield* newFile]
      yield* Effect.all([
        append(batchOf({ ...small, expectedSeq: 0 }, 3)),
        append(batchOf({ ...large, expectedSeq: 0 }, 12_000)),
        append(batchOf({ ...other, expectedSeq: 0 }, 3))
      ], { concurrency: "unbounded" })
      expect((yield* committed(large.fileId)).map(({ seq }) => seq)).toEqual(upTo(12_000))
      expect(yield* headSeq(small.fileId)).toBe(3)
      expect(yield* headSeq(other.fileId)).toBe(3)
    }))

  it.effect("J3: the entries come back from the log as they were appended", () =>
    Effect.gen(function*() {
      const log = yield* Log
      const { epoch, fileId } = yield* newFile
      const entries = upTo(20).map((seq) => entryOf(seq))
      yield* append({ fileId, epoch, access: 0, expectedSeq: 0, rows: rowsOf(entries) })
      expect(yield* log.read(fileId, 0, 20, 100)).toEqual(entries)
    }))
})

// On a clock that stands still nothing that waits for time would ever end.
it.effect("J3: no timer: a lone append is not delayed", () =>
  Effect.gen(function*() {
    const grant = yield* newFile
    yield* append(batchOf({ ...grant, expectedSeq: 0 }, 1))
    yield* append(batchOf({ ...grant, expectedSeq: 1 }, 1))
    expect(yield* headSeq(grant.fileId)).toBe(2)
  }).pipe(Effect.provide(store.layer)))
