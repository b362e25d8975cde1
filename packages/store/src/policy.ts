/**
 * How dependencies are called: a deadline, then retries of transient faults on one schedule. The only place where
 * calls to PostgreSQL and S3 are retried; commits are not among them (`Journal`), because their outcome may be unknown.
 */
import * as Effect from "effect/Effect"
import * as Schedule from "effect/Schedule"
import type { SqlError } from "effect/sql/SqlError"
import { isTransient } from "./sqlState.ts"
import { StoreUnavailable } from "./StoreUnavailable.ts"

/** 50 ms doubling to 2 s with jitter, five times: about three seconds in all. */
const retrySchedule = Schedule.exponential("50 millis", 2).pipe(Schedule.jittered)
const retriesMax = 5

/** Longest wait for one statement other than a commit. */
const statementDeadline = "10 seconds"

/** Runs a database call once, with the deadline. A failure leaves open whether it had an effect. */
export const once = (operation: string) => <A, R>(call: Effect.Effect<A, SqlError, R>): Effect.Effect<A, StoreUnavailable, R> =>
  call.pipe(
    Effect.timeoutOrElse({
      duration: statementDeadline,
      orElse: () => Effect.fail(unavailable(operation, `no answer within ${statementDeadline}`))
    }),
    Effect.catchTag("SqlError", (error) =>
      // Errors that are neither the network's nor the server's passing state are bugs.
      isTransient(error) ? Effect.fail(unavailable(operation, error.message)) : Effect.die(error)),
    Effect.withSpan(`postgres.${operation}`)
  )

/** Runs an idempotent database call under the whole policy. */
export const postgres = <A, R>(operation: string, call: Effect.Effect<A, SqlError, R>): Effect.Effect<A, StoreUnavailable, R> =>
  retried(once(operation)(call), () => true)

/** Runs an idempotent call, which has a deadline of its own, again while it fails in passing. */
export const retried = <A, E, R>(call: Effect.Effect<A, E, R>, isTransient: (error: E) => boolean): Effect.Effect<A, E, R> =>
  Effect.retry(call, { schedule: retrySchedule, times: retriesMax, while: isTransient })

const unavailable = (operation: string, reason: string) => new StoreUnavailable({ service: "postgres", operation, reason })
