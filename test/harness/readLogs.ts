/** The logs of all files as PostgreSQL holds them, for the checkers. */
import type { LogRow } from "./checkHistory.ts"
import { Model, type ModelOperation } from "./model.ts"
import { runSql } from "./runSql.ts"

const selectLog = `SELECT file_id::text AS "fileId", seq::float8 AS seq, epoch::float8 AS epoch, operation_id AS id,
  idempotency_key AS key, status, operation_type AS "operationType", object_id AS "objectId", property_path AS "propertyPath",
  new_value AS "newValue", "timestamp"::float8 AS "timestamp", client_id AS "clientId" FROM operations ORDER BY file_id, seq`

export const readLogs = async (databaseUrl: string): Promise<ReadonlyMap<string, ReadonlyArray<LogRow>>> => {
  const logs = new Map<string, Array<LogRow>>()
  for (const row of await runSql(databaseUrl, selectLog)) {
    const file = String(row["fileId"])
    const log = logs.get(file) ?? []
    logs.set(file, log)
    // SAFETY: the columns of `selectLog` are those of LogRow.
    log.push(row as unknown as LogRow)
  }
  return logs
}

/** What a log comes to, by the model alone. */
export const fold = (rows: ReadonlyArray<ModelOperation>): Model => {
  const model = new Model()
  for (const row of rows) model.apply(row)
  return model
}
