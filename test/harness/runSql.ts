/**
 * One statement over a connection of its own, for set-up, assertions and
 * faults in tests. Slow on purpose (a connection each): what is measured or
 * tested goes through the store.
 */
import * as PgConnection from "@effect/sql-pg/PgConnection"
import { Effect, Redacted } from "effect"

export const runSql = (
  url: string,
  sql: string,
  parameters: ReadonlyArray<unknown> = []
): Promise<ReadonlyArray<PgConnection.Row>> =>
  Effect.gen(function*() {
    const connection = yield* PgConnection.make({ url: Redacted.make(url) })
    return (yield* connection.query(sql, parameters, false)).rows
  }).pipe(Effect.scoped, Effect.runPromise)
