/** A6: a file that cannot be loaded completely is an error to everybody who asks, never empty and never shortened. */
import { expect, layer } from "@effect/vitest"
import { Checkpoints, Log } from "@easel/store"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import * as FileState from "../../cluster/file/FileState.ts"
import { committedFile } from "../harness/committedFile.ts"
import { eventuallySync } from "../harness/eventually.ts"
import * as cluster from "../harness/fileCluster.ts"
import { fileOf, logOf, type TestFile, upTo } from "../harness/fileCluster.ts"
import * as proxied from "../harness/journalProxy.ts"
import { create } from "../harness/operations.ts"
import { TestDatabase } from "../harness/testDatabase.ts"
import { watchFile } from "../harness/watchFile.ts"

/** What every call to the file says. */
const answers = (file: TestFile) =>
  Effect.all({
    read: Effect.flip(file.read),
    submit: Effect.flip(file.submit([create("new")])),
    join: Effect.flip(file.join()),
    rejoin: Effect.flip(file.join({ sinceSeq: 2 })),
    watch: Effect.flip(Stream.runDrain(file.client.Watch({ gatewayId: "gateway", editors: [], shown: [] })))
  }, { concurrency: "unbounded" }).pipe(Effect.timeout("10 seconds"))

const expectDamaged = (file: TestFile) =>
  Effect.gen(function*() {
    const before = yield* logOf(file.id)
    const error = expect.objectContaining({ _tag: "FileDamaged", fileId: file.id })
    expect(yield* answers(file)).toEqual({ read: error, submit: error, join: error, rejoin: error, watch: error })
    expect(yield* logOf(file.id)).toEqual(before)
  })

layer(cluster.layer(), { excludeTestServices: true })("FileActor", (it) => {
  for (const [where, seqs] of [["the start", [1, 2]], ["the middle", [5]], ["the end", [9, 10]], ["everywhere", upTo(10)]] as const) {
    it.effect(`A6: a log with rows missing at ${where} is an error; with them back the file is whole`, () =>
      Effect.gen(function*() {
        const { sql } = yield* TestDatabase
        const file = yield* committedFile(10)
        yield* sql`CREATE TABLE missing AS SELECT * FROM operations WHERE file_id = ${file.id}::uuid AND seq = ANY(${[...seqs]}::bigint[])`
        yield* sql`DELETE FROM operations WHERE file_id = ${file.id}::uuid AND seq = ANY(${[...seqs]}::bigint[])`
        yield* expectDamaged(file)
        yield* sql`INSERT INTO operations SELECT * FROM missing`
        yield* sql`DROP TABLE missing`
        expect((yield* file.read).objects).toHaveLength(10)
        expect(yield* file.submit([create("new")])).toMatchObject([{ status: "applied", seq: 11 }])
      }))
  }

  it.effect("A6: a row that is no operation is an error as well", () =>
    Effect.gen(function*() {
      const { sql } = yield* TestDatabase
      const file = yield* committedFile(10)
      yield* sql`UPDATE operations SET operation_type = 'explode' WHERE file_id = ${file.id}::uuid AND seq = 5`
      yield* expectDamaged(file)
      yield* sql`UPDATE operations SET operation_type = 'create' WHERE file_id = ${file.id}::uuid AND seq = 5`
      expect((yield* file.read).objects).toHaveLength(10)
    }))

  it.effect("A6: a log that starts after its checkpoint is whole, until the checkpoint is damaged", () =>
    Effect.gen(function*() {
      const { sql } = yield* TestDatabase
      const [file, damaged] = [yield* committedFile(10), yield* committedFile(10)]
      for (const { id } of [file, damaged]) {
        // What the file is at seq 6, saved by whoever had it then.
        yield* checkpointAt(id, 6)
        yield* sql`DELETE FROM operations WHERE file_id = ${id}::uuid AND seq <= 6`
      }
      yield* sql`UPDATE file_checkpoints SET sha256 = ${"0".repeat(64)} WHERE file_id = ${damaged.id}::uuid`
      expect((yield* file.read).objects).toHaveLength(10)
      yield* expectDamaged(damaged)
    }))

  it.effect("A6: files that do not exist are missing, not empty", () =>
    Effect.gen(function*() {
      const file = yield* fileOf(crypto.randomUUID())
      const missing = expect.objectContaining({ _tag: "FileMissing", fileId: file.id })
      expect(yield* answers(file)).toEqual({ read: missing, submit: missing, join: missing, rejoin: missing, watch: missing })
    }))

  it.effect("A6: a file that was deleted while open goes on being read, takes nothing more, and is missing afterwards", () =>
    Effect.gen(function*() {
      const { sql } = yield* TestDatabase
      const file = yield* committedFile(3)
      yield* file.read
      yield* sql`UPDATE files SET deleted_at = now() WHERE id = ${file.id}::uuid`
      expect(yield* Effect.flip(file.submit([create("new")]))).toMatchObject({ _tag: "CommitIndeterminate" })
      const error = yield* Effect.retry(file.read, { while: ({ _tag }) => _tag === "FileUnavailable" }).pipe(Effect.flip)
      expect(error).toMatchObject({ _tag: "FileMissing" })
      expect(yield* logOf(file.id)).toHaveLength(3)
    }))
})

/** Saves what the log holds up to a seq. */
const checkpointAt = (fileId: string, seq: number) =>
  Effect.gen(function*() {
    const checkpoints = yield* Checkpoints
    const log = yield* Log
    const { document } = FileState.replay(FileState.empty, yield* log.read(fileId, 0, seq, 1_000))
    yield* checkpoints.save(fileId, 1, seq, document)
  })

layer(proxied.database, { excludeTestServices: true })("FileActor", (it) => {
  it.effect("A6: what one editor missed and cannot be read costs the file and its other editors nothing", () =>
    Effect.gen(function*() {
      const proxy = yield* proxied.JournalProxy
      const { terminate } = yield* TestDatabase
      const file = yield* committedFile(10)
      const before = yield* file.read
      const watcher = yield* watchFile(file)
      yield* eventuallySync("the watch is live", () => watcher.seq === 10)
      // The database is away, but for the session that holds the node's locks.
      proxy.refuseNew()
      yield* terminate("queries", "commits")
      const late = yield* Effect.all([
        Effect.flip(file.join({ clientId: "late", sinceSeq: 2 })),
        Effect.flip(Stream.runDrain(file.client.Watch({ gatewayId: "late", sinceSeq: 2, editors: [], shown: [] })))
      ], { concurrency: 2 }).pipe(Effect.timeout("10 seconds"))
      expect(late).toMatchObject([{ _tag: "FileUnavailable" }, { _tag: "FileUnavailable" }])
      expect(yield* file.read).toEqual(before)
      expect(watcher.opened).toBe(1)
      proxy.accept()
      expect(yield* file.join({ clientId: "late", sinceSeq: 2 })).toMatchObject({ seq: 10, missed: { fromSeq: 2 } })
    }).pipe(Effect.provide(proxied.clusterBehind)))
})
