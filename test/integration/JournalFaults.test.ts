/** The journal when PostgreSQL refuses a row (J4), when a connection breaks, and under random stale writers. */
import { expect, it, layer } from "@effect/vitest"
import type { Json } from "@easel/document"
import { type CommitError, Files, type Grant, Journal, type JournalBatch } from "@easel/store"
import * as Effect from "effect/Effect"
import type * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as TestClock from "effect/testing/TestClock"
import * as fc from "fast-check"
import { eventually } from "../harness/eventually.ts"
import * as proxied from "../harness/journalProxy.ts"
import { batchOf, entryOf, rowsOf } from "../harness/journalBatch.ts"
import { forAll } from "../harness/property.ts"
import * as store from "../harness/storeLayer.ts"
import { TestDatabase, testLease } from "../harness/testDatabase.ts"

const newFile = Effect.gen(function*() {
  const files = yield* Files
  const { id } = yield* files.create("Faults")
  return yield* files.activate(id, testLease)
})

const append = (batch: JournalBatch) => Effect.flatMap(Journal, (journal) => journal.append(batch))

const seqsOf = (fileId: string) =>
  Effect.flatMap(TestDatabase, ({ sql }) =>
    Effect.map(
      sql<{ seq: number }>`SELECT seq::int AS seq FROM operations WHERE file_id = ${fileId}::uuid ORDER BY seq`,
      (rows) => rows.map(({ seq }) => seq)
    ))

/** Fills the pipeline with commits that wait for a lock, so that what is appended meanwhile shares one statement. */
const sharing = <A, E, R>(appends: ReadonlyArray<Effect.Effect<A, E, R>>) =>
  Effect.gen(function*() {
    const { lockFile, untilBlocked } = yield* TestDatabase
    const [first, second] = [yield* newFile, yield* newFile]
    const lock = yield* lockFile(first.fileId)
    const ahead = yield* Effect.forkChild(Effect.all(
      [append(batchOf({ ...first, expectedSeq: 0 }, 1)), append(batchOf({ ...second, expectedSeq: 0 }, 1))],
      { concurrency: "unbounded" }
    ))
    yield* untilBlocked("easel-journal")
    const together = yield* Effect.forkChild(Effect.all(appends, { concurrency: "unbounded" }))
    yield* Effect.yieldNow
    yield* lock.release
    yield* Fiber.join(ahead)
    return yield* Fiber.join(together)
  })

const outcome = (exit: Exit.Exit<void, CommitError>): string =>
  exit._tag === "Success" ? "committed" : exit.cause.reasons.map((reason) => reason._tag === "Fail" ? reason.error._tag : reason._tag).join()

layer(store.layer, { excludeTestServices: true })("Journal", (it) => {
  const poisons: ReadonlyArray<readonly [string, Json]> = [
    ["NUL in a text", "a\u0000b"],
    ["NUL in a key", { "k\u0000": 1 }],
    ["a lone high surrogate", "\ud800"],
    ["a lone low surrogate inside", ["x", "\udc00y"]]
  ]
  for (const [name, poison] of poisons) {
    it.effect(`J4: ${name}: only its file hears of it, with exactly its seqs`, () =>
      Effect.gen(function*() {
        const files = yield* Effect.all(Array.from({ length: 7 }, () => newFile))
        const exits = yield* sharing(files.map((grant, index) =>
          Effect.exit(append(batchOf({ ...grant, expectedSeq: 0 }, index === 3 ? ["a", poison, "b", poison, "c"] : ["a", "b"])))
        ))
        expect(exits.map(outcome)).toEqual(files.map((_, index) => index === 3 ? "CommitRefused" : "committed"))
        const refused = yield* Effect.flip(append(batchOf({ ...files[3] ?? unreachable(), expectedSeq: 0 }, [poison])))
        expect(refused).toMatchObject({ _tag: "CommitRefused", fileId: files[3]?.fileId, seqs: [1] })
        expect(exits[3]).toMatchObject({ cause: { reasons: [{ error: { seqs: [2, 4] } }] } })
        for (const [index, { fileId }] of files.entries()) expect(yield* seqsOf(fileId)).toEqual(index === 3 ? [] : [1, 2])
      }))
  }

  it.effect("J4: several poisoned files of one statement are each told their own seqs", () =>
    Effect.gen(function*() {
      const files = yield* Effect.all(Array.from({ length: 8 }, () => newFile))
      const exits = yield* sharing(files.map((grant, index) => {
        const values = Array.from({ length: 30 }, (_, at): Json => index % 3 === 0 && at === index ? "\u0000" : at)
        return Effect.exit(append(batchOf({ ...grant, expectedSeq: 0 }, values)))
      }))
      expect(exits.map(outcome)).toEqual(files.map((_, index) => index % 3 === 0 ? "CommitRefused" : "committed"))
      for (const index of [0, 3, 6]) expect(exits[index]).toMatchObject({ cause: { reasons: [{ error: { seqs: [index + 1] } }] } })
      const after = yield* append(batchOf({ ...files[0] ?? unreachable(), expectedSeq: 0 }, 2))
      expect(after).toBeUndefined()
    }))

  it.effect("J4: a row that only its insertion refuses is found as well", () =>
    Effect.gen(function*() {
      yield* refuseMarker
      const [marked, other] = [yield* newFile, yield* newFile]
      const [first, second] = yield* sharing([
        Effect.exit(append(batchOf({ ...marked, expectedSeq: 0 }, ["a", "marker", "b"]))),
        Effect.exit(append(batchOf({ ...other, expectedSeq: 0 }, 3)))
      ])
      expect(second === undefined ? undefined : outcome(second)).toBe("committed")
      expect(first).toMatchObject({ cause: { reasons: [{ error: { _tag: "CommitRefused", seqs: [2], sqlState: "22023" } }] } })
      expect(yield* seqsOf(marked.fileId)).toEqual([])
    }))

  it.effect("J4: a key that is already in the log costs the files of its statement nothing", () =>
    Effect.gen(function*() {
      const [taken, other] = [yield* newFile, yield* newFile]
      yield* append({ ...taken, expectedSeq: 0, rows: rowsOf([entryOf(1, { key: "taken" })]) })
      const exits = yield* sharing([
        Effect.exit(append({ ...taken, expectedSeq: 1, rows: rowsOf([entryOf(2), entryOf(3, { key: "taken" })]) })),
        Effect.exit(append(batchOf({ ...other, expectedSeq: 0 }, 2)))
      ])
      expect(exits.map(outcome)).toEqual(["CommitStale", "committed"])
      expect(yield* seqsOf(taken.fileId)).toEqual([1])
    }))

  it.effect("J4: an entry that cannot even be encoded costs other files nothing and leaves none hanging", () =>
    Effect.gen(function*() {
      const [bad, good] = [yield* newFile, yield* newFile]
      const entry = entryOf(1)
      const rows = rowsOf([{ ...entry, operation: { ...entry.operation, timestamp: Number.NaN } }])
      for (let round = 0; round < 3; round++) {
        const exit = yield* Effect.exit(append({ ...bad, expectedSeq: 0, rows })).pipe(Effect.timeout("5 seconds"))
        expect(exit._tag).toBe("Failure")
        yield* append(batchOf({ ...good, expectedSeq: round }, 1)).pipe(Effect.timeout("5 seconds"))
      }
      expect(yield* seqsOf(good.fileId)).toEqual([1, 2, 3])
    }))

  it.effect("A8: a connection that ends during a commit leaves it unknown, and the next one has another", () =>
    Effect.gen(function*() {
      const { lockFile, terminate, untilBlocked } = yield* TestDatabase
      const { epoch, fileId } = yield* newFile
      for (let round = 0; round < 3; round++) {
        const lock = yield* lockFile(fileId)
        const fiber = yield* Effect.forkChild(Effect.flip(append(batchOf({ fileId, epoch, expectedSeq: round }, 1))))
        yield* untilBlocked("easel-journal")
        expect(yield* terminate("commits")).toBe(1)
        expect(yield* Fiber.join(fiber)).toMatchObject({ _tag: "CommitUnknown", fileId })
        yield* lock.release
        yield* append(batchOf({ fileId, epoch, expectedSeq: round }, 1))
      }
      expect(yield* seqsOf(fileId)).toEqual([1, 2, 3])
    }))

  it.effect("A8: everything on the broken connection is unknown, what waited behind it is committed", () =>
    Effect.gen(function*() {
      const { lockFile, terminate, untilBlocked } = yield* TestDatabase
      const files = yield* Effect.all(Array.from({ length: 12 }, () => newFile))
      const lock = yield* lockFile(files[0]?.fileId ?? "")
      const all = yield* Effect.forkChild(Effect.forEach(
        files,
        (grant) => Effect.exit(append(batchOf({ ...grant, expectedSeq: 0 }, 2))),
        { concurrency: "unbounded" }
      ))
      yield* untilBlocked("easel-journal")
      yield* terminate("commits")
      const exits = yield* Fiber.join(all)
      yield* lock.release
      expect(exits.map(outcome)).toEqual(files.map((_, index) => index < 2 ? "CommitUnknown" : "committed"))
      for (const [index, { fileId }] of files.entries()) expect(yield* seqsOf(fileId)).toEqual(index < 2 ? [] : [1, 2])
    }))

  it.effect("A8: a commit whose row somebody holds is given up, and does not hold up the node's other files for long", () =>
    Effect.gen(function*() {
      const { lockFile, untilBlocked } = yield* TestDatabase
      const [stuck, other] = [yield* newFile, yield* newFile]
      const lock = yield* lockFile(stuck.fileId)
      const commit = yield* Effect.forkChild(Effect.flip(append(batchOf({ ...stuck, expectedSeq: 0 }, 1))))
      yield* untilBlocked("easel-journal")
      yield* append(batchOf({ ...other, expectedSeq: 0 }, 1)).pipe(Effect.timeout("8 seconds"))
      expect(yield* Fiber.join(commit)).toMatchObject({ _tag: "CommitUnknown", fileId: stuck.fileId })
      yield* append(batchOf({ ...other, expectedSeq: 1 }, 1)).pipe(Effect.timeout("1 second"))
      yield* lock.release
      yield* append(batchOf({ ...stuck, expectedSeq: 0 }, 1))
      expect(yield* Effect.all([seqsOf(stuck.fileId), seqsOf(other.fileId)])).toEqual([[1], [1, 2]])
    }))

  it.effect("J2: random batches and stale writers leave every file gapless, with epochs that never decrease", () =>
    Effect.gen(function*() {
      yield* forAll(rounds, (round) =>
        Effect.gen(function*() {
          const writers = (yield* Effect.all(Array.from({ length: 4 }, () => newFile))).map((grant) => ({ grant, head: 0 }))
          for (const writes of round) {
            yield* Effect.forEach(writes, (write) => writeRandomly(writers[write.file] ?? unreachable(), write), { concurrency: "unbounded" })
          }
          for (const { grant, head } of writers) yield* expectSound(grant.fileId, head)
        }), { numRuns: 25 })
    }))
})

it.effect("A8: a connection that says nothing any more costs one deadline, and is replaced", () =>
  Effect.gen(function*() {
    const proxy = yield* proxied.JournalProxy
    const [file, other] = [yield* newFile, yield* newFile]
    yield* append(batchOf({ ...file, expectedSeq: 0 }, 1))
    proxy.silenceOpen()
    const commit = yield* Effect.forkChild(Effect.flip(append(batchOf({ ...file, expectedSeq: 1 }, 1))))
    yield* eventually("it is committed, unheard", Effect.map(Effect.orDie(seqsOf(file.fileId)), ({ length }) => length === 2))
    yield* TestClock.adjust("14 seconds")
    expect(commit.pollUnsafe()).toBeUndefined()
    yield* TestClock.adjust("1 second")
    expect(yield* Fiber.join(commit)).toMatchObject({ _tag: "CommitUnknown", fileId: file.fileId })
    yield* append(batchOf({ ...other, expectedSeq: 0 }, 1))
    yield* append(batchOf({ ...file, expectedSeq: 2 }, 1))
    expect(yield* Effect.all([seqsOf(file.fileId), seqsOf(other.fileId)])).toEqual([[1, 2, 3], [1]])
  }).pipe(Effect.provide(Layer.provideMerge(proxied.storeOver, proxied.database))), 10_000)

interface Writer {
  grant: Grant
  /** The head as acknowledged to this writer. */
  head: number
}

interface Write {
  readonly file: number
  readonly size: number
  /** What the writer gets wrong, if anything. */
  readonly fault: "none" | "oldEpoch" | "behind" | "ahead" | "regranted"
}

const write: fc.Arbitrary<Write> = fc.record({
  file: fc.nat(3),
  size: fc.integer({ min: 1, max: 40 }),
  fault: fc.constantFrom("none", "none", "none", "oldEpoch", "behind", "ahead", "regranted")
})

const rounds = fc.array(fc.uniqueArray(write, { minLength: 1, maxLength: 4, selector: ({ file }) => file }), { maxLength: 12 })

const writeRandomly = (writer: Writer, { fault, size }: Write) =>
  Effect.gen(function*() {
    const files = yield* Files
    const stale = { fileId: writer.grant.fileId, epoch: writer.grant.epoch, expectedSeq: writer.head }
    if (fault === "regranted") writer.grant = yield* files.activate(writer.grant.fileId, testLease)
    const wrong = { none: stale, regranted: stale, oldEpoch: { ...stale, epoch: stale.epoch - 1 }, behind: { ...stale, expectedSeq: stale.expectedSeq - 1 }, ahead: { ...stale, expectedSeq: stale.expectedSeq + 1 } }
    const exit = yield* Effect.exit(append(batchOf(wrong[fault], size)))
    expect(outcome(exit)).toBe(fault === "none" ? "committed" : "CommitStale")
    if (fault === "none") writer.head += size
  })

const expectSound = (fileId: string, head: number) =>
  Effect.gen(function*() {
    const { sql } = yield* TestDatabase
    const [sound] = yield* sql<{ head: number; count: number; last: number; monotone: boolean }>`
      SELECT f.head_seq::int AS head, count(o.seq)::int AS count, coalesce(max(o.seq), 0)::int AS last,
        coalesce(bool_and(o.epoch >= o.before), true) AS monotone
      FROM files f LEFT JOIN (SELECT *, lag(epoch, 1, 0::bigint) OVER (ORDER BY seq) AS before FROM operations WHERE file_id = ${fileId}::uuid) o
        ON o.file_id = f.id
      WHERE f.id = ${fileId}::uuid GROUP BY f.id`
    expect(sound).toEqual({ head, count: head, last: head, monotone: true })
  })

/** PostgreSQL refuses rows whose new value is `"marker"`, when they are inserted and not before. */
const refuseMarker = Effect.gen(function*() {
  const { sql } = yield* TestDatabase
  yield* sql`CREATE OR REPLACE FUNCTION refuse_marker() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      IF NEW.new_value = '"marker"' THEN RAISE EXCEPTION 'marked' USING ERRCODE = '22023'; END IF;
      RETURN NEW;
    END $$`
  yield* Effect.acquireRelease(
    sql`CREATE TRIGGER refuse_marker BEFORE INSERT ON operations FOR EACH ROW EXECUTE FUNCTION refuse_marker()`,
    () => Effect.orDie(sql`DROP TRIGGER refuse_marker ON operations`)
  )
})

const unreachable = (): never => {
  throw new Error("unreachable")
}
