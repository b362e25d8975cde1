/**
 * Versions of files: a name for an exact seq, and the document as it was there. The row comes after the blob, which was
 * read back by then, so a version that is listed can be read.
 */
import type { Document } from "@easel/document"
import type { Version } from "@easel/protocol"
import * as PgTypes from "@effect/sql-pg/PgTypes"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as SqlClient from "effect/sql/SqlClient"
import * as documentBlobs from "./documentBlobs.ts"
import { array } from "./JournalRows.ts"
import { ObjectStore } from "./ObjectStore.ts"
import { Policy } from "./Policy.ts"
import type { StoreUnavailable } from "./StoreUnavailable.ts"
import { insertVersion, type NewVersion, versionColumns, versionParameters } from "./versionRow.ts"

/** Position in a listing: made before this version. */
export interface VersionsCursor {
  /** Milliseconds since 1970. */
  readonly createdAt: number
  readonly id: string
}

export interface KeptDocument {
  readonly blob: documentBlobs.DocumentBlob
  readonly base: documentBlobs.DocumentBase
}

export class Versions extends Context.Service<Versions, {
  /**
   * Stores the document durably, as a delta from a base where that is much smaller; what was stored is read back. The
   * base that it returns is for the next one.
   */
  readonly keep: (document: Document.Document, base?: documentBlobs.DocumentBase) => Effect.Effect<KeptDocument, StoreUnavailable>
  /** The version with this id: the new one, or the one of the file that has the id already. `undefined`: another file's has it. */
  readonly insert: (version: NewVersion, blob: documentBlobs.DocumentBlob) => Effect.Effect<Version | undefined, StoreUnavailable>
  readonly find: (fileId: string, versionId: string) => Effect.Effect<Version | undefined, StoreUnavailable>
  /** Newest first, at most `limit`. */
  readonly list: (fileId: string, limit: number, before?: VersionsCursor) => Effect.Effect<ReadonlyArray<Version>, StoreUnavailable>
  /** Names a version or pins it; an auto version that gets a name stays what it is, and is kept like one with a name. */
  readonly change: (
    fileId: string,
    versionId: string,
    changes: { readonly name?: string | undefined; readonly pinned?: boolean | undefined }
  ) => Effect.Effect<Version | undefined, StoreUnavailable>
  /** Those that nobody named or pinned, newest first, at most `limit`. */
  readonly unnamed: (fileId: string, limit: number) => Effect.Effect<ReadonlyArray<Version>, StoreUnavailable>
  /** Takes versions out of the listing, unless they were named or pinned meanwhile. */
  readonly remove: (fileId: string, versionIds: ReadonlyArray<string>) => Effect.Effect<void, StoreUnavailable>
  /** Puts a JSON text of the file where SQL can look at it; `undefined` when it would be too large. */
  readonly show: (fileId: string, json: string | undefined) => Effect.Effect<void, StoreUnavailable>
}>()("@easel/store/Versions") {
  static readonly layer = Layer.effect(
    Versions,
    Effect.gen(function*() {
      const sql = yield* SqlClient.SqlClient
      const policy = yield* Policy
      const objects = yield* ObjectStore
      const query = (operation: string, text: string, parameters: ReadonlyArray<unknown>) =>
        policy.postgres(operation, sql.unsafe<Version>(text, parameters))

      return Versions.of({
        keep: Effect.fn("Versions.keep")((document, base) =>
          base === undefined ? documentBlobs.put(objects, document) : documentBlobs.putBeside(objects, document, base)),

        insert: (version, blob) =>
          Effect.map(query("Versions.insert", insertVersion, versionParameters(version, blob)), ([row]) => row),

        find: (fileId, versionId) =>
          Effect.map(
            query(
              "Versions.find",
              `SELECT ${versionColumns} FROM file_versions WHERE id = $2::uuid AND file_id = $1::uuid AND deleted_at IS NULL`,
              [fileId, versionId]
            ),
            ([row]) => row
          ),

        list: (fileId, limit, before) =>
          query(
            "Versions.list",
            `SELECT ${versionColumns} FROM file_versions WHERE file_id = $1::uuid AND deleted_at IS NULL ${
              before === undefined ? "" : "AND (file_versions.created_at, file_versions.id) < (to_timestamp($3::float8 / 1000), $4::uuid)"
            } ORDER BY file_versions.created_at DESC, file_versions.id DESC LIMIT $2::int`,
            before === undefined ? [fileId, limit] : [fileId, limit, before.createdAt, before.id]
          ),

        change: (fileId, versionId, { name, pinned }) =>
          Effect.map(
            query(
              "Versions.change",
              `UPDATE file_versions SET name = coalesce($3, name), pinned = coalesce($4::boolean, pinned)
               WHERE id = $2::uuid AND file_id = $1::uuid AND deleted_at IS NULL RETURNING ${versionColumns}`,
              [fileId, versionId, name ?? null, pinned ?? null]
            ),
            ([row]) => row
          ),

        unnamed: (fileId, limit) =>
          query(
            "Versions.unnamed",
            `SELECT ${versionColumns} FROM file_versions WHERE file_id = $1::uuid AND deleted_at IS NULL AND name IS NULL AND NOT pinned
             ORDER BY file_versions.created_at DESC, file_versions.id DESC LIMIT $2::int`,
            [fileId, limit]
          ),

        remove: (fileId, versionIds) =>
          Effect.asVoid(query(
            "Versions.remove",
            `UPDATE file_versions SET deleted_at = now()
             WHERE file_id = $1::uuid AND id = ANY($2::uuid[]) AND deleted_at IS NULL AND name IS NULL AND NOT pinned`,
            [fileId, array(versionIds, PgTypes.OID.uuid)]
          )),

        // A commit of the file waits for this row, so it is not kept locked until the disk has it: the version is the truth.
        show: (fileId, json) =>
          Effect.asVoid(query(
            "Versions.show",
            `WITH quick AS MATERIALIZED (SELECT set_config('synchronous_commit', 'off', true))
             UPDATE files SET canvas_data = $2::jsonb FROM quick WHERE id = $1::uuid AND (canvas_data IS NOT NULL OR $2::jsonb IS NOT NULL)`,
            [fileId, json ?? null]
          ))
      })
    })
  )
}
