/**
 * One statement on a session of its own while it runs, for set-up, assertions and faults in tests; what is measured or
 * tested goes through the store. A session that nobody uses stays for a second, as a new one costs PostgreSQL 20 ms.
 */
import * as PgConnection from "@effect/sql-pg/PgConnection"
import * as PgPool from "@effect/sql-pg/PgPool"
import { Effect, Exit, Redacted, Scope } from "effect"

let scope = Scope.makeUnsafe()
const pools = new Map<string, Promise<PgPool.PgPool>>()

const poolOf = (url: string): Promise<PgPool.PgPool> => {
  let pool = pools.get(url)
  if (pool === undefined) {
    pool = PgPool.make({ url: Redacted.make(url), idleTimeout: "1 second", maxConnections: 100 }).pipe(Scope.provide(scope), Effect.runPromise)
    pools.set(url, pool)
  }
  return pool
}

export const runSql = async (
  url: string,
  sql: string,
  parameters: ReadonlyArray<unknown> = []
): Promise<ReadonlyArray<PgConnection.Row>> => {
  const pool = await poolOf(url)
  return Effect.runPromise(pool.use((connection) => Effect.map(connection.query(sql, parameters, false), ({ rows }) => rows)))
}

/** Ends what keeps the process. */
export const endSessions = async (): Promise<void> => {
  pools.clear()
  await Effect.runPromise(Scope.close(scope, Exit.void))
  scope = Scope.makeUnsafe()
}
