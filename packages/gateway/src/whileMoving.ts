/** While a file moves its former owner answers that it is not there: who may ask again does so for about a second. */
import * as Effect from "effect/Effect"
import * as Schedule from "effect/Schedule"

const pause = Schedule.spaced("100 millis")
const tries = 10

export const whileMoving = <A, E extends { readonly _tag: string }, R>(call: Effect.Effect<A, E, R>): Effect.Effect<A, E, R> =>
  Effect.retry(call, { while: ({ _tag }) => _tag === "FileUnavailable", times: tries, schedule: pause })
