/**
 * Reading the operations log: the tail after a checkpoint, what an editor missed, and where a key already stands.
 * The rows come back as the entries that were committed, wherever they lie: in the table, or, when they are old, in
 * segments. The table is asked first, because a row leaves it only after it is in a segment.
 */
import type { LogEntry } from "@easel/protocol"
import * as PgTypes from "@effect/sql-pg/PgTypes"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as SqlClient from "effect/sql/SqlClient"
import { array } from "./JournalRows.ts"
import { following, operationColumns, type OperationRow, toEntry } from "./logRow.ts"
import { Policy } from "./Policy.ts"
import * as segmentReads from "./segmentReads.ts"
import type { StoreUnavailable } from "./StoreUnavailable.ts"

type Read = (fileId: string, afterSeq: number, upToSeq: number, limit: number) => Effect.Effect<ReadonlyArray<LogEntry>, StoreUnavailable>

export class Log extends Context.Service<Log, {
  /**
   * Entries that follow `afterSeq` without a gap, up to `upToSeq` and at most `limit`; fewer at the end of a segment, and
   * none where the log has a hole.
   */
  readonly read: Read
  /** The same, and none where they have left the table: what is worth sending to an editor that comes back. */
  readonly readRecent: Read
  /**
   * The entries that hold one of the idempotency keys. In segments only those of operations that are not older than
   * `sinceMillis` are looked for, and none without it.
   */
  readonly findKeys: (
    fileId: string,
    idempotencyKeys: ReadonlyArray<string>,
    sinceMillis?: number
  ) => Effect.Effect<ReadonlyArray<LogEntry>, StoreUnavailable>
}>()("@easel/store/Log") {
  static readonly layer = Layer.effect(
    Log,
    Effect.gen(function*() {
      const sql = yield* SqlClient.SqlClient
      const policy = yield* Policy
      const segments = yield* segmentReads.make

      const readRecent: Read = (fileId, afterSeq, upToSeq, limit) =>
        policy.postgres(
          "Log.read",
          sql.unsafe<OperationRow>(
            `SELECT ${operationColumns} FROM operations
             WHERE file_id = $1::uuid AND seq > $2::bigint AND seq <= $3::bigint ORDER BY operations.seq LIMIT $4::int`,
            [fileId, BigInt(afterSeq), BigInt(upToSeq), limit]
          )
        ).pipe(Effect.map((rows) => following(afterSeq, rows).map(toEntry)))

      const readSegment = Effect.fnUntraced(function*(fileId: string, afterSeq: number, upToSeq: number, limit: number) {
        const segment = yield* segments.holding(fileId, afterSeq + 1)
        const last = Math.min(segment?.toSeq ?? afterSeq, upToSeq, afterSeq + limit)
        const entries: Array<LogEntry> = []
        for (let seq = afterSeq + 1; segment !== undefined && seq <= last; seq++) entries.push(toEntry(segment.rowAt(seq)))
        return entries
      })

      return Log.of({
        readRecent,
        read: Effect.fnUntraced(function*(fileId, afterSeq, upToSeq, limit) {
          const recent = yield* readRecent(fileId, afterSeq, upToSeq, limit)
          return recent.length > 0 || upToSeq <= afterSeq ? recent : yield* readSegment(fileId, afterSeq, upToSeq, limit)
        }),

        findKeys: Effect.fnUntraced(function*(fileId, idempotencyKeys, sinceMillis) {
          const recent = yield* policy.postgres(
            "Log.findKeys",
            sql.unsafe<OperationRow>(
              `SELECT ${operationColumns} FROM operations WHERE file_id = $1::uuid AND idempotency_key = ANY($2::text[])`,
              [fileId, array(idempotencyKeys, PgTypes.OID.text)]
            )
          )
          const old = sinceMillis === undefined ? [] : yield* segments.withKeys(fileId, idempotencyKeys, sinceMillis)
          const seen = new Set(recent.map(({ seq }) => seq))
          return [...recent, ...old.filter(({ seq }) => !seen.has(seq))].map(toEntry)
        })
      })
    })
  )
}
