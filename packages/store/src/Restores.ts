/**
 * Restores of files that were asked for. A row is there before the first operation of its restore, together with the
 * version of what was there before; it is done when everything is committed. What a crash left undone is found by it.
 */
import type { Principal, RestoreScope } from "@easel/protocol"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as SqlClient from "effect/sql/SqlClient"
import type { DocumentBlob } from "./documentBlobs.ts"
import { Policy } from "./Policy.ts"
import type { StoreUnavailable } from "./StoreUnavailable.ts"
import { insertVersion, type NewVersion, versionParameters } from "./versionRow.ts"

export interface Restore {
  /** The id of the request. */
  readonly id: string
  readonly fileId: string
  /** The state to bring back. */
  readonly targetSeq: number
  /** What of it; or what another restore wrote. `null`: everything. */
  readonly scope: RestoreScope | { readonly _tag: "Undo"; readonly restoreId: string } | null
  readonly requestedBy: Principal
  /** The version of the state at `fromSeq`. */
  readonly beforeVersion: string
  /** The state that it is about: what was written after it is kept. */
  readonly fromSeq: number
  /** Of its operations, in milliseconds since 1970: after all that is in the state at `fromSeq`. */
  readonly timestamp: number
  /** Everything is committed at this seq; `null` while something may be missing. */
  readonly doneSeq: number | null
}

export class Restores extends Context.Service<Restores, {
  /** The restore with this id: the new one with its version, or the one of the file that has the id already. `undefined`: another file's has it. */
  readonly begin: (restore: Omit<Restore, "doneSeq">, before: NewVersion, blob: DocumentBlob) => Effect.Effect<Restore | undefined, StoreUnavailable>
  readonly find: (fileId: string, id: string) => Effect.Effect<Restore | undefined, StoreUnavailable>
  /** Those that are not done, oldest first. */
  readonly pending: (fileId: string) => Effect.Effect<ReadonlyArray<Restore>, StoreUnavailable>
  readonly finish: (id: string, doneSeq: number) => Effect.Effect<void, StoreUnavailable>
}>()("@easel/store/Restores") {
  static readonly layer = Layer.effect(
    Restores,
    Effect.gen(function*() {
      const sql = yield* SqlClient.SqlClient
      const policy = yield* Policy
      const query = (operation: string, text: string, parameters: ReadonlyArray<unknown>) =>
        policy.postgres(operation, sql.unsafe<Restore>(text, parameters))

      return Restores.of({
        begin: (restore, before, blob) =>
          Effect.map(query("Restores.begin", beginStatement, [...versionParameters(before, blob), ...restoreParameters(restore)]), ([row]) => row),

        find: (fileId, id) =>
          Effect.map(
            query("Restores.find", `SELECT ${columns} FROM file_restores WHERE id = $2::uuid AND file_id = $1::uuid`, [fileId, id]),
            ([row]) => row
          ),

        pending: (fileId) =>
          query(
            "Restores.pending",
            `SELECT ${columns} FROM file_restores WHERE file_id = $1::uuid AND done_seq IS NULL ORDER BY created_at, id`,
            [fileId]
          ),

        finish: (id, doneSeq) =>
          Effect.asVoid(query(
            "Restores.finish",
            `UPDATE file_restores SET done_seq = $2::bigint WHERE id = $1::uuid AND done_seq IS NULL`,
            [id, BigInt(doneSeq)]
          ))
      })
    })
  )
}

const columns = `id::text AS id, file_id::text AS "fileId", target_seq::float8 AS "targetSeq", scope, requested_by AS "requestedBy",
  before_version::text AS "beforeVersion", from_seq::float8 AS "fromSeq", "timestamp"::float8 AS "timestamp", done_seq::float8 AS "doneSeq"`

const beginStatement = `
WITH version AS (${insertVersion})
INSERT INTO file_restores (id, file_id, target_seq, scope, requested_by, before_version, from_seq, "timestamp")
VALUES ($11::uuid, $12::uuid, $13::bigint, $14::jsonb, $15::jsonb, $16::uuid, $17::bigint, $18::bigint)
ON CONFLICT (id) DO UPDATE SET id = excluded.id WHERE file_restores.file_id = excluded.file_id
RETURNING ${columns}`

const restoreParameters = ({ beforeVersion, fileId, fromSeq, id, requestedBy, scope, targetSeq, timestamp }: Omit<Restore, "doneSeq">) => [
  id,
  fileId,
  BigInt(targetSeq),
  scope === null ? null : JSON.stringify(scope),
  JSON.stringify(requestedBy),
  beforeVersion,
  BigInt(fromSeq),
  BigInt(timestamp)
]
