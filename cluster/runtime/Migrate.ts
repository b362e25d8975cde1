/**
 * Brings a database to this version's schema. Runs before the node starts and by `easel migrate`; concurrent runs wait
 * for each other on the migrations table. A database of a newer Easel is refused.
 */
import { migrations } from "@easel/migrations"
import * as PgClient from "@effect/sql-pg/PgClient"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import * as Migrator from "effect/sql/Migrator"
import * as SqlClient from "effect/sql/SqlClient"

export class MigrationFailed extends Schema.TaggedError<MigrationFailed>()("MigrationFailed", { reason: Schema.String }) {}

const table = "easel_migrations"

/** Applies what is missing with the client in context. */
export const run = Effect.gen(function*() {
  yield* Migrator.make({})({ loader: Migrator.fromRecord(migrations), table })
  const sql = yield* SqlClient.SqlClient
  const rows = yield* sql.unsafe<{ newest: number }>(`SELECT max(migration_id)::int AS newest FROM ${table}`)
  const newest = rows[0]?.newest ?? 0
  const known = Object.keys(migrations).length
  if (newest > known) {
    return yield* new MigrationFailed({
      reason: `the database is at migration ${newest}, this Easel knows ${known}: it was used by a newer version`
    })
  }
  // Partitions are made ahead, so that midnight of the first needs nobody.
  yield* sql.unsafe(
    `SELECT easel_ensure_operations_partition((current_date + make_interval(months => m))::date) FROM generate_series(0, 2) m`
  )
}).pipe(
  Effect.catchTag(["MigrationError", "SqlError"], (error) => Effect.fail(new MigrationFailed({ reason: error.message }))),
  Effect.withSpan("Migrate.run")
)

/** Applies what is missing to the database at the URL; for programs outside Effect. */
export const migrate = (url: string): Promise<void> =>
  run.pipe(Effect.provide(PgClient.layer({ url: Redacted.make(url), maxConnections: 1 })), Effect.runPromise)
