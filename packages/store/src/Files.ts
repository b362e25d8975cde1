/**
 * The rows of `files`: creating, finding and listing files, and the grants that make one actor their only writer.
 *
 * `activate` and `reclaim` advance the epoch: from then on no commit of an older epoch can succeed (see `Journal`).
 * Only the holder of the shard's lease is granted a file, so who lost its shards cannot take its files back.
 */
import { FileMissing, Limits, RevisionStale, type ShardGroup, shardGroups } from "@easel/protocol"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Schema from "effect/Schema"
import * as SqlClient from "effect/sql/SqlClient"
import type { DocumentBlob } from "./documentBlobs.ts"
import { fileColumns, type FileRow, type ListFrom, listStatement } from "./fileRow.ts"
import { Policy } from "./Policy.ts"
import type { Lease } from "./ShardLeases.ts"
import type { StoreUnavailable } from "./StoreUnavailable.ts"
import { ensuredUser } from "./userRow.ts"
import { insertVersion, versionParameters } from "./versionRow.ts"

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

const grantColumns = `id::text AS "fileId", name, epoch::float8 AS epoch, head_seq::float8 AS "headSeq", access::float8 AS access,
  comment_seq::float8 AS "commentSeq", quarantine_reason AS quarantine,
  EXISTS (SELECT FROM file_restores r WHERE r.file_id = files.id AND r.done_seq IS NULL) AS "hasPendingRestores",
  coalesce((SELECT v.seq FROM file_versions v WHERE v.file_id = files.id AND v.deleted_at IS NULL ORDER BY v.seq DESC LIMIT 1), 0)::float8 AS "versionSeq"`

/** What may have changed of a file that an actor believes to own. */
export type Ownership = Pick<Grant, "epoch" | "access">

export interface FilePlace {
  readonly teamId: string | null
  /** One of the team. */
  readonly projectId: string | null
}

export interface NewFile {
  readonly id?: string | undefined
  readonly place?: FilePlace
  /** The user id of who makes it; nobody owns what was made where nobody is asked. */
  readonly owner?: string | undefined
}

/** What a copy begins with. */
export interface CopyOrigin {
  /** The file that it is taken of, and its name. */
  readonly fileId: string
  readonly of: string
  readonly seq: number
  readonly blob: DocumentBlob
  /** A user id. */
  readonly by: string
}

export class Files extends Context.Service<Files, {
  /** The id of one that was made before gives that one. */
  readonly create: (name: string, of?: NewFile) => Effect.Effect<FileRow, StoreUnavailable>
  /** The same of one whose log begins after a seq that another file had, with a version of what that was. */
  readonly copy: (name: string, of: NewFile & { readonly id: string }, origin: CopyOrigin) => Effect.Effect<void, StoreUnavailable>
  /** What changes it may name the `revision` that it is about. */
  readonly rename: (fileId: string, name: string, revision?: number) => Effect.Effect<FileRow, FileMissing | RevisionStale | StoreUnavailable>
  /**
   * Who has a role by the team that it leaves alone has none from this moment on; `owner` gets one of his own. A team
   * or a project that is gone is none.
   */
  readonly move: (
    fileId: string,
    to: FilePlace,
    options?: { readonly owner?: string | undefined; readonly revision?: number | undefined }
  ) => Effect.Effect<FileRow, FileMissing | RevisionStale | StoreUnavailable>
  /** Moves it into the trash, or out of it. Nobody writes or opens what is in there. */
  readonly trash: (fileId: string, trashed: boolean, revision?: number) => Effect.Effect<FileRow, FileMissing | RevisionStale | StoreUnavailable>
  /** Not what is in the trash. */
  readonly find: (fileId: string) => Effect.Effect<FileRow, FileMissing | StoreUnavailable>
  /** The same, or in the trash. */
  readonly findKept: (fileId: string) => Effect.Effect<FileRow, FileMissing | StoreUnavailable>
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

      const find = Effect.fn("Files.find")(function*(which: string, fileId: string) {
        const rows = yield* query<FileRow>("Files.find", `SELECT ${fileColumns} FROM files WHERE id = $1::uuid AND ${which}`, [fileId])
        return rows[0] ?? (yield* new FileMissing({ fileId }))
      })

      const change = Effect.fnUntraced(
        function*(operation: string, set: string, which: string, fileId: string, revision: number | undefined, parameters: ReadonlyArray<unknown>, besides = "") {
          const rows = yield* query<FileRow>(
            operation,
            `WITH changed AS (
               UPDATE files SET ${set} WHERE id = $1::uuid AND ${which} AND ($2::bigint IS NULL OR revision = $2::bigint) RETURNING *
             )${besides} SELECT ${fileColumns} FROM changed`,
            [fileId, revision === undefined ? null : BigInt(revision), ...parameters]
          )
          if (rows[0] !== undefined) return rows[0]
          const { revision: present } = yield* find(which, fileId)
          return yield* new RevisionStale({ revision: present })
        }
      )

      return Files.of({
        create: Effect.fn("Files.create")(function*(name, { id = crypto.randomUUID(), owner, place: { projectId, teamId } = nowhere } = {}) {
          // The id is made before, so that a retry after a lost reply cannot create two files.
          const made = `INSERT INTO files (id, name, team_id, project_id) VALUES ($1::uuid, $2, ${teamOf("$3")}, ${projectOf("$4", "$3")})
             ON CONFLICT (id) DO UPDATE SET name = files.name RETURNING *`
          const rows = yield* query<FileRow>(
            "Files.create",
            `WITH made AS (${made})${owner === undefined ? "" : ownedBy("made", "$5")} SELECT ${fileColumns} FROM made`,
            [id, name, teamId, projectId, ...(owner === undefined ? [] : [owner])]
          )
          return yield* only(rows)
        }),

        copy: Effect.fn("Files.copy")(function*(name, { id, owner, place: { projectId, teamId } = nowhere }, { blob, by, fileId, of, seq }) {
          const version = { id, fileId: id, seq, kind: "named", name: `${of} at ${seq}`.slice(0, Limits.fileNameCharsMax), createdBy: by } as const
          const parameters = versionParameters(version, blob)
          const next = (index: number): string => `$${parameters.length + index}`
          yield* query(
            "Files.copy",
            `WITH made AS (
               INSERT INTO files (id, name, team_id, project_id, head_seq, base_seq)
               VALUES ($2::uuid, ${next(1)}, ${teamOf(next(2))}, ${projectOf(next(3), next(2))}, $3::bigint, $3::bigint)
               ON CONFLICT (id) DO UPDATE SET name = files.name RETURNING *
             )${owner === undefined ? "" : ownedBy("made", next(5))}, shown AS (${copyAssets(next(4))}), kept AS (${insertVersion}) SELECT id FROM kept`,
            [...parameters, name, teamId, projectId, fileId, ...(owner === undefined ? [] : [owner])]
          )
        }),

        rename: (fileId, name, revision) => change("Files.rename", "name = $3, updated_at = now()", notTrashed, fileId, revision, [name]),

        move: (fileId, { projectId, teamId }, { owner, revision } = {}) => {
          const set = `team_id = ${teamOf("$3")}, project_id = ${projectOf("$4", "$3")}`
          return owner === undefined
            ? change("Files.move", set, notTrashed, fileId, revision, [teamId, projectId])
            : change("Files.move", set, notTrashed, fileId, revision, [teamId, projectId, owner], ownedBy("changed", "$5"))
        },

        trash: (fileId, trashed, revision) =>
          trashed
            ? change("Files.trash", "deleted_at = coalesce(deleted_at, now())", kept, fileId, revision, [])
            : change("Files.restore", "deleted_at = NULL", kept, fileId, revision, []),

        find: (fileId) => find(notTrashed, fileId),

        findKept: (fileId) => find(kept, fileId),

        list: (limit, from = {}) => query<FileRow>("Files.list", ...listStatement(limit, from)),

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
          ).pipe(policy.always("Files.ownershipOf"))
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

const nowhere: FilePlace = { teamId: null, projectId: null }

const notTrashed = "deleted_at IS NULL"

/** In the trash or not, and not about to leave for ever. */
const kept = "purged_at IS NULL"

/** Makes a user an owner of the files of an expression before. */
const ownedBy = (files: string, subject: string): string => `, member AS (${ensuredUser(subject)}), owned AS (
  INSERT INTO file_members (file_id, user_id, role) SELECT ${files}.id, member.id, 'owner' FROM ${files}, member
  ON CONFLICT (file_id, user_id) DO UPDATE SET role = excluded.role
)`

/** A team or a project that stays until the statement has committed, or none. */
const teamOf = (id: string): string => `(SELECT t.id FROM teams t WHERE t.id = ${id}::uuid FOR KEY SHARE)`

const projectOf = (id: string, teamId: string): string =>
  `(SELECT p.id FROM projects p WHERE p.id = ${id}::uuid AND p.team_id = ${teamId}::uuid FOR KEY SHARE)`

/** The images of a file, for one that was just `made` of it. */
const copyAssets = (fileId: string): string => `
  INSERT INTO assets (file_id, sha256, content_type, bytes, width, height, thumbnail_sha256, created_by)
  SELECT made.id, a.sha256, a.content_type, a.bytes, a.width, a.height, a.thumbnail_sha256, a.created_by
  FROM assets a, made WHERE a.file_id = ${fileId}::uuid ON CONFLICT DO NOTHING`

const hasRunners = (group: string): string =>
  `EXISTS (SELECT FROM cluster_members m WHERE m.state = 'alive' AND m.runner::jsonb->'groups' ? ${group})`

const only = <Row>(rows: ReadonlyArray<Row>): Effect.Effect<Row> => {
  const row = rows[0]
  return row === undefined ? Effect.die(new Error("Files: a statement that returns one row returned none")) : Effect.succeed(row)
}
