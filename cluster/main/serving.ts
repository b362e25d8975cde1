/** What the commands that serve have in common: the ready line, and the end. */
import * as Effect from "effect/Effect"
import * as Logger from "effect/Logger"
import * as Option from "effect/Option"
import type * as Scope from "effect/Scope"
import * as Flag from "effect/cli/Flag"
import type { Node } from "../runtime/Node.ts"
import type { Settings } from "../runtime/Settings.ts"

export const workersFlag = Flag.Int("workers").pipe(
  Flag.withDescription("Host files in so many threads beside the one that serves editors; EASEL_WORKERS otherwise"),
  Flag.optional
)

export const workersOf = (flag: Option.Option<number>, { workers }: Settings): number => Option.getOrElse(flag, () => workers)

/** Serves until it is interrupted or its database ends. */
export const serving = <E, R>(start: Effect.Effect<Node, E, R | Scope.Scope>) =>
  Effect.scoped(Effect.gen(function*() {
    const { died, url } = yield* start
    console.log(`Easel is ready: ${url}`)
    return yield* died
  })).pipe(
    Effect.provideService(Logger.LogToStderr, false),
    // Nothing exports traces yet, and spans of every call would cost a twentieth of an edit.
    Effect.withTracerEnabled(false)
  )
