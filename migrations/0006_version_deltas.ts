/** The document of a version may be a delta from another blob, which is referred to as its own is. */
import * as Effect from "effect/Effect"
import * as SqlClient from "effect/sql/SqlClient"

const statements = [
  `ALTER TABLE file_versions ADD COLUMN base_sha256 text`,
  `CREATE INDEX file_versions_base_sha256 ON file_versions (base_sha256) WHERE base_sha256 IS NOT NULL`
]

export default Effect.gen(function*() {
  const sql = yield* SqlClient.SqlClient
  for (const statement of statements) yield* sql.unsafe(statement)
})
