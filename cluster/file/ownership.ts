/**
 * Whether this actor is still the file's owner: asked of the database before anything is read from memory, because an
 * owner that was frozen may have been replaced without knowing. Callers that wait share one question. A database that
 * does not answer has granted the file to nobody else as far as can be known, and what is in memory is read.
 */
import { Files, type Ownership } from "@easel/store"
import * as Deferred from "effect/Deferred"
import type * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Metric from "effect/Metric"
import type { CommittedFile } from "./CommittedFile.ts"
import * as metrics from "./fileMetrics.ts"

/** After this long the database counts as away. */
const answerWait = "1 second"

/** What an owner is told besides, or that it is none, or that nobody could be asked. */
export type Answer = Ownership | "replaced" | "unknown"

/** Makes the question: is `epoch` the newest? A call made while it is under way waits for the next one. */
export const make = Effect.fnUntraced(function*(fileId: string) {
  const files = yield* Files
  let next: Deferred.Deferred<Answer> | undefined
  let isAsking = false

  const ask = (epoch: number) =>
    files.ownershipOf(fileId).pipe(
      Effect.map((newest): Answer => newest.epoch === epoch ? newest : "replaced"),
      Effect.timeout(answerWait),
      Effect.catchTags({
        StoreUnavailable: () => Effect.succeed<Answer>("unknown"),
        TimeoutError: () => Effect.succeed<Answer>("unknown"),
        FileMissing: () => Effect.succeed<Answer>("replaced")
      })
    )

  const pump = (epochNow: () => number): Effect.Effect<void> =>
    Effect.suspend(() => {
      if (isAsking || next === undefined) return Effect.void
      const answered = next
      next = undefined
      isAsking = true
      return ask(epochNow()).pipe(
        Effect.exit,
        Effect.flatMap((exit) => {
          isAsking = false
          Deferred.doneUnsafe(answered, Exit.isSuccess(exit) ? Effect.succeed(exit.value) : Effect.succeed("replaced"))
          return pump(epochNow)
        })
      )
    })

  return (epochNow: () => number): Effect.Effect<Answer> =>
    Effect.suspend(() => {
      const answered = next ??= Deferred.makeUnsafe<Answer>()
      return Effect.andThen(Effect.forkDetach(pump(epochNow)), Deferred.await(answered))
    })
})

/** Counts a commit as fenced that was refused because the file was granted to somebody else. */
export const countFenced = Effect.fnUntraced(function*({ epoch, fileId }: CommittedFile, wait: Duration.Input) {
  const files = yield* Files
  yield* files.ownershipOf(fileId).pipe(
    Effect.flatMap((newest) => newest.epoch > epoch ? Metric.update(metrics.fencedWrites, 1) : Effect.void),
    Effect.timeoutOption(wait),
    Effect.ignore
  )
})
