/**
 * Reading the operations log: the tail after a checkpoint, what an editor missed, and where a key already stands.
 * The rows come back as the entries that were committed.
 */
import { isRefusal, type Json, validateOperation } from "@easel/document"
import type { LogEntry } from "@easel/protocol"
import * as PgTypes from "@effect/sql-pg/PgTypes"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as SqlClient from "effect/sql/SqlClient"
import { array } from "./JournalRows.ts"
import * as policy from "./policy.ts"
import type { StoreUnavailable } from "./StoreUnavailable.ts"

export class Log extends Context.Service<Log, {
  /** Entries with `afterSeq < seq <= upToSeq` in order, at most `limit`. */
  readonly read: (
    fileId: string,
    afterSeq: number,
    upToSeq: number,
    limit: number
  ) => Effect.Effect<ReadonlyArray<LogEntry>, StoreUnavailable>
  /** The entries that hold one of the idempotency keys. */
  readonly findKeys: (
    fileId: string,
    idempotencyKeys: ReadonlyArray<string>
  ) => Effect.Effect<ReadonlyArray<LogEntry>, StoreUnavailable>
}>()("@easel/store/Log") {
  static readonly layer = Layer.effect(
    Log,
    Effect.gen(function*() {
      const sql = yield* SqlClient.SqlClient
      return Log.of({
        read: (fileId, afterSeq, upToSeq, limit) =>
          policy.postgres(
            "Log.read",
            sql.unsafe<OperationRow>(
              `SELECT ${columns} FROM operations
               WHERE file_id = $1::uuid AND seq > $2::bigint AND seq <= $3::bigint ORDER BY operations.seq LIMIT $4::int`,
              [fileId, BigInt(afterSeq), BigInt(upToSeq), limit]
            )
          ).pipe(Effect.map((rows) => rows.map(toEntry))),

        findKeys: (fileId, idempotencyKeys) =>
          policy.postgres(
            "Log.findKeys",
            sql.unsafe<OperationRow>(
              `SELECT ${columns} FROM operations WHERE file_id = $1::uuid AND idempotency_key = ANY($2::text[])`,
              [fileId, array(idempotencyKeys, PgTypes.OID.text)]
            )
          ).pipe(Effect.map((rows) => rows.map(toEntry)))
      })
    })
  )
}

interface OperationRow {
  readonly seq: number
  readonly status: "applied" | "superseded"
  readonly id: string
  readonly idempotencyKey: string
  readonly contentHash: string
  readonly operationType: string
  readonly objectId: string
  readonly propertyPath: string | null
  readonly oldValue: Json | null
  /** Tells the JSON value null from none. */
  readonly hasOldValue: boolean
  readonly newValue: Json | null
  readonly timestamp: number
  readonly userId: string
  readonly clientId: string
}

const columns = `seq::float8 AS seq, status, operation_id AS id, idempotency_key AS "idempotencyKey",
  content_hash AS "contentHash", operation_type AS "operationType", object_id AS "objectId",
  property_path AS "propertyPath", old_value AS "oldValue", old_value IS NOT NULL AS "hasOldValue", new_value AS "newValue",
  "timestamp"::float8 AS "timestamp", user_id AS "userId", client_id AS "clientId"`

const toEntry = (row: OperationRow): LogEntry => {
  const operation = validateOperation(row.hasOldValue ? row : { ...row, oldValue: undefined })
  if (isRefusal(operation)) {
    throw new Error(`Log: the operation at seq ${row.seq} is not valid: ${operation.code}`)
  }
  return {
    seq: row.seq,
    status: row.status,
    operation,
    clientId: row.clientId,
    userId: row.userId,
    contentHash: row.contentHash
  }
}
