/**
 * Comments of files. A change is one statement: the next seq of the file's comments, the change itself, for whoever
 * asks later who did what, and the comment as it is after it. As a commit of operations it carries epoch and access, so
 * nobody comments who is not the file's owner among the actors, or under a role that was taken away.
 */
import type { Comment, CommentsPage, UnreadComments } from "@easel/protocol"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as SqlClient from "effect/sql/SqlClient"
import { type CommentChange, changeParameters, replyColumns, threadColumns, writeReply, writeThread } from "./commentRows.ts"
import { hasRole } from "./fileRow.ts"
import type { Ownership } from "./Files.ts"
import { Policy } from "./Policy.ts"
import type { StoreUnavailable } from "./StoreUnavailable.ts"

export type { CommentChange } from "./commentRows.ts"

/** Somebody is named in a comment. */
export interface Mention {
  readonly fileId: string
  readonly fileName: string
  readonly threadId: string
  readonly commentId: string
  readonly body: string
  readonly createdBy: string
  readonly userName: string
  /** Of the mention, in milliseconds since 1970. */
  readonly createdAt: number
  readonly unread: boolean
}

export interface MentionsFrom {
  /** A position in the list: what was mentioned before it. */
  readonly before?: Pick<Mention, "createdAt" | "commentId"> | undefined
  /** Of a program that manages files: whatever role it has there. */
  readonly everywhere?: boolean
}

type Seqs = Pick<Comment, "seq" | "createdSeq">

export class Comments extends Context.Service<Comments, {
  /** The seqs of the comment that was written. `undefined`: the request was made before, another owner or other roles are there, or another file's comment has the id. */
  readonly write: (change: CommentChange, ownership: Ownership) => Effect.Effect<Seqs | undefined, StoreUnavailable>
  /** The id of the comment that a request was about. */
  readonly requested: (fileId: string, requestId: string) => Effect.Effect<string | undefined, StoreUnavailable>
  /** Deleted ones as well. */
  readonly find: (fileId: string, commentId: string) => Effect.Effect<Comment | undefined, StoreUnavailable>
  /** Threads of a file, or replies in a thread, that are there. */
  readonly count: (of: { readonly fileId: string } | { readonly threadId: string }) => Effect.Effect<number, StoreUnavailable>
  /** What changed after a seq, in order of seq; from 0 on without what was deleted. Replies of deleted threads are left out. */
  readonly since: (fileId: string, seq: number, limit: number) => Effect.Effect<ReadonlyArray<Comment>, StoreUnavailable>
  /** How far a user has read those of the threads in which he has read anything. */
  readonly reads: (userId: string, threadIds: ReadonlyArray<string>) => Effect.Effect<CommentsPage["reads"], StoreUnavailable>
  readonly markRead: (userId: string, threadId: string, seq: number) => Effect.Effect<void, StoreUnavailable>
  readonly unread: (fileId: string, userId: string) => Effect.Effect<UnreadComments, StoreUnavailable>
  /** Where a user is mentioned, newest first, in files in which he has a role of his own or his team's. */
  readonly mentionsOf: (userId: string, limit: number, from?: MentionsFrom) => Effect.Effect<ReadonlyArray<Mention>, StoreUnavailable>
  readonly unreadMentionsOf: (userId: string, everywhere?: boolean) => Effect.Effect<number, StoreUnavailable>
}>()("@easel/store/Comments") {
  static readonly layer = Layer.effect(
    Comments,
    Effect.gen(function*() {
      const sql = yield* SqlClient.SqlClient
      const policy = yield* Policy
      const query = <Row extends object>(operation: string, text: string, parameters: ReadonlyArray<unknown>) =>
        policy.postgres(operation, sql.unsafe<Row>(text, parameters))
      const one = <Row extends object>(operation: string, text: string, parameters: ReadonlyArray<unknown>) =>
        Effect.map(query<Row>(operation, text, parameters), ([row]) => row)

      return Comments.of({
        write: (change, ownership) =>
          one<Seqs>("Comments.write", change.comment.anchor === null ? writeReply : writeThread, changeParameters(change, ownership)),

        requested: (fileId, requestId) =>
          Effect.map(
            one<{ readonly commentId: string }>(
              "Comments.requested",
              `SELECT comment_id::text AS "commentId" FROM comment_changes WHERE file_id = $1::uuid AND request_id = $2::uuid`,
              [fileId, requestId]
            ),
            (row) => row?.commentId
          ),

        find: (fileId, commentId) =>
          one<Comment>(
            "Comments.find",
            `SELECT ${threadColumns} FROM comments t WHERE t.id = $2::uuid AND t.file_id = $1::uuid
             UNION ALL SELECT ${replyColumns} FROM comment_replies r WHERE r.id = $2::uuid AND r.file_id = $1::uuid`,
            [fileId, commentId]
          ),

        count: (of) =>
          Effect.map(
            "fileId" in of
              ? one<Count>("Comments.count", `SELECT count(*)::float8 AS count FROM comments WHERE file_id = $1::uuid AND deleted_at IS NULL`, [of.fileId])
              : one<Count>("Comments.count", `SELECT count(*)::float8 AS count FROM comment_replies WHERE comment_id = $1::uuid AND deleted_at IS NULL`, [of.threadId]),
            (row) => row?.count ?? 0
          ),

        since: (fileId, seq, limit) => query<Comment>("Comments.since", sinceStatement, [fileId, BigInt(seq), limit]),

        reads: (userId, threadIds) =>
          query<CommentsPage["reads"][number]>(
            "Comments.reads",
            `SELECT thread_id::text AS "threadId", seq::float8 AS seq FROM comment_reads WHERE user_id = $1 AND thread_id = ANY ($2::uuid[])`,
            [userId, threadIds]
          ),

        markRead: (userId, threadId, seq) =>
          Effect.asVoid(query(
            "Comments.markRead",
            `INSERT INTO comment_reads (user_id, thread_id, seq) VALUES ($1, $2::uuid, $3::bigint)
             ON CONFLICT (user_id, thread_id) DO UPDATE SET seq = greatest(comment_reads.seq, excluded.seq)`,
            [userId, threadId, BigInt(seq)]
          )),

        unread: (fileId, userId) =>
          Effect.map(one<UnreadComments>("Comments.unread", unreadStatement, [fileId, userId]), (row) => row ?? { threads: 0, comments: 0, mentions: 0 }),

        mentionsOf: (userId, limit, { before, everywhere = false } = {}) =>
          query<Mention>(
            "Comments.mentionsOf",
            `SELECT m.file_id::text AS "fileId", files.name AS "fileName", m.thread_id::text AS "threadId", m.comment_id::text AS "commentId",
               coalesce(r.body, t.body) AS body, coalesce(r.created_by, t.created_by) AS "createdBy", coalesce(r.user_name, t.user_name) AS "userName",
               (extract(epoch FROM m.created_at) * 1000)::float8 AS "createdAt", m.seq > coalesce(d.seq, 0) AS unread
             FROM ${mentionsFrom} JOIN comments t ON t.id = m.thread_id LEFT JOIN comment_replies r ON r.id = m.comment_id
             WHERE m.user_id = $1 AND ${visible} ${
              before === undefined ? "" : "AND (m.created_at, m.comment_id) < (to_timestamp($4::float8 / 1000), $5::uuid)"
            } ORDER BY m.created_at DESC, m.comment_id DESC LIMIT $3::int`,
            [userId, everywhere, limit, ...(before === undefined ? [] : [before.createdAt, before.commentId])]
          ),

        unreadMentionsOf: (userId, everywhere = false) =>
          Effect.map(
            one<Count>(
              "Comments.unreadMentionsOf",
              `SELECT count(*)::float8 AS count FROM ${mentionsFrom} WHERE m.user_id = $1 AND ${visible} AND m.seq > coalesce(d.seq, 0)`,
              [userId, everywhere]
            ),
            (row) => row?.count ?? 0
          )
      })
    })
  )
}

interface Count {
  readonly count: number
}

/** A seq is that of one comment in one of the tables. */
const sinceStatement = `
SELECT * FROM (
  (SELECT ${threadColumns} FROM comments t
   WHERE t.file_id = $1::uuid AND t.seq > $2::bigint AND ($2::bigint > 0 OR t.deleted_at IS NULL) ORDER BY t.seq LIMIT $3::int)
  UNION ALL
  (SELECT ${replyColumns} FROM comment_replies r JOIN comments t ON t.id = r.comment_id AND t.deleted_at IS NULL
   WHERE r.file_id = $1::uuid AND r.seq > $2::bigint AND ($2::bigint > 0 OR r.deleted_at IS NULL) ORDER BY r.seq LIMIT $3::int)
) changed ORDER BY changed.seq LIMIT $3::int`

const unreadStatement = `
SELECT count(*)::float8 AS comments, count(DISTINCT said.thread_id)::float8 AS threads,
  (SELECT count(*)::float8 FROM comment_mentions m LEFT JOIN comment_reads d ON d.user_id = $2 AND d.thread_id = m.thread_id
   WHERE m.user_id = $2 AND m.file_id = $1::uuid AND m.seq > coalesce(d.seq, 0)) AS mentions
FROM (
  SELECT t.id AS thread_id, t.created_seq, t.created_by FROM comments t WHERE t.file_id = $1::uuid AND t.deleted_at IS NULL
  UNION ALL
  SELECT r.comment_id, r.created_seq, r.created_by FROM comment_replies r JOIN comments t ON t.id = r.comment_id AND t.deleted_at IS NULL
  WHERE r.file_id = $1::uuid AND r.deleted_at IS NULL
) said LEFT JOIN comment_reads d ON d.user_id = $2 AND d.thread_id = said.thread_id
WHERE said.created_by <> $2 AND said.created_seq > coalesce(d.seq, 0)`

/** Of the user in the first parameter; the second says whether roles are not asked for. */
const mentionsFrom = `comment_mentions m JOIN files ON files.id = m.file_id AND files.deleted_at IS NULL
  LEFT JOIN comment_reads d ON d.user_id = m.user_id AND d.thread_id = m.thread_id`
const visible = `($2::boolean OR ${hasRole("$1")})`
