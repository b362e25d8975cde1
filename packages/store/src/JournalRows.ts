/** Operation rows by column, ready for `unnest`: one array parameter per column, encoded once per commit. */
import type { LogEntry, OperationTexts } from "@easel/protocol"
import * as PgTypes from "@effect/sql-pg/PgTypes"
import * as Result from "effect/Result"

export interface JournalEntry {
  readonly entry: LogEntry
  readonly texts: OperationTexts
}

const columns: ReadonlyArray<readonly [name: string, arrayOf: number, read: (fileId: string, epoch: bigint, row: JournalEntry) => unknown]> = [
  ["file_id", PgTypes.OID.uuid, (fileId) => fileId],
  ["seq", PgTypes.OID.int8, (_, __, row) => BigInt(row.entry.seq)],
  ["epoch", PgTypes.OID.int8, (_, epoch) => epoch],
  ["operation_id", PgTypes.OID.text, (_, __, row) => row.entry.operation.id],
  ["idempotency_key", PgTypes.OID.text, (_, __, row) => row.entry.operation.idempotencyKey],
  ["content_hash", PgTypes.OID.text, (_, __, row) => row.entry.contentHash],
  ["status", PgTypes.OID.text, (_, __, row) => row.entry.status],
  ["operation_type", PgTypes.OID.text, (_, __, row) => row.entry.operation.operationType],
  ["object_id", PgTypes.OID.text, (_, __, row) => row.entry.operation.objectId],
  ["property_path", PgTypes.OID.text, (_, __, row) => row.entry.operation.operationType === "update" ? row.entry.operation.propertyPath : null],
  ["old_value", PgTypes.OID.text, (_, __, row) => row.texts.oldValue],
  ["new_value", PgTypes.OID.text, (_, __, row) => row.texts.newValue],
  [`"timestamp"`, PgTypes.OID.int8, (_, __, row) => BigInt(row.entry.operation.timestamp)],
  ["user_id", PgTypes.OID.text, (_, __, row) => row.entry.userId],
  ["client_id", PgTypes.OID.text, (_, __, row) => row.entry.clientId]
]

const sqlTypes: Readonly<Record<number, string>> = {
  [PgTypes.OID.uuid]: "uuid",
  [PgTypes.OID.int8]: "bigint",
  [PgTypes.OID.text]: "text"
}

/** The columns of `operations` that a commit writes, comma-joined. */
export const columnNames = columns.map(([name]) => name).join(", ")

/** `unnest($n::type[], …) AS row (…)`, with the first parameter's number. */
export const unnestRows = (firstParameter: number): string =>
  `unnest(${columns.map(([, oid], index) => `$${firstParameter + index}::${sqlTypes[oid]}[]`).join(", ")}) AS r (${columnNames})`

/** The select list that turns a row of `unnestRows` into a row of `operations`. */
export const selectRow = columns
  .map(([name]) => name === "old_value" || name === "new_value" ? `r.${name}::jsonb` : `r.${name}`)
  .join(", ")

interface Batch {
  readonly fileId: string
  readonly epoch: number
  readonly rows: ReadonlyArray<JournalEntry>
}

export const parameters = (batches: ReadonlyArray<Batch>): ReadonlyArray<PgTypes.Parameter> =>
  columns.map(([, oid, read]) => {
    const values: Array<unknown> = []
    for (const batch of batches) {
      const epoch = BigInt(batch.epoch)
      for (const row of batch.rows) values.push(read(batch.fileId, epoch, row))
    }
    return array(values, oid)
  })

/** One array parameter. The values are ours, so an encoding error is a bug and throws. */
export const array = (values: ReadonlyArray<unknown>, elementOid: number): PgTypes.Parameter =>
  Result.getOrThrow(PgTypes.array(values, elementOid))
