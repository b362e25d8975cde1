/**
 * How dependencies are called: a deadline, retries of passing faults on one schedule, and a circuit breaker around
 * both. The only place that says how long, how often and when not at all.
 *
 * A call counts once for the circuit, however often it was tried: a cut that a retry mends is nobody's outage. Commits
 * (`Journal`) count as well and are refused while the circuit is open, but are never tried again here, because their
 * outcome may be unknown; the file's actor finds out and commits again.
 */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Schedule from "effect/Schedule"
import type { SqlError } from "effect/sql/SqlError"
import * as Circuit from "./Circuit.ts"
import { isTransient, saidBy } from "./sqlState.ts"
import { StoreUnavailable } from "./StoreUnavailable.ts"

/** 50 ms doubling with jitter, five times: about a second and a half in all. */
const retrySchedule = Schedule.exponential("50 millis", 2).pipe(Schedule.jittered)
const retriesMax = 5

/** Longest wait for a statement other than a commit, tries and all that wait for a connection. */
const statementDeadline = "10 seconds"

/** A commit without an answer for this long is unknown. Longer than a stall worth waiting for. */
const commitDeadline = "15 seconds"

/** Longest wait for an answer of Redis: nothing there is worth more. */
export const redisMillisMax = 1_000

const doubling = (first: `${number} ${"millis" | "seconds"}`, most: `${number} seconds`) =>
  Schedule.min([Schedule.exponential(first), Schedule.spaced(most)])

/**
 * How long each is left alone. Ten seconds of PostgreSQL would be too long: edits are to be acked again within five
 * seconds after it accepts. What Redis has is to be shared again within ten.
 */
export const openSchedules = {
  postgres: doubling("500 millis", "2 seconds"),
  redis: doubling("1 seconds", "4 seconds"),
  objects: doubling("10 seconds", "60 seconds")
} satisfies Partial<Record<StoreUnavailable["service"], Circuit.OpenSchedule>>

/** Runs an idempotent call again while it fails in passing. */
export const retried = <A, E, R>(call: Effect.Effect<A, E, R>, isTransient: (error: E) => boolean): Effect.Effect<A, E, R> =>
  Effect.retry(call, { schedule: retrySchedule, times: retriesMax, while: isTransient })

/** The policy for calls to PostgreSQL, of everything in a thread that speaks to one database. */
export class Policy extends Context.Service<Policy, {
  /** Runs an idempotent database call under the whole policy. */
  readonly postgres: <A, R>(operation: string, call: Effect.Effect<A, SqlError, R>) => Effect.Effect<A, StoreUnavailable, R>
  /** Runs a database call once. A failure leaves open whether it had an effect. */
  readonly once: (operation: string) => <A, R>(call: Effect.Effect<A, SqlError, R>) => Effect.Effect<A, StoreUnavailable, R>
  /** The same, also while the circuit is open: for what must not be taken for true when it could have been asked. */
  readonly always: (operation: string) => <A, R>(call: Effect.Effect<A, SqlError, R>) => Effect.Effect<A, StoreUnavailable, R>
  /** Runs a commit once. `StoreUnavailable` leaves open whether it had an effect; another `SqlError` is an answer. */
  readonly commit: <A, R>(call: Effect.Effect<A, SqlError, R>) => Effect.Effect<A, SqlError | StoreUnavailable, R>
}>()("@easel/store/Policy") {
  static readonly layer = Layer.effect(
    Policy,
    Effect.gen(function*() {
      const circuit = yield* Circuit.make("postgres", openSchedules.postgres)

      const within = <A, R>(operation: string, deadline: `${number} seconds`, call: Effect.Effect<A, SqlError, R>) =>
        call.pipe(
          Effect.mapError((error) => isTransient(error) ? unavailable(operation, saidBy(error)) : error),
          Effect.timeoutOrElse({
            duration: deadline,
            orElse: () => Effect.fail(unavailable(operation, `no answer within ${deadline}`))
          })
        )

      const guarded = <A, R>(operation: string, deadline: `${number} seconds`, call: Effect.Effect<A, SqlError, R>) =>
        circuit.guard(operation, within(operation, deadline, call), (error) => error._tag === "StoreUnavailable")

      /** Errors that are neither the network's nor the server's passing state are bugs. */
      const told = (operation: string) => <A, R>(call: Effect.Effect<A, SqlError | StoreUnavailable, R>) =>
        call.pipe(Effect.catchTag("SqlError", (error) => Effect.die(error)), Effect.withSpan(`postgres.${operation}`))

      const once = (operation: string) => <A, R>(call: Effect.Effect<A, SqlError, R>) =>
        told(operation)(guarded(operation, statementDeadline, call))

      return Policy.of({
        once,
        always: (operation) => (call) => told(operation)(within(operation, statementDeadline, call)),
        postgres: (operation, call) => once(operation)(retried(call, isTransient)),
        commit: (call) => guarded("Journal.append", commitDeadline, call)
      })
    })
  )
}

const unavailable = (operation: string, reason: string) => new StoreUnavailable({ service: "postgres", operation, reason })
