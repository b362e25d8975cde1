/**
 * The limit's log: rows like those of the operations audit log, one `INSERT ... SELECT FROM unnest(arrays)` a commit.
 *
 * Rows are gathered by column, so that a commit encodes them without another pass. Statements are pipelined on one
 * connection, hence they commit in the order of their calls. Nothing is checked, fenced or looked up: what a real
 * journal costs more than this is what it does more.
 */
import { PgConnection, PgTypes } from "@effect/sql-pg"
import { Effect, Redacted, Result, type Scope } from "effect"
import type { SqlError } from "effect/sql/SqlError"

export interface LimitOperation {
  readonly id: string
  readonly idempotencyKey?: string
  readonly operationType: string
  readonly objectId: string
  readonly propertyPath?: string
  readonly newValue?: unknown
  readonly oldValue?: unknown
  readonly timestamp: number
}

/** The rows of one commit, by column. */
export class LimitRows {
  size = 0
  private readonly fileIds: Array<string> = []
  private readonly seqs: Array<bigint> = []
  private readonly operationIds: Array<string> = []
  private readonly idempotencyKeys: Array<string> = []
  private readonly operationTypes: Array<string> = []
  private readonly objectIds: Array<string> = []
  private readonly propertyPaths: Array<string | null> = []
  private readonly newValues: Array<string | null> = []
  private readonly oldValues: Array<string | null> = []
  private readonly timestamps: Array<bigint> = []
  private readonly clientIds: Array<string> = []
  private readonly userIds: Array<string> = []

  add(fileId: string, seq: number, operation: LimitOperation, clientId: string, userId: string): void {
    this.size++
    this.fileIds.push(fileId)
    this.seqs.push(BigInt(seq))
    this.operationIds.push(operation.id)
    this.idempotencyKeys.push(operation.idempotencyKey ?? operation.id)
    this.operationTypes.push(operation.operationType)
    this.objectIds.push(operation.objectId)
    this.propertyPaths.push(operation.propertyPath ?? null)
    this.newValues.push(jsonText(operation.newValue))
    this.oldValues.push(jsonText(operation.oldValue))
    this.timestamps.push(BigInt(operation.timestamp))
    this.clientIds.push(clientId)
    this.userIds.push(userId)
  }

  parameters(): ReadonlyArray<PgTypes.Parameter> {
    const { OID } = PgTypes
    return [
      array(this.fileIds, OID.uuid),
      array(this.seqs, OID.int8),
      array(this.operationIds, OID.text),
      array(this.idempotencyKeys, OID.text),
      array(this.operationTypes, OID.text),
      array(this.objectIds, OID.text),
      array(this.propertyPaths, OID.text),
      array(this.newValues, OID.text),
      array(this.oldValues, OID.text),
      array(this.timestamps, OID.int8),
      array(this.clientIds, OID.text),
      array(this.userIds, OID.text)
    ]
  }
}

export interface LimitJournal {
  /** Resolves when the rows are durable. */
  readonly append: (rows: LimitRows) => Effect.Effect<void, SqlError>
}

export const make = Effect.fn("LimitJournal.make")(
  function*(url: string): Effect.fn.Return<LimitJournal, SqlError, Scope.Scope> {
    const connection = yield* PgConnection.make({ url: Redacted.make(url), multiplex: true })
    yield* connection.query(createTable)
    return { append: (rows) => Effect.asVoid(connection.queryValues(insert, rows.parameters())) }
  }
)

const createTable = `CREATE TABLE IF NOT EXISTS limit_operations (
  file_id uuid NOT NULL,
  seq bigint NOT NULL,
  operation_id text NOT NULL,
  idempotency_key text NOT NULL,
  operation_type text NOT NULL,
  object_id text NOT NULL,
  property_path text,
  new_value jsonb,
  old_value jsonb,
  timestamp bigint NOT NULL,
  client_id text NOT NULL,
  user_id text NOT NULL,
  PRIMARY KEY (file_id, seq),
  UNIQUE (file_id, idempotency_key)
)`

const columns =
  "file_id, seq, operation_id, idempotency_key, operation_type, object_id, property_path, new_value, old_value, timestamp, client_id, user_id"

const insert = `INSERT INTO limit_operations (${columns})
SELECT file_id, seq, operation_id, idempotency_key, operation_type, object_id, property_path,
  new_value::jsonb, old_value::jsonb, timestamp, client_id, user_id
FROM unnest($1::uuid[], $2::bigint[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[], $9::text[],
  $10::bigint[], $11::text[], $12::text[]) AS row (${columns})`

const array = (values: ReadonlyArray<unknown>, elementOid: number): PgTypes.Parameter =>
  Result.getOrThrow(PgTypes.array(values, elementOid))

const jsonText = (value: unknown): string | null => value === undefined ? null : JSON.stringify(value)
