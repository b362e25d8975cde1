/**
 * The rows of `files`: creating, finding and listing files, and the grants that make one actor their only writer.
 *
 * `activate` and `reclaim` advance the epoch: from then on no commit of an older epoch can succeed (see `Journal`).
 * Only the holder of the shard's lease is granted a file, so who lost its shards cannot take its files back.
 */
import { FileMissing, type ShardGroup, shardGroups } from "@easel/protocol"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Schema from "effect/Schema"
import * as SqlClient from "effect/sql/SqlClient"
import { Policy } from "./Policy.ts"
import type { Lease } from "./ShardLeases.ts"
import type { StoreUnavailable } from "./StoreUnavailable.ts"
import { ensuredUser } from "./userRow.ts"

export interface FileRow {
  readonly id: string
  readonly name: string
  readonly seq: number
  /** Milliseconds since 1970. */
  readonly createdAt: number
  readonly updatedAt: number
}

/** The right to write a file: commits carry `epoch` and are refused once a newer one was granted. */
export interface Grant {
  readonly fileId: string
  readonly name: string
  readonly epoch: number
  readonly headSeq: number
  /** Counts the changes of who may do what (`Access`). Commits carry it, too. */
  readonly access: number
  /** Of the last change of its comments. */
  readonly commentSeq: number
  /** Whether a restore of the file was left undone. */
  readonly hasPendingRestores: boolean
  /** The seq of the newest version; 0 when there is none. */
  readonly versionSeq: number
  /** Why the file may not be opened (`Quarantine`). */
  readonly quarantine: string | null
}

/** Somebody else was granted the file. The holder must forget its memory and stop, and not take the file back. */
export class EpochStale extends Schema.TaggedError<EpochStale>()("EpochStale", {
  fileId: Schema.String,
  epoch: Schema.Int
}) {}

/** The runner does not hold the shard that the file lives in: somebody else does, or will. Nothing was granted. */
export class LeaseMissing extends Schema.TaggedError<LeaseMissing>()("LeaseMissing", {
  fileId: Schema.String,
  /** The group of shards that the file lives in. */
  group: Schema.Literals(shardGroups)
}) {}

/** Position in a listing: created before this file. */
export interface FilesCursor {
  readonly createdAt: number
  readonly id: string
}

export interface ListFrom {
  readonly after?: FilesCursor | undefined
  /** A user id. */
  readonly visibleTo?: string | undefined
}

const columns = `id::text AS id, name, head_seq::float8 AS seq,
  (extract(epoch FROM created_at) * 1000)::float8 AS "createdAt", (extract(epoch FROM updated_at) * 1000)::float8 AS "updatedAt"`

/** Of a file, whether a user has a role in it, but for share links. */
export const hasRole = (subject: string): string => `(
  files.id IN (SELECT m.file_id FROM file_members m JOIN users u ON u.id = m.user_id WHERE u.subject = ${subject})
  OR files.team_id IN (SELECT m.team_id FROM team_members m JOIN users u ON u.id = m.user_id WHERE u.subject = ${subject}))`

const grantColumns = `id::text AS "fileId", name, epoch::float8 AS epoch, head_seq::float8 AS "headSeq", access::float8 AS access,
  comment_seq::float8 AS "commentSeq", quarantine_reason AS quarantine,
  EXISTS (SELECT FROM file_restores r WHERE r.file_id = files.id AND r.done_seq IS NULL) AS "hasPendingRestores",
  coalesce((SELECT v.seq FROM file_versions v WHERE v.file_id = files.id AND v.deleted_at IS NULL ORDER BY v.seq DESC LIMIT 1), 0)::float8 AS "versionSeq"`

/** What may have changed of a file that an actor believes to own. */
export type Ownership = Pick<Grant, "epoch" | "access">

export class Files extends Context.Service<Files, {
  /** `owner` is the user id of who makes it; nobody owns what was made where nobody is asked. */
  readonly create: (name: string, of?: { readonly owner?: string | undefined; readonly teamId?: string | undefined }) => Effect.Effect<FileRow, StoreUnavailable>
  readonly rename: (fileId: string, name: string) => Effect.Effect<FileRow, FileMissing | StoreUnavailable>
  readonly find: (fileId: string) => Effect.Effect<FileRow, FileMissing | StoreUnavailable>
  /** Newest first, at most `limit`, and only those in which `visibleTo` has a role of his own or his team's. */
  readonly list: (limit: number, from?: ListFrom) => Effect.Effect<ReadonlyArray<FileRow>, StoreUnavailable>
  /**
   * Grants the file to the holder of its shard's lease, whoever held it before. A file whose group has no living runner
   * moves to the group of who asks.
   */
  readonly activate: (fileId: string, lease: Lease) => Effect.Effect<Grant, FileMissing | LeaseMissing | StoreUnavailable>
  /** Moves the file to another group, if the epoch is the newest and the group has runners. Returns whether it was. */
  readonly place: (fileId: string, epoch: number, group: ShardGroup) => Effect.Effect<boolean, StoreUnavailable>
  /** The newest epoch that was granted, and who may do what. */
  readonly ownershipOf: (fileId: string) => Effect.Effect<Ownership, FileMissing | StoreUnavailable>
  /** Grants the file again to the holder of `epoch`, unless it was granted to somebody else. */
  readonly reclaim: (fileId: string, epoch: number) => Effect.Effect<Grant, EpochStale | StoreUnavailable>
}>()("@easel/store/Files") {
  static readonly layer = Layer.effect(
    Files,
    Effect.gen(function*() {
      const sql = yield* SqlClient.SqlClient
      const policy = yield* Policy
      const query = <Row extends object>(operation: string, text: string, parameters: ReadonlyArray<unknown>) =>
        policy.postgres(operation, sql.unsafe<Row>(text, parameters))

      return Files.of({
        create: Effect.fn("Files.create")(function*(name, { owner, teamId } = {}) {
          // The id is made here, so that a retry after a lost reply cannot create two files.
          const id = crypto.randomUUID()
          const made = `INSERT INTO files (id, name, team_id) VALUES ($1::uuid, $2, $3::uuid)
             ON CONFLICT (id) DO UPDATE SET name = excluded.name RETURNING *`
          const rows = yield* (owner === undefined
            ? query<FileRow>("Files.create", `WITH made AS (${made}) SELECT ${columns} FROM made`, [id, name, teamId ?? null])
            : query<FileRow>(
              "Files.create",
              `WITH member AS (${ensuredUser("$4")}), made AS (${made}), owned AS (
                 INSERT INTO file_members (file_id, user_id, role) SELECT made.id, member.id, 'owner' FROM made, member ON CONFLICT DO NOTHING
               ) SELECT ${columns} FROM made`,
              [id, name, teamId ?? null, owner]
            ))
          return yield* only(rows)
        }),

        rename: Effect.fn("Files.rename")(function*(fileId, name) {
          const rows = yield* query<FileRow>(
            "Files.rename",
            `UPDATE files SET name = $2, updated_at = now() WHERE id = $1::uuid AND deleted_at IS NULL RETURNING ${columns}`,
            [fileId, name]
          )
          return rows[0] ?? (yield* new FileMissing({ fileId }))
        }),

        find: Effect.fn("Files.find")(function*(fileId) {
          const rows = yield* query<FileRow>(
            "Files.find",
            `SELECT ${columns} FROM files WHERE id = $1::uuid AND deleted_at IS NULL`,
            [fileId]
          )
          return rows[0] ?? (yield* new FileMissing({ fileId }))
        }),

        list: (limit, { after, visibleTo } = {}) => {
          const parameters: Array<unknown> = [limit]
          const given = (value: unknown): string => `$${parameters.push(value)}`
          const conditions = ["deleted_at IS NULL"]
          if (after !== undefined) {
            conditions.push(`(files.created_at, files.id) < (to_timestamp(${given(after.createdAt)}::float8 / 1000), ${given(after.id)}::uuid)`)
          }
          if (visibleTo !== undefined) conditions.push(hasRole(given(visibleTo)))
          return query<FileRow>(
            "Files.list",
            `SELECT ${columns} FROM files WHERE ${conditions.join(" AND ")} ORDER BY files.created_at DESC, files.id DESC LIMIT $1::int`,
            parameters
          )
        },

        activate: Effect.fn("Files.activate")(function*(fileId, { address, shardId }) {
          const rows = yield* query<Grant>(
            "Files.activate",
            `UPDATE files SET epoch = epoch + 1, shard_group = split_part($2, ':', 1)
             WHERE id = $1::uuid AND deleted_at IS NULL
               AND (shard_group = split_part($2, ':', 1) OR NOT ${hasRunners("shard_group")})
               AND EXISTS (SELECT FROM shard_leases l WHERE l.shard_id = $2 AND l.address = $3)
             RETURNING ${grantColumns}`,
            [fileId, shardId, address]
          )
          if (rows[0] !== undefined) return rows[0]
          const [found] = yield* query<{ readonly group: ShardGroup }>(
            "Files.group",
            `SELECT shard_group AS "group" FROM files WHERE id = $1::uuid AND deleted_at IS NULL`,
            [fileId]
          )
          return yield* found === undefined ? new FileMissing({ fileId }) : new LeaseMissing({ fileId, ...found })
        }),

        ownershipOf: Effect.fn("Files.ownershipOf")(function*(fileId) {
          const rows = yield* sql.unsafe<Ownership>(
            `SELECT epoch::float8 AS epoch, access::float8 AS access FROM files WHERE id = $1::uuid AND deleted_at IS NULL`,
            [fileId]
          ).pipe(policy.once("Files.ownershipOf"))
          return rows[0] ?? (yield* new FileMissing({ fileId }))
        }),

        place: Effect.fn("Files.place")(function*(fileId, epoch, group) {
          const rows = yield* query(
            "Files.place",
            `UPDATE files SET shard_group = $3 WHERE id = $1::uuid AND epoch = $2::bigint AND ${hasRunners("$3")} RETURNING id`,
            [fileId, BigInt(epoch), group]
          )
          return rows.length > 0
        }),

        reclaim: Effect.fn("Files.reclaim")(function*(fileId, epoch) {
          // Not retried: a lost reply would find the epoch already advanced, by ourselves, and look like a loss.
          const rows = yield* sql.unsafe<Grant>(
            `UPDATE files SET epoch = epoch + 1 WHERE id = $1::uuid AND epoch = $2::bigint AND deleted_at IS NULL
             RETURNING ${grantColumns}`,
            [fileId, BigInt(epoch)]
          ).pipe(policy.once("Files.reclaim"))
          return rows[0] ?? (yield* new EpochStale({ fileId, epoch }))
        })
      })
    })
  )
}

const hasRunners = (group: string): string =>
  `EXISTS (SELECT FROM cluster_members m WHERE m.state = 'alive' AND m.runner::jsonb->'groups' ? ${group})`

const only = <Row>(rows: ReadonlyArray<Row>): Effect.Effect<Row> => {
  const row = rows[0]
  return row === undefined ? Effect.die(new Error("Files: a statement that returns one row returned none")) : Effect.succeed(row)
}
