/**
 * POST that may be sent again (`Idempotency-Key`): under one key of one caller a request is carried out once, and
 * answered in the same way for a day. What it makes has an id that is made of the key and the request, so that not even
 * a crash before the answer is kept makes it twice.
 */
import { createHash } from "node:crypto"
import { problem } from "@easel/protocol"
import { IdempotencyKeys } from "@easel/store"
import * as Effect from "effect/Effect"
import * as HttpServerRequest from "effect/http/HttpServerRequest"
import { callerOf } from "./auth/requestCaller.ts"
import { fail } from "./httpProblems.ts"
import { bodyText } from "./requestBody.ts"

const keyShape = /^[\x21-\x7e]{1,128}$/

/** The request, if it has a key. */
const keyed = Effect.gen(function*() {
  const { headers: { "idempotency-key": key }, method, url } = yield* HttpServerRequest.HttpServerRequest
  if (key === undefined) return undefined
  if (!keyShape.test(key)) return yield* fail(problem(400, "Idempotency-Key is 1 to 128 visible ASCII characters"))
  const { principal: { userId } } = yield* callerOf
  const sha256 = createHash("sha256").update(`${userId}\n${key}\n${method} ${url}\n`).update(yield* bodyText).digest()
  return { userId, key, sha256 }
})

/** The id of what the request makes. */
export const madeId = Effect.map(keyed, (request) => {
  if (request === undefined) return crypto.randomUUID()
  const hex = request.sha256.toString("hex")
  // Version 8 of RFC 9562: bits of one's own.
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20, 32)}`
})

/** Carries a request out once. Answers are values that JSON keeps as they are. */
export const once = <A, E, R>(handler: Effect.Effect<A, E, R>) =>
  Effect.gen(function*() {
    const request = yield* keyed
    if (request === undefined) return yield* handler
    const keys = yield* IdempotencyKeys
    const taken = yield* keys.take(request)
    switch (taken._tag) {
      case "Answered": {
        // SAFETY: it was written below, for the same request, and so for the same route.
        return JSON.parse(taken.answer) as A
      }
      case "UnderWay":
        return yield* fail(problem(409, "a request with this Idempotency-Key is under way: try again"))
      case "OtherRequest":
        return yield* fail(problem(422, "another request had this Idempotency-Key"))
      case "Mine": {
        const answer = yield* Effect.onError(handler, () => Effect.ignore(keys.release(request)))
        yield* keys.answer(request, JSON.stringify(answer))
        return answer
      }
    }
  })
