/** Files whose actors failed again and again: they are not opened until an operator lets them go. */
import * as Effect from "effect/Effect"
import * as SqlClient from "effect/sql/SqlClient"

const statements = [
  `ALTER TABLE files ADD COLUMN quarantined_at timestamptz, ADD COLUMN quarantine_reason text`,
  `CREATE INDEX files_quarantined ON files (quarantined_at) WHERE quarantined_at IS NOT NULL`
]

export default Effect.gen(function*() {
  const sql = yield* SqlClient.SqlClient
  for (const statement of statements) yield* sql.unsafe(statement)
})
