/**
 * Sends a file's presence to its watchers at a bounded rate: the first change goes out at once, later ones wait for
 * their turn and are coalesced meanwhile. Idle files cost nothing.
 */
import { Limits } from "@easel/protocol"
import { supervisedLoop } from "@easel/store"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Latch from "effect/Latch"
import type { CommittedFile } from "./CommittedFile.ts"

const interval = Duration.millis(1000 / Limits.presenceHertz)

/** Returns the bell to ring after a change of the file's board. */
export const make = Effect.gen(function*() {
  const bell = Latch.makeUnsafe()
  let rung: CommittedFile | undefined
  yield* supervisedLoop("presenceTicker", Effect.gen(function*() {
    yield* bell.await
    bell.closeUnsafe()
    const event = rung?.board.drain()
    if (event !== undefined) rung?.watchers.publish(event)
    yield* Effect.sleep(interval)
  }))
  return (file: CommittedFile): void => {
    rung = file
    bell.openUnsafe()
  }
})
