/**
 * Loops that run for as long as their scope does, whatever goes wrong in a turn: a defect costs that turn, is told and
 * counted, and the next begins after a pause that grows while turns go on failing.
 */
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Metric from "effect/Metric"
import * as Schedule from "effect/Schedule"

const restarts = Schedule.min([Schedule.exponential("100 millis"), Schedule.spaced("10 seconds")]).pipe(Schedule.jittered)

const failures = Metric.counter("easel_loop_failures_total", {
  description: "Turns of a node's loops that ended in a defect, by the loop",
  incremental: true
})

/** `name` is what operators read; a turn waits by itself for its time. */
export const supervisedLoop = <R>(name: string, turn: Effect.Effect<unknown, never, R>) => {
  const count = Metric.update(Metric.withAttributes(failures, { loop: name }), 1)
  return turn.pipe(
    Effect.catchCause((cause) =>
      Cause.hasInterruptsOnly(cause)
        ? Effect.failCause(cause)
        : Effect.logError("A loop failed and begins again", { loop: name }, cause).pipe(Effect.andThen(count), Effect.andThen(Effect.fail("failed" as const)))),
    Effect.retry(restarts),
    Effect.orDie,
    Effect.forever,
    Effect.forkScoped
  )
}
