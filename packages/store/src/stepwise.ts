/** Runs what a pure core does in steps, so that the other fibers and sockets of the thread have their turns in between. */
import type { Steps } from "@easel/document"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"

/** How long the thread is held at one go. */
const holdNanos = 1_000_000n

/** An edit goes through the thread in a handful of turns: with several between two holds it waits for few of them. */
const turns = Effect.gen(function*() {
  for (let turn = 0; turn < 4; turn++) yield* Effect.yieldNow
})

/** For one piece of work: lets the others have their turns, if it has held the thread for long enough. */
export const breathing = Clock.clockWith((clock) =>
  Effect.sync(() => {
    let heldSince = clock.monotonicTimeNanosUnsafe()
    const begin = Effect.sync(() => {
      heldSince = clock.monotonicTimeNanosUnsafe()
    })
    return Effect.suspend(() => clock.monotonicTimeNanosUnsafe() - heldSince < holdNanos ? Effect.void : Effect.andThen(turns, begin))
  })
)

export const stepwise = Effect.fnUntraced(function*<A>(steps: Steps<A>) {
  const breathe = yield* breathing
  let step = steps.next()
  while (step.done !== true) {
    yield* breathe
    step = steps.next()
  }
  return step.value
})
