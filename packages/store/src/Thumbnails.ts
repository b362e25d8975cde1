/**
 * Thumbnails of files, and which are wanted anew: a version that is kept wants one (migration 0011), and so does whoever
 * asks in vain. One is made by whoever claims it; what is claimed and not made is wanted again after a while.
 */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as SqlClient from "effect/sql/SqlClient"
import { Policy } from "./Policy.ts"
import type { StoreUnavailable } from "./StoreUnavailable.ts"

/** A file whose thumbnail somebody is making. */
export interface ThumbnailClaim {
  readonly fileId: string
  /** Says which claim it is; a file that is wanted anew meanwhile has another one. */
  readonly until: string
}

export class Thumbnails extends Context.Service<Thumbnails, {
  /** The blob; `undefined` when there is none. */
  readonly find: (fileId: string) => Effect.Effect<string | undefined, StoreUnavailable>
  /** Wants a thumbnail of a file that has never had one. */
  readonly want: (fileId: string) => Effect.Effect<void, StoreUnavailable>
  /** The file that has waited longest, for ten minutes. */
  readonly claim: Effect.Effect<ThumbnailClaim | undefined, StoreUnavailable>
  /** `sha256` is null when there is nothing to be seen of the file. */
  readonly put: (claim: ThumbnailClaim, sha256: string | null) => Effect.Effect<void, StoreUnavailable>
}>()("@easel/store/Thumbnails") {
  static readonly layer = Layer.effect(
    Thumbnails,
    Effect.zipWith(SqlClient.SqlClient, Policy, (sql, policy) =>
      Thumbnails.of({
        find: (fileId) =>
          policy.postgres("Thumbnails.find", sql.unsafe<{ readonly sha256: string | null }>(`SELECT sha256 FROM file_thumbnails WHERE file_id = $1::uuid`, [fileId])).pipe(
            Effect.map(([found]) => found?.sha256 ?? undefined)
          ),
        want: (fileId) =>
          Effect.asVoid(policy.postgres(
            "Thumbnails.want",
            sql.unsafe(`INSERT INTO file_thumbnails (file_id, wanted_at) VALUES ($1::uuid, now()) ON CONFLICT (file_id) DO NOTHING`, [fileId])
          )),
        // Not tried again: a claim whose answer is lost comes back by itself.
        claim: Effect.suspend(() =>
          policy.once("Thumbnails.claim")(sql.unsafe<ThumbnailClaim>(
            `UPDATE file_thumbnails SET wanted_at = now() + interval '10 minutes'
             WHERE file_id = (SELECT file_id FROM file_thumbnails WHERE wanted_at <= now() ORDER BY wanted_at LIMIT 1 FOR UPDATE SKIP LOCKED)
             RETURNING file_id::text AS "fileId", wanted_at::text AS until`
          ))
        ).pipe(Effect.map(([claim]) => claim)),
        put: ({ fileId, until }, sha256) =>
          Effect.asVoid(policy.postgres(
            "Thumbnails.put",
            sql.unsafe(
              `UPDATE file_thumbnails SET sha256 = $2::text, wanted_at = CASE WHEN wanted_at = $3::timestamptz THEN NULL ELSE wanted_at END
               WHERE file_id = $1::uuid`,
              [fileId, sha256, until]
            )
          ))
      }))
  )
}
