/**
 * The one connection that carries commits. Statements are pipelined on it, which keeps their order; when it breaks,
 * the pool opens another for the next statement.
 */
import * as PgPool from "@effect/sql-pg/PgPool"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type * as Redacted from "effect/Redacted"
import type { SqlError } from "effect/sql/SqlError"

/** Longest wait of a commit for a row that somebody else holds: everything behind it on the connection waits as well. */
const lockTimeout = "5s"

export class CommitConnection extends Context.Service<CommitConnection, {
  readonly queryValues: (
    statement: string,
    parameters: ReadonlyArray<unknown>
  ) => Effect.Effect<ReadonlyArray<ReadonlyArray<unknown>>, SqlError>
}>()("@easel/store/CommitConnection") {
  static readonly layer = (options: { readonly url: Redacted.Redacted }) =>
    Layer.effect(
      CommitConnection,
      Effect.map(
        PgPool.make({
          url: options.url,
          applicationName: "easel-journal",
          startupParameters: { lock_timeout: lockTimeout },
          maxConnections: 1,
          minConnections: 1,
          multiplex: true
        }),
        (pool) =>
          CommitConnection.of({
            queryValues: (statement, parameters) =>
              pool.use((connection) =>
                connection.queryValues(statement, parameters).pipe(
                  // Nobody waits any longer for its answer: whatever holds it up must not hold up what follows.
                  Effect.onInterrupt(() => pool.invalidate(connection))
                ))
          })
      )
    )
}
