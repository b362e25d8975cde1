/**
 * Assets: images that were put into a file. The image itself is a blob, the same for all files that have it; a row says
 * that this file has it, and so who may read it. Rows go with their file, and a blob that no row names is garbage.
 */
import * as Effect from "effect/Effect"
import * as SqlClient from "effect/sql/SqlClient"

const statements = [
  // Width and height are unknown of drawings that have none.
  `CREATE TABLE assets (
    file_id uuid NOT NULL REFERENCES files (id) ON DELETE CASCADE,
    sha256 text NOT NULL,
    content_type text NOT NULL,
    bytes integer NOT NULL,
    width integer,
    height integer,
    thumbnail_sha256 text,
    created_by text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (file_id, sha256)
  )`,
  `CREATE INDEX assets_sha256 ON assets (sha256)`,
  `CREATE INDEX assets_thumbnail_sha256 ON assets (thumbnail_sha256) WHERE thumbnail_sha256 IS NOT NULL`
]

export default Effect.gen(function*() {
  const sql = yield* SqlClient.SqlClient
  for (const statement of statements) yield* sql.unsafe(statement)
})
