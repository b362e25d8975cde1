/**
 * Brings a database to this version's schema. Runs before the node starts and by `easel migrate`; concurrent runs wait
 * for each other on the migrations table. A database of a newer Easel is refused.
 */
import { migrations } from "@easel/migrations"
import { saidBy } from "@easel/store/sqlState"
import * as PgClient from "@effect/sql-pg/PgClient"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import * as Migrator from "effect/sql/Migrator"
import { SqlError } from "effect/sql/SqlError"
import * as SqlClient from "effect/sql/SqlClient"

export class MigrationFailed extends Schema.TaggedError<MigrationFailed>()("MigrationFailed", { reason: Schema.String }) {}

const table = "easel_migrations"

/** Makes the log's partitions of this month and the next two. Nodes repeat it daily. */
export const ensurePartitions = Effect.gen(function*() {
  const sql = yield* SqlClient.SqlClient
  yield* sql.unsafe(
    `SELECT easel_ensure_operations_partition(((now() AT TIME ZONE 'UTC') + make_interval(months => m))::date) FROM generate_series(0, 2) m`
  )
})

/** Says it when the database is set up to lose what it has acknowledged. */
export const warnIfNotDurable = Effect.gen(function*() {
  const sql = yield* SqlClient.SqlClient
  const rows = yield* sql.unsafe<{ name: string; setting: string }>(
    `SELECT name, setting FROM pg_settings WHERE name IN ('fsync', 'full_page_writes', 'synchronous_commit') AND setting = 'off'`
  )
  for (const { name } of rows) {
    yield* Effect.logWarning(`PostgreSQL runs with ${name}=off: acknowledged operations can be lost when its machine fails`)
  }
})

/** The oldest PostgreSQL whose statements these are. */
const serverVersionMin = 14

const requireServer = Effect.gen(function*() {
  const sql = yield* SqlClient.SqlClient
  const rows = yield* sql.unsafe<{ version: number }>(`SELECT current_setting('server_version_num')::int / 10000 AS version`)
  const version = rows[0]?.version ?? 0
  if (version >= serverVersionMin) return
  return yield* new MigrationFailed({ reason: `PostgreSQL ${version} is too old: Easel needs ${serverVersionMin} or newer` })
})

/** Applies what is missing with the client in context. */
export const run = Effect.gen(function*() {
  yield* requireServer
  yield* Migrator.make({})({ loader: Migrator.fromRecord(migrations), table })
  const sql = yield* SqlClient.SqlClient
  const rows = yield* sql.unsafe<{ id: number }>(`SELECT migration_id::int AS id FROM ${table}`)
  const conflict = conflictOf(rows.map(({ id }) => id))
  if (conflict !== undefined) return yield* new MigrationFailed({ reason: conflict })
  yield* ensurePartitions
}).pipe(
  Effect.catchTag("SqlError", (error) => Effect.fail(new MigrationFailed({ reason: reasonOf(error) }))),
  Effect.catchTag("MigrationError", ({ cause, message }) => {
    const said = cause instanceof SqlError ? `: ${saidBy(cause)}` : ""
    return Effect.fail(new MigrationFailed({ reason: `the database cannot be brought up to date: ${message}${said}` }))
  }),
  Effect.withSpan("Migrate.run")
)

/** Why a database with these migrations is not one of this version, when all that are newer than its newest were applied. */
const conflictOf = (applied: ReadonlyArray<number>): string | undefined => {
  const known = Object.keys(migrations).map((name) => Number.parseInt(name, 10))
  const [newest, newestKnown] = [Math.max(...applied), Math.max(...known)]
  if (newest > newestKnown) return `the database is at migration ${newest}, this Easel knows ${newestKnown}: it was used by a newer version`
  const missing = known.filter((id) => !applied.includes(id))
  return missing.length === 0 ? undefined : `the database is at migration ${newest} and lacks ${missing.join(", ")}: it is no database that Easel has made`
}

/** Applies what is missing to the database at the URL. */
export const runAt = (url: Redacted.Redacted) => run.pipe(Effect.provide(PgClient.layer({ url, maxConnections: 1 })))

const reasonOf = (error: SqlError): string => {
  switch (error.reason._tag) {
    case "ConnectionError":
      return "the database cannot be reached: check DATABASE_URL and that PostgreSQL runs there"
    case "AuthenticationError":
      return "the database refuses the login in DATABASE_URL"
    default:
      return `the database cannot be used: ${saidBy(error)}`
  }
}

/** Applies what is missing to the database at the URL; for programs outside Effect. */
export const migrate = (url: string): Promise<void> => Effect.runPromise(runAt(Redacted.make(url)))
