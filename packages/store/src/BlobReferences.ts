/** Who refers to blobs: the one list of the columns that hold keys of blobs. A column that is not in it loses its blobs. */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as SqlClient from "effect/sql/SqlClient"
import { Policy } from "./Policy.ts"
import type { StoreUnavailable } from "./StoreUnavailable.ts"

/** Each is indexed. Rows that are marked as deleted refer as well, until they are gone. */
const columns = [
  ["file_checkpoints", "sha256"],
  ["file_versions", "sha256"],
  ["file_versions", "base_sha256"],
  ["log_segments", "sha256"],
  ["assets", "sha256"],
  ["assets", "thumbnail_sha256"],
  ["exports", "sha256"],
  ["file_thumbnails", "sha256"]
] as const

const referred = columns.map(([table, column]) => `SELECT ${column} AS sha256 FROM ${table} WHERE ${column} = ANY($1::text[])`).join(" UNION ")

export class BlobReferences extends Context.Service<BlobReferences, {
  /** Those of some blobs that somebody refers to at a moment after the call. */
  readonly among: (sha256s: ReadonlyArray<string>) => Effect.Effect<ReadonlySet<string>, StoreUnavailable>
}>()("@easel/store/BlobReferences") {
  static readonly layer = Layer.effect(
    BlobReferences,
    Effect.zipWith(SqlClient.SqlClient, Policy, (sql, policy) =>
      BlobReferences.of({
        among: Effect.fn("BlobReferences.among")((sha256s) =>
          policy.postgres(
            "BlobReferences.among",
            sql.unsafe<{ sha256: string }>(referred, [sha256s])
          ).pipe(Effect.map((rows) => new Set(rows.map(({ sha256 }) => sha256)))))
      }))
  )
}
