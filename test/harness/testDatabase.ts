/**
 * A database for one group of tests and what tests do to it behind the store's back: look, change, hold locks, and
 * end the sessions of others. Its own connections are named `test`, so that ending `easel` leaves them alone.
 */
import type { ShardLeases } from "@easel/store"
import * as PgClient from "@effect/sql-pg/PgClient"
import * as Context from "effect/Context"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as Reactivity from "effect/reactivity/Reactivity"
import * as Redacted from "effect/Redacted"
import type * as Scope from "effect/Scope"
import type { SqlError } from "effect/sql/SqlError"
import type { Statement } from "effect/sql/Statement"
import { eventually } from "./eventually.ts"
import { createDatabase } from "./postgres.ts"
import { temporaryFolder } from "./temporaryFolder.ts"

/** What the node calls its sessions. */
export type Application = "easel" | "easel-journal"

/** A node's sessions by what they do: its queries, its commits, or the locks that tell its files from other nodes'. */
export type Sessions = "queries" | "commits" | "locks"

/** A transaction that is kept open until it is told to end, or the test does. */
export interface Held {
  readonly release: Effect.Effect<void, SqlError>
}

/** A lease that every test database knows, of a runner that does not exist: for grants without a cluster. */
export const testLease: ShardLeases.Lease = { shardId: "default:0", address: "test:0" }

export class TestDatabase extends Context.Service<TestDatabase, {
  readonly url: string
  /** A folder that goes with the database. */
  readonly folder: string
  readonly sql: PgClient.PgClient
  /** Runs a statement in a transaction and holds its locks. */
  readonly hold: (statement: Statement<object>) => Effect.Effect<Held, SqlError, Scope.Scope>
  /** Keeps commits to a file from ending. */
  readonly lockFile: (fileId: string) => Effect.Effect<Held, SqlError, Scope.Scope>
  /** Ends sessions and says how many. */
  readonly terminate: (...sessions: ReadonlyArray<Sessions>) => Effect.Effect<number, SqlError>
  /** Waits until a session of the application waits for a lock, with a statement that holds the text. */
  readonly untilBlocked: (application: Application, text?: string) => Effect.Effect<void>
  readonly untilUnblocked: (application: Application) => Effect.Effect<void>
}>()("@easel/test/TestDatabase") {
  static readonly layer = Layer.effect(TestDatabase, Effect.suspend(() => make)).pipe(Layer.provide(Reactivity.layer))
}

const make = Effect.gen(function*() {
  const { url } = yield* Effect.acquireRelease(
    Effect.promise(() => createDatabase()),
    ({ drop }) => Effect.promise(drop)
  )
  const { path: folder } = yield* Effect.acquireRelease(
    Effect.promise(() => temporaryFolder()),
    ({ remove }) => Effect.promise(remove)
  )
  const sql = yield* PgClient.make({ url: Redacted.make(url), applicationName: "test" })
  yield* sql`INSERT INTO shard_leases (shard_id, address) VALUES (${testLease.shardId}, ${testLease.address})`

  const hold = Effect.fnUntraced(function*(statement: Statement<object>) {
    const holding = yield* Deferred.make<void, SqlError>()
    const released = yield* Deferred.make<void>()
    const fiber = yield* statement.pipe(
      Effect.andThen(Deferred.succeed(holding, undefined)),
      Effect.andThen(Deferred.await(released)),
      sql.withTransaction,
      Effect.tapError((error) => Deferred.fail(holding, error)),
      Effect.forkScoped
    )
    yield* Deferred.await(holding)
    return { release: Effect.andThen(Deferred.succeed(released, undefined), Fiber.join(fiber)) }
  })

  const blocked = (application: Application, text = "") =>
    Effect.map(
      sql<{ count: number }>`SELECT count(*)::int AS count FROM pg_stat_activity
        WHERE datname = current_database() AND application_name = ${application} AND wait_event_type = 'Lock'
          AND strpos(query, ${text}) > 0`,
      ([row]) => (row?.count ?? 0) > 0
    ).pipe(Effect.orDie)

  return TestDatabase.of({
    url,
    folder,
    sql,
    hold,
    lockFile: (fileId) => hold(sql`SELECT FROM files WHERE id = ${fileId}::uuid FOR UPDATE`),
    terminate: (...sessions) =>
      Effect.map(
        sql<{ count: number }>`SELECT count(pg_terminate_backend(pid))::int AS count FROM (
          SELECT pid, CASE WHEN application_name = 'easel-journal' THEN 'commits'
            WHEN pid IN (SELECT pid FROM pg_locks WHERE locktype = 'advisory') THEN 'locks' ELSE 'queries' END AS kind
          FROM pg_stat_activity WHERE datname = current_database() AND application_name IN ('easel', 'easel-journal')
        ) sessions WHERE ${sql.in("kind", sessions)}`,
        ([row]) => row?.count ?? 0
      ),
    untilBlocked: (application, text) => eventually(`a session of ${application} waits for a lock`, blocked(application, text)),
    untilUnblocked: (application) =>
      eventually(`no session of ${application} waits for a lock`, Effect.map(blocked(application), (is) => !is))
  })
})
