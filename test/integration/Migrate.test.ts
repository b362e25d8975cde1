/** The schema: applied once, by whoever comes first; partitions made ahead; time zones of sessions without a say. */
import { expect, it } from "@effect/vitest"
import { Files, Journal, Log } from "@easel/store"
import * as PgClient from "@effect/sql-pg/PgClient"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as Migrator from "effect/sql/Migrator"
import * as SqlClient from "effect/sql/SqlClient"
import { migrations } from "../../migrations/index.ts"
import * as Migrate from "../../cluster/runtime/Migrate.ts"
import { entryOf, rowsOf } from "../harness/journalBatch.ts"
import * as store from "../harness/storeLayer.ts"
import { TestDatabase, testLease } from "../harness/testDatabase.ts"

const database = Layer.provideMerge(TestDatabase.layer, store.quiet)

const migrate = Effect.flatMap(TestDatabase, ({ url }) =>
  Effect.provide(Migrate.run, PgClient.layer({ url: Redacted.make(url), maxConnections: 2 })))

const applied = Effect.flatMap(TestDatabase, ({ sql }) =>
  Effect.map(
    sql<{ id: number }>`SELECT migration_id::int AS id FROM easel_migrations ORDER BY 1`,
    (rows) => rows.map(({ id }) => id)
  ))

const known = Object.keys(migrations).map((name) => Number.parseInt(name, 10))

/** An empty database in the place of the migrated one. */
const emptied = Effect.flatMap(TestDatabase, ({ sql }) =>
  Effect.andThen(sql`DROP SCHEMA public CASCADE`, sql`CREATE SCHEMA public`))

const months = [0, 1, 2].map((ahead) => {
  const now = new Date()
  const month = new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() + ahead))
  return `operations_${month.getUTCFullYear()}_${String(month.getUTCMonth() + 1).padStart(2, "0")}`
})

/** Months of the log; what is kept of older ones has a partition as well. */
const partitions = Effect.flatMap(TestDatabase, ({ sql }) =>
  Effect.map(
    sql<{ name: string }>`SELECT inhrelid::regclass::text AS name FROM pg_inherits WHERE inhparent = 'operations'::regclass
      AND inhrelid <> 'operations_kept'::regclass ORDER BY 1`,
    (rows) => rows.map(({ name }) => name)
  ))

/** Sessions that are opened from now on live in this time zone. */
const useTimeZone = (zone: string) =>
  Effect.gen(function*() {
    const { sql } = yield* TestDatabase
    const [row] = yield* sql<{ name: string }>`SELECT current_database() AS name`
    yield* sql.unsafe(`ALTER DATABASE "${row?.name ?? ""}" SET timezone TO '${zone}'`)
  })

it.live("migrating again changes nothing", () =>
  Effect.gen(function*() {
    expect(yield* applied).toEqual(known)
    yield* migrate
    yield* migrate
    expect(yield* applied).toEqual(known)
    expect(yield* partitions).toEqual(months)
  }).pipe(Effect.provide(database)))

it.live("nodes that start together on a new database migrate it once", () =>
  Effect.gen(function*() {
    yield* emptied
    const exits = yield* Effect.all(Array.from({ length: 4 }, () => Effect.exit(migrate)), { concurrency: "unbounded" })
    expect(exits.map(({ _tag }) => _tag)).toEqual(["Success", "Success", "Success", "Success"])
    expect(yield* applied).toEqual(known)
    expect(yield* partitions).toEqual(months)
  }).pipe(Effect.provide(database)))

it.live("a database of a newer version is refused and left as it was", () =>
  Effect.gen(function*() {
    const { sql } = yield* TestDatabase
    yield* sql`INSERT INTO easel_migrations (migration_id, name) VALUES (9999, 'from_the_future')`
    expect(yield* Effect.flip(migrate)).toMatchObject({ _tag: "MigrationFailed", reason: expect.stringMatching(/newer version/) })
    expect(yield* applied).toEqual([...known, 9999])
  }).pipe(Effect.provide(database)))

it.live("a database of an older version is brought up to date, with what it holds", () =>
  Effect.gen(function*() {
    const { sql } = yield* TestDatabase
    for (const older of [1, 4, known.length - 1]) {
      yield* emptied
      const loader = Migrator.fromRecord(Object.fromEntries(Object.entries(migrations).slice(0, older)))
      yield* Migrator.make({})({ loader, table: "easel_migrations" }).pipe(Effect.provideService(SqlClient.SqlClient, sql))
      const [file] = yield* sql<{ id: string }>`INSERT INTO files (name, epoch, head_seq) VALUES ('Old', 1, 1) RETURNING id::text AS id`
      yield* sql`INSERT INTO operations (file_id, seq, epoch, operation_id, idempotency_key, content_hash, status, operation_type, object_id, new_value, "timestamp", user_id, client_id)
        VALUES (${file?.id ?? ""}::uuid, 1, 1, 'first', 'first', 'hash', 'applied', 'create', 'a', '{"type": "rectangle"}', 1, 'ada', 'ada')`
      yield* migrate
      expect(yield* applied).toEqual(known)
      const entries = yield* Effect.flatMap(Log, (log) => log.read(file?.id ?? "", 0, 1, 10)).pipe(Effect.provide(store.layerOver))
      expect(entries).toMatchObject([{ seq: 1, operation: { id: "first", objectId: "a" } }])
    }
  }).pipe(Effect.provide(database)))

it.live("a database that lacks a migration in between, and one that somebody else uses, are refused with the reason", () =>
  Effect.gen(function*() {
    const { sql } = yield* TestDatabase
    yield* sql`DELETE FROM easel_migrations WHERE migration_id IN (3, 5)`
    expect(yield* Effect.flip(migrate)).toMatchObject({ _tag: "MigrationFailed", reason: expect.stringMatching(/at migration \d+ and lacks 3, 5:/) })
    yield* emptied
    yield* sql`CREATE TABLE files (path text)`
    expect(yield* Effect.flip(migrate)).toMatchObject({ _tag: "MigrationFailed", reason: expect.stringMatching(/"files" already exists \(42P07\)$/) })
    expect(yield* sql`SELECT to_regclass('operations') AS operations`).toEqual([{ operations: null }])
  }).pipe(Effect.provide(database)))

it.live("a PostgreSQL that is too old is refused before anything is changed", () =>
  Effect.gen(function*() {
    const { sql } = yield* TestDatabase
    yield* emptied
    // Sessions find this function before PostgreSQL's own.
    yield* sql`CREATE FUNCTION current_setting(text) RETURNS text LANGUAGE sql RETURN '130012'`
    const [row] = yield* sql<{ name: string }>`SELECT current_database() AS name`
    yield* sql.unsafe(`ALTER DATABASE "${row?.name ?? ""}" SET search_path TO public, pg_catalog`)
    expect(yield* Effect.flip(migrate)).toMatchObject({ _tag: "MigrationFailed", reason: "PostgreSQL 13 is too old: Easel needs 14 or newer" })
    expect(yield* sql`SELECT to_regclass('easel_migrations') AS migrations`).toEqual([{ migrations: null }])
  }).pipe(Effect.provide(database)))

it.live("months adjoin without gap or overlap, whatever the time zones of the sessions that make them", () =>
  Effect.gen(function*() {
    const { url } = yield* TestDatabase
    for (const [zone, month] of [["Asia/Tokyo", 5], ["America/New_York", 6], ["Pacific/Kiritimati", 7]] as const) {
      yield* useTimeZone(zone)
      yield* Effect.flatMap(PgClient.PgClient, (sql) => sql`SELECT easel_ensure_operations_partition(make_date(2031, ${month}, 17))`).pipe(
        Effect.provide(PgClient.layer({ url: Redacted.make(url) }))
      )
    }
    const { sql } = yield* TestDatabase
    const bounds = yield* sql<{ lower: string; upper: string }>`
      SELECT extract(epoch FROM (regexp_match(bounds, 'FROM [(]''([^'']+)'))[1]::timestamptz)::text AS lower,
        extract(epoch FROM (regexp_match(bounds, 'TO [(]''([^'']+)'))[1]::timestamptz)::text AS upper
      FROM (SELECT pg_get_expr(relpartbound, oid) AS bounds FROM pg_class WHERE relname LIKE 'operations_2031_%' AND relkind = 'r') parts ORDER BY 1`
    expect(bounds.map(({ lower }) => lower).slice(1)).toEqual(bounds.map(({ upper }) => upper).slice(0, -1))
  }).pipe(Effect.provide(database)))

it.live("a node that lives in another time zone than the one that went before it starts", () =>
  Effect.gen(function*() {
    for (const zone of ["America/Los_Angeles", "Pacific/Kiritimati"]) {
      yield* emptied
      yield* useTimeZone(zone)
      yield* migrate
      yield* useTimeZone("UTC")
      // As the months pass, the next ones are made by sessions of another zone.
      const { sql } = yield* TestDatabase
      yield* sql`SELECT easel_ensure_operations_partition((current_date + make_interval(months => m))::date) FROM generate_series(-2, 4) m`
      expect(yield* partitions).toHaveLength(7)
    }
  }).pipe(Effect.provide(database)))

it.live("J2: a key of the last hours of last month is taken, also where the month began earlier", () =>
  Effect.gen(function*() {
    const { sql } = yield* TestDatabase
    yield* useTimeZone("Pacific/Kiritimati")
    yield* sql`SELECT easel_ensure_operations_partition((current_date - interval '1 month')::date)`
    yield* Effect.gen(function*() {
      const files = yield* Files
      const journal = yield* Journal
      const { id: fileId } = yield* files.create("Month")
      const { epoch } = yield* files.activate(fileId, testLease)
      yield* journal.append({ fileId, epoch, access: 0, expectedSeq: 0, rows: rowsOf([entryOf(1, { key: "old" })]) })
      yield* sql`UPDATE operations SET committed_at = date_trunc('month', now(), 'UTC') - interval '1 hour' WHERE file_id = ${fileId}::uuid`
      const again = journal.append({ fileId, epoch, access: 0, expectedSeq: 1, rows: rowsOf([entryOf(2, { key: "old" })]) })
      expect(yield* Effect.flip(again)).toMatchObject({ _tag: "CommitStale" })
    }).pipe(Effect.provide(store.layerOver))
  }).pipe(Effect.provide(database)))
