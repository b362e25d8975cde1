/** `waitUntil` for effects: looks again and again until it holds, and fails with what it waited for. */
import type * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import { waitUntil } from "./waitUntil.ts"

const deadlineMillis = 15_000

export const eventually = <R>(
  what: string,
  predicate: Effect.Effect<boolean, never, R>,
  state?: () => unknown
): Effect.Effect<void, never, R> =>
  Effect.contextWith((services: Context.Context<R>) =>
    Effect.promise(() =>
      waitUntil(() => Effect.runPromiseWith(services)(predicate), {
        deadlineMillis,
        what,
        ...(state === undefined ? {} : { state })
      })
    )
  )

/** The same for what can be seen without an effect. */
export const eventuallySync = (what: string, predicate: () => boolean, state?: () => unknown): Effect.Effect<void> =>
  eventually(what, Effect.sync(predicate), state)
