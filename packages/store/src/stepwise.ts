/** Runs what a pure core does in steps; the other fibers and sockets of the thread have their turns after each. */
import type { Steps } from "@easel/document"
import * as Effect from "effect/Effect"

/** An edit goes through the thread in a handful of turns: with several between two steps it waits for few of them. */
const turns = 4

export const breathe = Effect.gen(function*() {
  for (let turn = 0; turn < turns; turn++) yield* Effect.yieldNow
})

export const stepwise = Effect.fnUntraced(function*<A>(steps: Steps<A>) {
  let step = steps.next()
  while (step.done !== true) {
    yield* breathe
    step = steps.next()
  }
  return step.value
})
