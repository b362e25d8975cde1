/** Who refers to a blob is looked up by its key (`BlobReferences`), page by page of all blobs that there are. */
import * as Effect from "effect/Effect"
import * as SqlClient from "effect/sql/SqlClient"

const statements = [
  `CREATE INDEX file_checkpoints_sha256 ON file_checkpoints (sha256)`,
  `CREATE INDEX file_versions_sha256 ON file_versions (sha256) WHERE sha256 IS NOT NULL`
]

export default Effect.gen(function*() {
  const sql = yield* SqlClient.SqlClient
  for (const statement of statements) yield* sql.unsafe(statement)
})
