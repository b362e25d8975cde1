/**
 * Files that leave for ever, with all that was said and kept of them. A file is marked first, and is gone for everybody
 * from then on; then its rows go, the log in portions, and its own row last. What a crash leaves of that is finished by
 * the next collection of garbage, which is also what finds the blobs that nobody refers to any more.
 */
import { FileMissing, RevisionStale } from "@easel/protocol"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Schema from "effect/Schema"
import * as SqlClient from "effect/sql/SqlClient"
import { Policy } from "./Policy.ts"
import type { StoreUnavailable } from "./StoreUnavailable.ts"

/** It is not in the trash. Nothing was changed. */
export class NotTrashed extends Schema.TaggedError<NotTrashed>()("NotTrashed", {}) {}

export class Purges extends Context.Service<Purges, {
  /** Deletes what is in the trash for good. It may name the revision that it is about. */
  readonly purge: (fileId: string, revision?: number) => Effect.Effect<void, FileMissing | NotTrashed | RevisionStale | StoreUnavailable>
  /** Goes on with what was left undone. Returns how many files that were. */
  readonly finish: Effect.Effect<number, StoreUnavailable>
}>()("@easel/store/Purges") {
  static readonly layer = Layer.effect(
    Purges,
    Effect.gen(function*() {
      const sql = yield* SqlClient.SqlClient
      const policy = yield* Policy

      const removeRows = Effect.fnUntraced(function*(fileId: string) {
        for (let count = portionRows; count === portionRows;) {
          const [row] = yield* policy.postgres("Purges.operations", sql.unsafe<{ readonly count: number }>(removePortion, [fileId, portionRows]))
          count = row?.count ?? 0
        }
        yield* policy.postgres("Purges.rows", sql.withTransaction(Effect.forEach(removals, (text) => sql.unsafe(text, [fileId]), { discard: true })))
      })

      const refusalOf = Effect.fnUntraced(function*(fileId: string) {
        const [file] = yield* policy.postgres("Purges.find", sql.unsafe<{ readonly revision: number; readonly isTrashed: boolean }>(
          `SELECT revision::float8 AS revision, deleted_at IS NOT NULL AS "isTrashed" FROM files WHERE id = $1::uuid AND purged_at IS NULL`,
          [fileId]
        ))
        if (file === undefined) return yield* new FileMissing({ fileId })
        return yield* file.isTrashed ? new RevisionStale({ revision: file.revision }) : new NotTrashed()
      })

      return Purges.of({
        purge: Effect.fn("Purges.purge")(function*(fileId, revision) {
          const [marked] = yield* policy.postgres("Purges.mark", sql.unsafe(
            `UPDATE files SET purged_at = now() WHERE id = $1::uuid AND deleted_at IS NOT NULL AND purged_at IS NULL
               AND ($2::bigint IS NULL OR revision = $2::bigint) RETURNING id`,
            [fileId, revision ?? null]
          ))
          if (marked === undefined) return yield* refusalOf(fileId)
          yield* removeRows(fileId)
        }),

        finish: Effect.gen(function*() {
          const left = yield* policy.postgres("Purges.left", sql.unsafe<{ readonly id: string }>(`SELECT id::text AS id FROM files WHERE purged_at IS NOT NULL`))
          yield* Effect.forEach(left, ({ id }) => removeRows(id), { discard: true })
          return left.length
        })
      })
    })
  )
}

/** Rows of the log in one statement. */
const portionRows = 5_000

const removePortion = `
WITH gone AS (
  DELETE FROM operations WHERE file_id = $1::uuid
    AND seq IN (SELECT o.seq FROM operations o WHERE o.file_id = $1::uuid ORDER BY o.seq LIMIT $2::int) RETURNING 1
) SELECT count(*)::int AS count FROM gone`

/** Who refers to something goes before it. A table that gets a reference to files is added here. */
const removals = [
  "DELETE FROM comment_reads WHERE thread_id IN (SELECT id FROM comments WHERE file_id = $1::uuid)",
  ...[
    "comment_mentions",
    "comment_changes",
    "comment_replies",
    "comments",
    "file_restores",
    "file_versions",
    "file_checkpoints",
    "log_segments",
    "share_links",
    "file_members"
  ].map((table) => `DELETE FROM ${table} WHERE file_id = $1::uuid`),
  "DELETE FROM files WHERE id = $1::uuid"
]
