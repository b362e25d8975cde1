/** Properties whose predicate is an effect. A failure shows the smallest value that fails and the seed. */
import type * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as fc from "fast-check"

export const forAll = <A, E, R>(
  arbitrary: fc.Arbitrary<A>,
  holds: (value: A) => Effect.Effect<void, E, R>,
  parameters: fc.Parameters<[A]> = {}
): Effect.Effect<void, never, R> =>
  Effect.contextWith((services: Context.Context<R>) =>
    Effect.promise(() =>
      fc.assert(fc.asyncProperty(arbitrary, (value) => Effect.runPromiseWith(services)(holds(value))), parameters)
    )
  )
