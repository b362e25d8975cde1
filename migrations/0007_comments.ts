/**
 * Comments. Each change of them is one row of `comment_changes` and the comment as it is after it, in one statement
 * that takes the next `files.comment_seq`; so who knows a seq asks for what changed since, and misses nothing.
 */
import * as Effect from "effect/Effect"
import * as SqlClient from "effect/sql/SqlClient"

const said = `
  ADD COLUMN user_name text NOT NULL,
  ADD COLUMN mentions text[] NOT NULL DEFAULT '{}',
  ADD COLUMN reactions jsonb NOT NULL DEFAULT '[]',
  ADD COLUMN edited_at timestamptz,
  ADD COLUMN created_seq bigint NOT NULL,
  ADD COLUMN seq bigint NOT NULL,
  DROP COLUMN updated_at`

const statements = [
  `ALTER TABLE files ADD COLUMN comment_seq bigint NOT NULL DEFAULT 0`,

  `DROP INDEX comments_file`,
  `ALTER TABLE comments ${said},
     ADD COLUMN resolved_by text,
     DROP COLUMN object_id,
     ADD COLUMN object_id text GENERATED ALWAYS AS (anchor->>'objectId') STORED`,
  `CREATE UNIQUE INDEX comments_seq ON comments (file_id, seq)`,

  `DROP INDEX comment_replies_comment`,
  `ALTER TABLE comment_replies ${said}, ADD COLUMN file_id uuid NOT NULL REFERENCES files (id)`,
  `CREATE UNIQUE INDEX comment_replies_seq ON comment_replies (file_id, seq)`,
  `CREATE INDEX comment_replies_comment ON comment_replies (comment_id) WHERE deleted_at IS NULL`,

  // Who did what when, and under which request: what was asked for is kept as it was asked.
  `CREATE TABLE comment_changes (
    file_id uuid NOT NULL REFERENCES files (id),
    seq bigint NOT NULL,
    request_id uuid NOT NULL,
    comment_id uuid NOT NULL,
    write jsonb NOT NULL,
    changed_by text NOT NULL,
    changed_at timestamptz NOT NULL,
    PRIMARY KEY (file_id, seq),
    UNIQUE (file_id, request_id)
  )`,

  // Of comments that are there.
  `CREATE TABLE comment_mentions (
    thread_id uuid NOT NULL REFERENCES comments (id),
    comment_id uuid NOT NULL,
    user_id text NOT NULL,
    file_id uuid NOT NULL REFERENCES files (id),
    seq bigint NOT NULL,
    created_at timestamptz NOT NULL,
    PRIMARY KEY (thread_id, comment_id, user_id)
  )`,
  `CREATE INDEX comment_mentions_user ON comment_mentions (user_id, created_at DESC, comment_id DESC)`,

  // A user has read a thread up to a seq.
  `CREATE TABLE comment_reads (
    user_id text NOT NULL,
    thread_id uuid NOT NULL REFERENCES comments (id),
    seq bigint NOT NULL,
    PRIMARY KEY (user_id, thread_id)
  )`
]

export default Effect.gen(function*() {
  const sql = yield* SqlClient.SqlClient
  for (const statement of statements) yield* sql.unsafe(statement)
})
