/**
 * Moves old months of the log into segments: runs of one file's log, compressed, as blobs. Each is put, read back and
 * compared before its row is there; a month leaves the table in one transaction, which finds every row of it in a
 * segment. So whatever crashes when, an operation is in the table, in a segment, or for a while in both.
 *
 * Who sends an operation again that lies in a segment is recognised by its timestamp, which tells whether segments must
 * be asked for its key. Rows whose sender may have used another timestamp than the log has are kept in the table, in a
 * partition before all months.
 */
import * as PgTypes from "@effect/sql-pg/PgTypes"
import * as Context from "effect/Context"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Schedule from "effect/Schedule"
import * as Schema from "effect/Schema"
import * as SqlClient from "effect/sql/SqlClient"
import type { SqlError } from "effect/sql/SqlError"
import { array } from "./JournalRows.ts"
import { following, operationColumns } from "./logRow.ts"
import { ObjectStore } from "./ObjectStore.ts"
import { Policy } from "./Policy.ts"
import { decode, encode, keyHash, lineOf, segmentFormat, type SegmentRow } from "./segmentCodec.ts"
import { sqlStateOf } from "./sqlState.ts"
import { StoreUnavailable } from "./StoreUnavailable.ts"

/** A month of the log: a partition of `operations`. */
export interface LogMonth {
  readonly name: string
  /** Of its table and indexes. */
  readonly bytes: number
}

/** What a file has in a month. */
export interface FileMonth {
  readonly fileId: string
  readonly lastSeq: number
  /** Of the last row. */
  readonly epoch: number
}

export interface WrittenSegment {
  readonly toSeq: number
  readonly rows: number
  readonly bytes: number
  /** Rows that the table keeps, too. */
  readonly kept: number
}

/** The month stays where it is: so many of its rows are in no segment. */
export class MonthIncomplete extends Schema.TaggedError<MonthIncomplete>()("MonthIncomplete", {
  month: Schema.String,
  rows: Schema.Int
}) {}

/** Rows and characters of a segment, more or less: what is decoded at once by whoever reads it. */
const segmentRowsMax = 5_000
const segmentCharactersMax = 8 * 1024 * 1024

/** Rows that are read at once, and files of a month. */
const pageRows = 500
const pageFiles = 500

/** Rows that are compared before others of the thread have their turn. */
const rowsPerTurn = 250

/** How long commits and reads may have to wait for a month to leave, and how often that is tried, a second apart. */
const detachLockTimeout = "500ms"
const detachTries = 30

/** How long counting the rows of a month may take. Nobody waits for it but compaction. */
const detachDeadline = "10 minutes"

export class Segments extends Context.Service<Segments, {
  /** Runs an effect unless somebody else does at this moment. */
  readonly alone: <A, E, R>(effect: Effect.Effect<A, E, R>) => Effect.Effect<Option.Option<A>, E | StoreUnavailable, R>
  /** Months that ended so long ago, oldest first. */
  readonly monthsBefore: (horizon: Duration.Duration) => Effect.Effect<ReadonlyArray<LogMonth>, StoreUnavailable>
  /** A page of the files that have rows in a month, in the order of their ids. */
  readonly filesIn: (month: string, after: string | undefined) => Effect.Effect<ReadonlyArray<FileMonth>, StoreUnavailable>
  /** Writes the next segment of a file's rows in a month; `undefined` when all after the seq are in one. */
  readonly write: (
    month: string,
    fileId: string,
    afterSeq: number,
    mustKeep: (row: SegmentRow) => boolean
  ) => Effect.Effect<WrittenSegment | undefined, StoreUnavailable>
  /** Takes a month out of the table for good, if all of it is in segments. */
  readonly detach: (month: string) => Effect.Effect<void, MonthIncomplete | StoreUnavailable>
}>()("@easel/store/Segments") {
  static readonly layer = Layer.effect(Segments, Effect.suspend(() => make))
}

const make = Effect.gen(function*() {
  const sql = yield* SqlClient.SqlClient
  const policy = yield* Policy
  const objects = yield* ObjectStore

  /** Rows in no segment that follow each other, as many as a segment holds. Others of the thread have their turn after each page. */
  const nextRun = Effect.fnUntraced(function*(month: string, fileId: string, afterSeq: number, mustKeep: (row: SegmentRow) => boolean) {
    const lines: Array<string> = []
    const hashes: Array<bigint> = []
    const kept: Array<bigint> = []
    let latestTimestamp = 0
    let characters = 0
    let last = afterSeq
    while (lines.length < segmentRowsMax && characters < segmentCharactersMax) {
      const page: ReadonlyArray<SegmentRow> = yield* policy.postgres(
        "Segments.rows",
        sql.unsafe<SegmentRow>(
          `SELECT ${operationColumns}, epoch::float8 AS epoch, (extract(epoch FROM committed_at) * 1000)::float8 AS "committedAt"
           FROM ${month} o WHERE file_id = $1::uuid AND seq > $2::bigint AND NOT ${isInSegment} ORDER BY o.seq LIMIT $3::int`,
          [fileId, BigInt(last), pageRows]
        )
      )
      const next = following(lines.length === 0 ? (page[0]?.seq ?? 0) - 1 : last, page)
      for (const row of next) {
        const line = lineOf(row)
        characters += line.length
        lines.push(line)
        hashes.push(keyHash(row.idempotencyKey))
        if (mustKeep(row)) kept.push(BigInt(row.seq))
        latestTimestamp = Math.max(latestTimestamp, row.timestamp)
        last = row.seq
      }
      if (next.length < pageRows) break
      yield* Effect.yieldNow
    }
    return lines.length === 0 ? undefined : { fromSeq: last - lines.length + 1, toSeq: last, lines, hashes, kept, latestTimestamp }
  })

  /** The blob of the rows, once it has been read back and is what they were. */
  const store = Effect.fnUntraced(function*(fileId: string, fromSeq: number, lines: ReadonlyArray<string>) {
    const bytes = yield* Effect.promise(() => encode(fileId, fromSeq, lines))
    const sha256 = yield* objects.put(bytes)
    const stored = yield* Effect.flatMap(objects.get(sha256), (read) => Effect.tryPromise(() => decode(read))).pipe(
      Effect.mapError((error) =>
        error instanceof StoreUnavailable ? error : unavailable("Segments.write", `what was stored reads otherwise: ${error.message}`))
    )
    let same = stored.fileId === fileId && stored.fromSeq === fromSeq && stored.toSeq === fromSeq + lines.length - 1 ? 0 : -1
    while (same >= 0 && same < lines.length && lineOf(stored.rowAt(fromSeq + same)) === lines[same]) {
      if (++same % rowsPerTurn === 0) yield* Effect.yieldNow
    }
    if (same !== lines.length) return yield* Effect.die(new Error(`Segments: ${fileId} from seq ${fromSeq} does not decode to what was encoded`))
    return { sha256, bytes: bytes.length }
  })

  const detachNow = Effect.fnUntraced(function*(month: string) {
    // Others go on reading, and nothing comes into it any more.
    yield* sql.unsafe(`SET LOCAL lock_timeout = '10s'`)
    yield* sql.unsafe(`LOCK TABLE ${month} IN SHARE MODE`)
    const [left] = yield* sql.unsafe<{ rows: number }>(`SELECT count(*)::float8 AS rows FROM ${month} o WHERE NOT ${isInSegment}`)
    if (left === undefined || left.rows > 0) return yield* new MonthIncomplete({ month, rows: left?.rows ?? 0 })
    yield* sql.unsafe(`SET LOCAL lock_timeout = '${detachLockTimeout}'`)
    yield* sql.unsafe(`ALTER TABLE operations DETACH PARTITION ${month}`).pipe(
      sql.withTransaction,
      Effect.retry({ schedule: Schedule.spaced("1 second"), times: detachTries, while: (error) => sqlStateOf(error) === lockNotAvailable })
    )
    yield* sql.unsafe(`DROP TABLE ${month}`)
  })

  return Segments.of({
    alone: Effect.fnUntraced(function*(effect) {
      return yield* Effect.scoped(Effect.gen(function*() {
        const connection = yield* sql.reserve
        const lock = (statement: string) => connection.executeValues(`SELECT ${statement}(hashtext('easel_compaction'))`, [])
        const isMine = yield* Effect.acquireRelease(
          Effect.map(lock("pg_try_advisory_lock"), (rows) => rows[0]?.[0] === true),
          (isMine) => isMine ? Effect.ignore(lock("pg_advisory_unlock")) : Effect.void
        )
        return isMine ? Option.some(yield* effect) : Option.none()
      })).pipe(Effect.catchIf(isSqlError, (error) => Effect.fail(unavailable("Segments.alone", error.message))))
    }),

    monthsBefore: (horizon) =>
      policy.postgres(
        "Segments.monthsBefore",
        sql.unsafe<LogMonth>(
          `SELECT c.relname::text AS name, pg_total_relation_size(c.oid)::float8 AS bytes
           FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
           WHERE i.inhparent = 'operations'::regclass AND c.relname ~ '^operations_\\d{4}_\\d{2}$'
             AND (to_date(right(c.relname, 7), 'YYYY_MM') + interval '1 month') AT TIME ZONE 'UTC' <= now() - $1::float8 * interval '1 millisecond'
           ORDER BY c.relname`,
          [Duration.toMillis(horizon)]
        )
      ),

    filesIn: (month, after) =>
      policy.postgres(
        "Segments.filesIn",
        sql.unsafe<FileMonth>(
          // From file to file by the index, however many rows each has.
          `WITH RECURSIVE files AS (
             (SELECT file_id FROM ${month} WHERE file_id > $1::uuid ORDER BY file_id LIMIT 1)
             UNION ALL
             SELECT (SELECT o.file_id FROM ${month} o WHERE o.file_id > f.file_id ORDER BY o.file_id LIMIT 1) FROM files f WHERE f.file_id IS NOT NULL
           )
           SELECT f.file_id::text AS "fileId", last.seq::float8 AS "lastSeq", last.epoch::float8 AS epoch FROM files f CROSS JOIN LATERAL (
             SELECT o.seq, o.epoch FROM ${month} o WHERE o.file_id = f.file_id ORDER BY o.seq DESC LIMIT 1
           ) last LIMIT $2::int`,
          [after ?? beforeAllFiles, pageFiles]
        )
      ),

    write: Effect.fn("Segments.write")(function*(month, fileId, afterSeq, mustKeep) {
      const run = yield* nextRun(month, fileId, afterSeq, mustKeep)
      if (run === undefined) return undefined
      const { fromSeq, hashes, kept, latestTimestamp, lines, toSeq } = run
      const blob = yield* store(fileId, fromSeq, lines)
      yield* policy.postgres(
        "Segments.write",
        sql.unsafe(recordStatement, [
          fileId,
          BigInt(fromSeq),
          BigInt(toSeq),
          segmentFormat,
          blob.sha256,
          BigInt(blob.bytes),
          BigInt(latestTimestamp),
          array(hashes, PgTypes.OID.int8),
          array(kept, PgTypes.OID.int8)
        ])
      )
      return { toSeq, rows: lines.length, bytes: blob.bytes, kept: kept.length }
    }),

    detach: Effect.fn("Segments.detach")((month) =>
      detachNow(month).pipe(
        sql.withTransaction,
        Effect.timeoutOrElse({ duration: detachDeadline, orElse: () => Effect.fail(unavailable("Segments.detach", `not within ${detachDeadline}`)) }),
        Effect.catchIf(isSqlError, (error) => Effect.fail(unavailable("Segments.detach", error.message)))
      ))
  })
})

/** Segments of a file do not overlap, so the one that begins last before a row is the only one that can hold it. */
const isInSegment = `coalesce((SELECT s.to_seq >= o.seq FROM log_segments s WHERE s.file_id = o.file_id AND s.from_seq <= o.seq
  ORDER BY s.from_seq DESC LIMIT 1), false)`

const recordStatement = `
WITH kept AS (
  UPDATE operations SET committed_at = to_timestamp(0)
  WHERE file_id = $1::uuid AND seq = ANY($9::bigint[]) AND committed_at <> to_timestamp(0)
)
INSERT INTO log_segments (file_id, from_seq, to_seq, format, sha256, bytes, latest_timestamp, key_hashes)
VALUES ($1::uuid, $2::bigint, $3::bigint, $4::int, $5, $6::bigint, $7::bigint, $8::bigint[])
ON CONFLICT (file_id, from_seq) DO NOTHING`

/** No file has it. */
const beforeAllFiles = "00000000-0000-0000-0000-000000000000"

/** SQLSTATE of a lock that was not given in time. */
const lockNotAvailable = "55P03"

const isSqlError = (error: unknown): error is SqlError => typeof error === "object" && error !== null && "_tag" in error && error._tag === "SqlError"

const unavailable = (operation: string, reason: string) => new StoreUnavailable({ service: "postgres", operation, reason })
