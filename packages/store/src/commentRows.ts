/** Rows of `comments` and `comment_replies`: how one is written, with its change, and what is read of it. */
import type { Comment, CommentWrite } from "@easel/protocol"
import type { Ownership } from "./Files.ts"

/** A change that is about to be made, and the comment as it is after it. */
export interface CommentChange {
  readonly fileId: string
  readonly requestId: string
  /** A user id. */
  readonly by: string
  /** Milliseconds since 1970. */
  readonly at: number
  readonly write: CommentWrite
  readonly comment: Omit<Comment, "seq" | "createdSeq">
}

const millis = (column: string): string => `(extract(epoch FROM ${column}) * 1000)::float8`

const saidColumns = (row: string): string => `
  ${row}.body, ${row}.mentions, ${row}.reactions, ${row}.created_by AS "createdBy", ${row}.user_name AS "userName",
  ${millis(`${row}.created_at`)} AS "createdAt", ${millis(`${row}.edited_at`)} AS "editedAt",
  ${row}.deleted_at IS NOT NULL AS deleted, ${row}.created_seq::float8 AS "createdSeq", ${row}.seq::float8 AS seq`

/** Of `comments t`. */
export const threadColumns = `t.id::text AS id, t.id::text AS "threadId", t.anchor, ${millis("t.resolved_at")} AS "resolvedAt",
  t.resolved_by AS "resolvedBy", ${saidColumns("t")}`

/** Of `comment_replies r`. */
export const replyColumns = `r.id::text AS id, r.comment_id::text AS "threadId", NULL::jsonb AS anchor, NULL::float8 AS "resolvedAt",
  NULL::text AS "resolvedBy", ${saidColumns("r")}`

/**
 * A commit of its own: it advances `comment_seq` where epoch and access are as the writer believes, and only where the
 * request is new, and does the rest only if that row was updated.
 */
const changeStatement = (insert: string, update: string): string => `
WITH head AS (
  UPDATE files SET comment_seq = comment_seq + 1
  WHERE id = $1::uuid AND epoch = $2::bigint AND access = $3::bigint AND deleted_at IS NULL
    AND NOT EXISTS (SELECT FROM comment_changes c WHERE c.file_id = $1::uuid AND c.request_id = $4::uuid)
  RETURNING comment_seq AS seq
), change AS (
  INSERT INTO comment_changes (file_id, seq, request_id, comment_id, write, changed_by, changed_at)
  SELECT $1::uuid, seq, $4::uuid, $5::uuid, $7::jsonb, $8, ${time("$9")} FROM head
), unmentioned AS (
  DELETE FROM comment_mentions m USING head
  WHERE m.thread_id = $6::uuid AND (m.comment_id = $5::uuid OR ($11::boolean AND $5::uuid = $6::uuid)) AND NOT m.user_id = ANY ($12::text[])
), mentioned AS (
  INSERT INTO comment_mentions (thread_id, comment_id, user_id, file_id, seq, created_at)
  SELECT $6::uuid, $5::uuid, m.user_id, $1::uuid, head.seq, ${time("$9")} FROM head, unnest($12::text[]) m (user_id) ON CONFLICT DO NOTHING
)
${insert}
ON CONFLICT (id) DO UPDATE SET seq = excluded.seq, body = excluded.body, mentions = excluded.mentions, reactions = excluded.reactions,
  edited_at = excluded.edited_at, deleted_at = excluded.deleted_at${update}
`

function time(millisSince1970: string): string {
  return `to_timestamp(${millisSince1970}::float8 / 1000)`
}

const saidNames = `id, file_id, seq, created_seq, body, mentions, reactions, created_by, user_name, created_at, edited_at, deleted_at`

const saidValues = `$5::uuid, $1::uuid, seq, seq, $10, $12::text[], $13::jsonb, $14, $15, ${time("$16")}, ${time("$17")},
  CASE WHEN $11::boolean THEN ${time("$9")} END`

const returned = (table: string): string => `WHERE ${table}.file_id = excluded.file_id
RETURNING ${table}.seq::float8 AS seq, ${table}.created_seq::float8 AS "createdSeq"`

export const writeThread = changeStatement(
  `INSERT INTO comments (${saidNames}, anchor, resolved_at, resolved_by)
SELECT ${saidValues}, $18::jsonb, ${time("$19")}, $20 FROM head`,
  `, anchor = excluded.anchor, resolved_at = excluded.resolved_at, resolved_by = excluded.resolved_by ${returned("comments")}`
)

export const writeReply = changeStatement(
  `INSERT INTO comment_replies (${saidNames}, comment_id)
SELECT ${saidValues}, $6::uuid FROM head`,
  ` ${returned("comment_replies")}`
)

export const changeParameters = ({ at, by, comment, fileId, requestId, write }: CommentChange, { access, epoch }: Ownership): ReadonlyArray<unknown> => {
  const parameters = [
    fileId,
    BigInt(epoch),
    BigInt(access),
    requestId,
    comment.id,
    comment.threadId,
    JSON.stringify(write),
    by,
    at,
    comment.body,
    comment.deleted,
    comment.mentions,
    JSON.stringify(comment.reactions),
    comment.createdBy,
    comment.userName,
    comment.createdAt,
    comment.editedAt
  ]
  return comment.anchor === null ? parameters : [...parameters, JSON.stringify(comment.anchor), comment.resolvedAt, comment.resolvedBy]
}
