/** Runs what a pure core does in steps; the other fibers and sockets of the thread have their turn after each. */
import type { Steps } from "@easel/document"
import * as Effect from "effect/Effect"

export const stepwise = Effect.fnUntraced(function*<A>(steps: Steps<A>) {
  let step = steps.next()
  while (step.done !== true) {
    yield* Effect.yieldNow
    step = steps.next()
  }
  return step.value
})
