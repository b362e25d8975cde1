/** What `Log` reads of segments: the run that holds a seq, and the rows that hold one of some keys. */
import * as PgTypes from "@effect/sql-pg/PgTypes"
import * as Effect from "effect/Effect"
import * as SqlClient from "effect/sql/SqlClient"
import { array } from "./JournalRows.ts"
import { ObjectStore } from "./ObjectStore.ts"
import { Policy } from "./Policy.ts"
import { decode, keyHash, type Segment, type SegmentRow } from "./segmentCodec.ts"
import { StoreUnavailable } from "./StoreUnavailable.ts"

export const make = Effect.gen(function*() {
  const sql = yield* SqlClient.SqlClient
  const policy = yield* Policy
  const objects = yield* ObjectStore

  /** Fails with `BlobCorrupt` or `UnknownError` when there is no such segment. */
  const read = (sha256: string) => Effect.flatMap(objects.get(sha256), (bytes) => Effect.tryPromise(() => decode(bytes)))

  return {
    /** The segment that a seq lies in. One that is damaged is none, and said so: what it held is missing. */
    holding: Effect.fnUntraced(function*(fileId: string, seq: number): Effect.fn.Return<Segment | undefined, StoreUnavailable> {
      const [row] = yield* policy.postgres(
        "Log.segment",
        sql.unsafe<{ sha256: string; toSeq: number }>(
          `SELECT sha256, to_seq::float8 AS "toSeq" FROM log_segments WHERE file_id = $1::uuid AND from_seq <= $2::bigint
           ORDER BY from_seq DESC LIMIT 1`,
          [fileId, BigInt(seq)]
        )
      )
      if (row === undefined || row.toSeq < seq) return undefined
      return yield* read(row.sha256).pipe(
        Effect.catchTag(["BlobCorrupt", "UnknownError"], (error) =>
          Effect.as(Effect.logError("A segment of the log is damaged", { fileId, seq, reason: error.message }), undefined))
      )
    }),

    /** Rows with one of the keys, of operations that are not older than `sinceMillis`. Fails if it cannot be known whether there are any. */
    withKeys: Effect.fnUntraced(function*(fileId: string, keys: ReadonlyArray<string>, sinceMillis: number) {
      const wanted = new Set(keys)
      const segments = yield* policy.postgres(
        "Log.segmentsWithKeys",
        sql.unsafe<{ sha256: string }>(
          `SELECT sha256 FROM log_segments s WHERE file_id = $1::uuid AND latest_timestamp >= $2::bigint
             AND EXISTS (SELECT FROM unnest(s.key_hashes) hash WHERE hash = ANY($3::bigint[]))`,
          [fileId, BigInt(sinceMillis), array(keys.map(keyHash), PgTypes.OID.int8)]
        )
      )
      const found: Array<SegmentRow> = []
      for (const { sha256 } of segments) {
        const segment = yield* Effect.catchTag(read(sha256), ["BlobCorrupt", "UnknownError"], ({ message }) =>
          Effect.fail(new StoreUnavailable({ service: "objects", operation: "Log.findKeys", reason: `a segment of the log is damaged: ${message}` })))
        for (let seq = segment.fromSeq; seq <= segment.toSeq; seq++) {
          const row = segment.rowAt(seq)
          if (wanted.has(row.idempotencyKey)) found.push(row)
          if (seq % rowsPerTurn === 0) yield* Effect.yieldNow
        }
      }
      return found
    })
  }
})

/** Rows that are decoded before others of the thread have their turn. */
const rowsPerTurn = 250
