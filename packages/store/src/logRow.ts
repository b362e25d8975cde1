/** Rows of `operations` as they are read, from the table or from a segment, and the entries that they stand for. */
import { isRefusal, type Json, validateOperation } from "@easel/document"
import type { LogEntry } from "@easel/protocol"

export interface OperationRow {
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

export const operationColumns = `seq::float8 AS seq, status, operation_id AS id, idempotency_key AS "idempotencyKey",
  content_hash AS "contentHash", operation_type AS "operationType", object_id AS "objectId",
  property_path AS "propertyPath", old_value AS "oldValue", old_value IS NOT NULL AS "hasOldValue", new_value AS "newValue",
  "timestamp"::float8 AS "timestamp", user_id AS "userId", client_id AS "clientId"`

/** Throws when the row is no operation. */
export const toEntry = (row: OperationRow): LogEntry => {
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

/** The rows that follow a seq without a gap. */
export const following = <Row extends { readonly seq: number }>(afterSeq: number, rows: ReadonlyArray<Row>): ReadonlyArray<Row> => {
  const gap = rows.findIndex((row, index) => row.seq !== afterSeq + index + 1)
  return gap === -1 ? rows : rows.slice(0, gap)
}
