/** Keeps commits to a file from ending, for tests that are not effects. */
import * as PgConnection from "@effect/sql-pg/PgConnection"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Redacted from "effect/Redacted"
import * as Scope from "effect/Scope"

export interface RowLock {
  readonly release: () => Promise<void>
}

export const lockFile = async (url: string, fileId: string): Promise<RowLock> => {
  const scope = Scope.makeUnsafe()
  await Effect.gen(function*() {
    const connection = yield* PgConnection.make({ url: Redacted.make(url), applicationName: "test" })
    yield* connection.query("BEGIN", [], false)
    yield* connection.query("SELECT FROM files WHERE id = $1::uuid FOR UPDATE", [fileId], false)
  }).pipe(Scope.provide(scope), Effect.runPromise)
  return { release: () => Effect.runPromise(Scope.close(scope, Exit.void)) }
}
