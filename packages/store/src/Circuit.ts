/**
 * The circuit breaker before one dependency: a dependency that keeps failing is left alone for a while, and who asks
 * meanwhile hears so at once. Effect's breaker decides; this says what counts, and shows its state as a metric and in
 * one log line when it opens, with the last failure, and one when it closes.
 */
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import type * as Exit from "effect/Exit"
import * as Metric from "effect/Metric"
import type * as Schedule from "effect/Schedule"
import * as Stream from "effect/Stream"
import * as CircuitBreaker from "effect/persistence/CircuitBreaker"
import { StoreUnavailable } from "./StoreUnavailable.ts"

/** How long the n-th opening in a row lasts. One probe is let through afterwards, and closes the circuit or opens it again. */
export type OpenSchedule = Schedule.Schedule<unknown, number>

export interface Circuit {
  /** Runs a call unless the circuit is open. Only failures that are the dependency's passing state count. */
  readonly guard: <A, E, R>(
    operation: string,
    call: Effect.Effect<A, E, R>,
    isTransient: (error: E) => boolean
  ) => Effect.Effect<A, E | StoreUnavailable, R>
}

/** Half of the last calls failed, and so many calls were made: of the last twenty, whenever they were. */
const tripPolicy = CircuitBreaker.rate({ threshold: 0.5, minimumCalls: 10, size: 20 })

const states = Metric.gauge("figma_circuit_breaker", { description: "The circuit before a service: 0 closed, 1 open, 2 half-open" })
const stateNumbers = { Closed: 0, Open: 1, HalfOpen: 2 } as const

export const make = Effect.fnUntraced(function*(service: StoreUnavailable["service"], openDuration: OpenSchedule) {
  const breaker = yield* CircuitBreaker.make({ tripPolicy, openDuration }).pipe(Effect.provide(CircuitBreaker.layerStoreMemory()))
  const state = Metric.withAttributes(states, { service })
  yield* Metric.update(state, stateNumbers.Closed)
  let reason = ""
  yield* breaker.transitions.pipe(
    Stream.runForEach((change) => Effect.andThen(Metric.update(state, stateNumbers[change.to]), said(service, change, reason))),
    Effect.forkScoped({ startImmediately: true })
  )

  const guard: Circuit["guard"] = (operation, call, isTransient) =>
    call.pipe(
      Effect.tapError((error) => Effect.sync(() => {
        if (isTransient(error) && error instanceof Error) reason = error.message
      })),
      (calling) => breaker.execute(calling, { key: service, classify: outcomeBy(isTransient) }),
      Effect.mapError((error) => isRejection(error)
        ? new StoreUnavailable({ service, operation, reason: "it has failed again and again and is left alone for a while" })
        : error)
    )
  return { guard } satisfies Circuit
})

/** An answer that refuses, or a bug, says nothing about whether the dependency is there. */
const outcomeBy = <E>(isTransient: (error: E) => boolean) => (exit: Exit.Exit<unknown, E>): CircuitBreaker.Outcome => {
  if (exit._tag === "Success") return CircuitBreaker.success
  const error = Cause.findErrorOption(exit.cause)
  return error._tag === "Some" && isTransient(error.value) ? CircuitBreaker.failure() : CircuitBreaker.ignored
}

const isRejection = (error: unknown): error is CircuitBreaker.CircuitBreakerError => error instanceof CircuitBreaker.CircuitBreakerError

/** Probes come and go while a dependency is away: only the beginning and the end are news. */
const said = (service: string, change: CircuitBreaker.Transition, reason: string): Effect.Effect<void> => {
  if (change.from === "Closed") return Effect.logWarning("A circuit is open: the service keeps failing and is left alone", { service, reason })
  if (change.to === "Closed") return Effect.logInfo("A circuit is closed: the service answers again", { service })
  return Effect.logDebug("A circuit is probing", { service, to: change.to })
}
