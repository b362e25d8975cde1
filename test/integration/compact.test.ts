/** Old months of the log in segments: nothing is lost, nothing is applied twice, and everything is read as before. */
import { writeFile } from "node:fs/promises"
import { join } from "node:path"
import { expect, layer } from "@effect/vitest"
import { BlobReferences, Files, Log } from "@easel/store"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import { compact, type CompactedMonth } from "../../cluster/compaction/compact.ts"
import { commitEarlier, monthsAgo, whereIs } from "../harness/agedLog.ts"
import { easelRunning } from "../harness/command.ts"
import { committedFile } from "../harness/committedFile.ts"
import * as cluster from "../harness/fileCluster.ts"
import { newFile, type TestFile, upTo } from "../harness/fileCluster.ts"
import { create, update } from "../harness/operations.ts"
import * as store from "../harness/storeLayer.ts"
import { TestDatabase } from "../harness/testDatabase.ts"

const by = { userId: "user-ada" }
const horizon = Duration.days(30)
const compacted = Effect.map(compact("compact", horizon), Option.getOrThrow)

/** By `easel compact --json`. */
const compactedByCommand = Effect.gen(function*() {
  const { folder, url } = yield* TestDatabase
  const run = easelRunning(["compact", "--json"], { DATABASE_URL: url, EASEL_DATA: folder })
  const code = yield* Effect.promise(() => run.exited)
  const months: ReadonlyArray<CompactedMonth> = JSON.parse(run.printed.stdout)
  return { code, months, stderr: run.printed.stderr }
})

const wholeLog = (fileId: string, toSeq: number) =>
  Effect.gen(function*() {
    const log = yield* Log
    const entries: Array<unknown> = []
    for (let page = yield* log.read(fileId, 0, toSeq, 7); page.length > 0; page = yield* log.read(fileId, entries.length, toSeq, 7)) entries.push(...page)
    return entries
  })

const digests = ({ client }: TestFile, seqs: ReadonlyArray<number>) =>
  Effect.forEach(seqs, (seq) => Effect.map(client.ReadAt({ by, at: { _tag: "Seq", seq } }), ({ digest }) => digest))

/** A file of thirty operations, ten of them five months ago and ten four months ago. */
const oldFile = Effect.gen(function*() {
  const file = yield* committedFile(30, monthsAgo(6))
  yield* commitEarlier(file.id, 1, 10, 5)
  yield* commitEarlier(file.id, 11, 20, 4)
  return file
})

/** Another owner of the file, who knows nothing of it. */
const forgetting = (file: TestFile) => Effect.flatMap(TestDatabase, ({ sql }) => sql`UPDATE files SET epoch = epoch + 1 WHERE id = ${file.id}::uuid`)

const layerTested = Layer.provideMerge(BlobReferences.layer.pipe(Layer.provide(store.sqlClient)), cluster.layerOver()).pipe(Layer.provideMerge(cluster.database))

layer(layerTested, { excludeTestServices: true, timeout: "60 seconds" })("compaction", (it) => {
  it.effect("L1 L3: months that ended before the horizon leave the table, and the log and every state are read as before", () =>
    Effect.gen(function*() {
      const { sql } = yield* TestDatabase
      const file = yield* oldFile
      const before = [yield* wholeLog(file.id, 30), yield* digests(file, [1, 10, 11, 15, 20, 21, 30])]
      const report = Option.getOrThrow(yield* compact("report", horizon))
      expect(report.map(({ outcome }) => outcome)).toEqual(["would move", "would move"])
      expect(yield* whereIs(file.id)).toEqual({ table: 30, kept: 0, segments: 0 })
      const months = yield* compacted
      expect(months.map(({ name, outcome, rows }) => [name, outcome, rows])).toEqual(report.map(({ name }) => [name, "moved", 10]))
      expect(yield* whereIs(file.id)).toEqual({ table: 10, kept: 0, segments: 20 })
      expect([yield* wholeLog(file.id, 30), yield* digests(file, [1, 10, 11, 15, 20, 21, 30])]).toEqual(before)
      // Without any checkpoint, too.
      yield* sql`DELETE FROM file_checkpoints WHERE file_id = ${file.id}::uuid`
      yield* forgetting(file)
      yield* Effect.ignore(file.read)
      expect([yield* wholeLog(file.id, 30), yield* digests(file, [1, 10, 11, 15, 20, 21, 30])]).toEqual(before)
      expect(yield* compacted).toEqual([])
    }))

  it.effect("L2: a month leaves when each file of it has a readable checkpoint above it, which is made where there is none", () =>
    Effect.gen(function*() {
      const { sql } = yield* TestDatabase
      const file = yield* oldFile
      yield* compacted
      const stored = yield* sql<{ seq: number; sha256: string }>`SELECT seq::int AS seq, sha256 FROM file_checkpoints WHERE file_id = ${file.id}::uuid`
      expect(stored.map(({ seq }) => seq).toSorted((a, b) => a - b)).toEqual([10, 20])
      const other = yield* oldFile
      yield* sql`INSERT INTO file_checkpoints (file_id, seq, epoch, format, sha256, bytes)
        SELECT ${other.id}::uuid, 25, 1, 1, ${"0".repeat(64)}, 1`
      yield* compacted
      // The one that cannot be read counts for nothing.
      expect(yield* sql`SELECT FROM file_checkpoints WHERE file_id = ${other.id}::uuid AND seq IN (10, 20)`).toHaveLength(2)
    }))

  it.effect("L2: a file that cannot be loaded holds its month back and those after it, and nothing of them is dropped", () =>
    Effect.gen(function*() {
      const { sql } = yield* TestDatabase
      const broken = yield* oldFile
      const sound = yield* oldFile
      yield* sql`UPDATE operations SET seq = 1000 WHERE file_id = ${broken.id}::uuid AND seq = 5`
      const { code, months, stderr } = yield* compactedByCommand
      expect(months.map(({ heldBackBy, outcome }) => [outcome, heldBackBy.map(({ fileId }) => fileId)])).toEqual([["held back", [broken.id]]])
      expect([code, stderr]).toEqual([1, expect.stringMatching(new RegExp(`^easel: held back by ${broken.id} `, "m"))])
      expect(yield* whereIs(broken.id)).toMatchObject({ table: 30 })
      expect(yield* whereIs(sound.id)).toMatchObject({ table: 30, segments: 10 })
      yield* sql`UPDATE operations SET seq = 5 WHERE file_id = ${broken.id}::uuid AND seq = 1000`
      yield* sql`DELETE FROM log_segments WHERE file_id = ${broken.id}::uuid`
      expect((yield* compacted).map(({ outcome }) => outcome)).toEqual(["moved", "moved"])
      for (const { id } of [broken, sound]) expect(yield* whereIs(id)).toEqual({ table: 10, kept: 0, segments: 20 })
    }))

  it.effect("A5 L4: what is sent again is a duplicate after any time, also of a clock that was ahead; other content is refused", () =>
    Effect.gen(function*() {
      const { sql } = yield* TestDatabase
      const file = yield* newFile
      const timestamp = monthsAgo(6)
      const ahead = create("ahead", {}, { timestamp: Date.now() + 400 * 86_400_000 })
      const chosen = create("chosen", {}, { timestamp, orderKey: "a5" })
      const taken = create("taken", {}, { timestamp, orderKey: "a5" })
      const sent = [create("plain", { x: 1 }, { timestamp }), ahead, chosen, taken, update("plain", "x", 2, { timestamp: timestamp + 1 })]
      const first = yield* file.submit(sent)
      expect(first.map(({ status }) => status)).toEqual(["applied", "applied", "applied", "applied", "applied"])
      yield* commitEarlier(file.id, 1, 5, 5)
      const before = yield* file.read
      yield* compacted
      expect(yield* whereIs(file.id)).toEqual({ table: 0, kept: 2, segments: 5 })
      yield* forgetting(file)
      yield* Effect.ignore(file.read)
      // Alone: nothing about it but its age says that it is not new.
      expect(yield* file.submit(sent.slice(4))).toMatchObject([{ status: "duplicate", first: "applied", seq: 5 }])
      expect((yield* file.submit(sent)).map(({ first, seq, status }) => [status, first, seq])).toEqual(upTo(5).map((seq) => ["duplicate", "applied", seq]))
      const other = update("plain", "x", 3, { timestamp: timestamp + 1, id: sent[4]?.id ?? "" })
      expect(yield* file.submit([other])).toMatchObject([{ status: "rejected", reason: "idempotency_conflict" }])
      const fresh = yield* file.submit([update("plain", "y", 9, { timestamp: timestamp + 2 })])
      expect(fresh).toMatchObject([{ status: "applied", seq: 6 }])
      expect((yield* file.read).objects).toHaveLength(before.objects.length)
      expect(yield* sql`SELECT FROM operations WHERE file_id = ${file.id}::uuid AND seq > 5`).toHaveLength(1)
    }))

  it.effect("L5: an editor that was away for longer than the table reaches back gets a snapshot, another one what it missed", () =>
    Effect.gen(function*() {
      const file = yield* oldFile
      yield* compacted
      for (const sinceSeq of [0, 5, 19]) {
        const joined = yield* file.join({ sinceSeq })
        expect([joined.missed === undefined, joined.snapshot?.seq]).toEqual([true, 30])
      }
      const joined = yield* file.join({ sinceSeq: 20 })
      expect([joined.snapshot, joined.missed?.fromSeq, joined.missed?.seq]).toEqual([undefined, 20, 30])
    }))

  it.effect("L6: editing goes on while months leave, and two compactions are never under way", () =>
    Effect.gen(function*() {
      const { hold, sql } = yield* TestDatabase
      const file = yield* oldFile
      const other = yield* Effect.scoped(Effect.gen(function*() {
        yield* hold(sql`SELECT pg_advisory_xact_lock(hashtext('easel_compaction'))`)
        return yield* compact("compact", horizon)
      }))
      expect(Option.isNone(other)).toBe(true)
      const compacting = yield* Effect.forkChild(compacted)
      for (const n of upTo(40)) expect(yield* file.submit([create(`during${n}`)])).toMatchObject([{ status: "applied", seq: 30 + n }])
      expect((yield* Fiber.join(compacting)).map(({ outcome }) => outcome)).toEqual(["moved", "moved"])
    }))

  it.effect("O5 L1: segments are referred to, and a damaged one is an error for who needs it and for nobody else", () =>
    Effect.gen(function*() {
      const { folder, sql } = yield* TestDatabase
      const references = yield* BlobReferences
      const log = yield* Log
      const file = yield* oldFile
      const [operation] = yield* sql<{ key: string }>`SELECT idempotency_key AS key FROM operations WHERE file_id = ${file.id}::uuid AND seq = 3`
      yield* compacted
      const [first] = yield* sql<{ sha256: string }>`SELECT sha256 FROM log_segments WHERE file_id = ${file.id}::uuid ORDER BY from_seq`
      const sha256 = first?.sha256 ?? ""
      expect([...(yield* references.among([sha256]))]).toEqual([sha256])
      yield* Effect.promise(() => writeFile(join(folder, "objects", sha256.slice(0, 2), sha256), "damaged"))
      expect((yield* file.read).seq).toBe(30)
      expect(yield* log.read(file.id, 3, 30, 100)).toEqual([])
      expect(yield* log.read(file.id, 10, 30, 100)).toHaveLength(10)
      expect(yield* Effect.flip(file.client.ReadAt({ by, at: { _tag: "Seq", seq: 5 } }))).toMatchObject({ _tag: "SeqNotCovered" })
      // Whether it was committed cannot be known, so it is not committed again.
      expect(yield* Effect.flip(log.findKeys(file.id, [operation?.key ?? ""], 0)))
        .toMatchObject({ _tag: "StoreUnavailable", reason: expect.stringMatching(/^a segment of the log is damaged: \S/) })
      expect(yield* log.findKeys(file.id, ["unknown"], 0)).toEqual([])
    }))

  it.effect("L1: files that were deleted are moved as well", () =>
    Effect.gen(function*() {
      const { sql } = yield* TestDatabase
      const file = yield* oldFile
      yield* sql`UPDATE files SET deleted_at = now() WHERE id = ${file.id}::uuid`
      yield* compacted
      expect(yield* whereIs(file.id)).toEqual({ table: 10, kept: 0, segments: 20 })
      yield* Effect.flatMap(Files, (files) => Effect.flip(files.find(file.id)))
    }))
})
