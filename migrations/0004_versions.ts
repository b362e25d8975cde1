/**
 * Versions: what names a state of a file holds its document, too, in the format of checkpoints. And restores: what was
 * asked for stands here before the first operation of it is committed, so that it is carried through whatever crashes.
 */
import * as Effect from "effect/Effect"
import * as SqlClient from "effect/sql/SqlClient"

const statements = [
  `ALTER TABLE file_versions
     ALTER COLUMN sha256 SET NOT NULL,
     ALTER COLUMN bytes SET NOT NULL,
     ADD COLUMN format integer NOT NULL`,
  `DROP INDEX file_versions_recent`,
  `CREATE INDEX file_versions_recent ON file_versions (file_id, created_at DESC, id DESC) WHERE deleted_at IS NULL`,
  `CREATE INDEX file_versions_seq ON file_versions (file_id, seq) WHERE deleted_at IS NULL`,

  `CREATE TABLE file_restores (
    id uuid PRIMARY KEY,
    file_id uuid NOT NULL REFERENCES files (id),
    target_seq bigint NOT NULL,
    scope jsonb,
    requested_by jsonb NOT NULL,
    before_version uuid NOT NULL REFERENCES file_versions (id),
    from_seq bigint NOT NULL,
    "timestamp" bigint NOT NULL,
    done_seq bigint,
    created_at timestamptz NOT NULL DEFAULT now()
  )`,
  `CREATE INDEX file_restores_pending ON file_restores (file_id) WHERE done_seq IS NULL`
]

export default Effect.gen(function*() {
  const sql = yield* SqlClient.SqlClient
  for (const statement of statements) yield* sql.unsafe(statement)
})
