/**
 * What becomes of an actor that fails: it begins again from its log, after a pause that grows. When it has failed so
 * often in a row that this does not help, its file is put into quarantine, where it stays until an operator lets it go;
 * whoever asks for the file is told so, and all other files go on.
 */
import type { StoreUnavailable } from "@easel/store"
import * as Cause from "effect/Cause"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Metric from "effect/Metric"
import * as Schedule from "effect/Schedule"
import * as metrics from "./fileMetrics.ts"

/** Five failures in a row, within some four seconds. */
const restarts = Schedule.exponential("250 millis").pipe(Schedule.upTo({ times: 4 }))

/** Between tries to write the quarantine down. */
const quarantinePause = Schedule.spaced("1 second")

/** An actor that ran for so long before it failed has not failed in a row. */
const calmMillis = 60_000

export interface Supervised {
  readonly fileId: string
  /** Ends by failing only. */
  readonly loop: Effect.Effect<never>
  /** Forgets what the loop had, and answers everybody who waits for it. */
  readonly forget: Effect.Effect<void>
  /** Gives the file up, with the reason for the operator; `false` when it is somebody else's. */
  readonly quarantine: (reason: string) => Effect.Effect<boolean, StoreUnavailable>
}

export const supervised = ({ fileId, forget, loop, quarantine }: Supervised): Effect.Effect<never> => {
  const life = Effect.gen(function*() {
    const bornMillis = yield* Clock.currentTimeMillis
    const cause = yield* Effect.catchCause(loop, (cause) => Cause.hasInterruptsOnly(cause) ? Effect.failCause(cause) : Effect.succeed(cause))
    yield* Effect.logError("An actor failed and starts again from its log", { fileId }, cause)
    yield* forget
    // A pause now, and a new count.
    if ((yield* Clock.currentTimeMillis) - bornMillis >= calmMillis) return
    return yield* Effect.fail(reasonOf(cause))
  })
  return life.pipe(
    Effect.retry(restarts),
    Effect.catch((reason) =>
      Effect.gen(function*() {
        if (!(yield* Effect.orDie(Effect.retry(quarantine(reason), quarantinePause)))) return
        yield* Effect.logError("A file whose actor failed again and again is in quarantine", { fileId, reason })
        yield* Metric.update(metrics.quarantines, 1)
      })),
    Effect.forever
  )
}

const reasonChars = 200

/** The first line of what was thrown. */
const reasonOf = (cause: Cause.Cause<unknown>): string => {
  const thrown = Cause.squash(cause)
  return String(thrown instanceof Error ? thrown.message : thrown).split("\n", 1)[0]?.slice(0, reasonChars) ?? ""
}
