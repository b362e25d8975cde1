/** Who makes an HTTP request, as `Authorization` of the API found out. */
import { problem, RequestCaller } from "@easel/protocol"
import * as Effect from "effect/Effect"
import * as HttpServerRequest from "effect/http/HttpServerRequest"
import { fail } from "../httpProblems.ts"
import { Authenticator } from "./Authenticator.ts"
import { Callers } from "./Callers.ts"

/** Whom a request without any of it is by, where nobody is asked. */
const anonymous = "anonymous"

/** Who shows this: `Authorization: Bearer <token>`, `Easel-Link: <secret>`, or both. */
export const callerOfRequest = Effect.gen(function*() {
  const { headers } = yield* HttpServerRequest.HttpServerRequest
  const [, token] = /^bearer +(\S+)$/i.exec(headers["authorization"] ?? "") ?? []
  return yield* (yield* Callers).identify({ token, link: headers["easel-link"], userId: anonymous }).pipe(
    Effect.catchTag("TokenRefused", ({ reason }) => fail(problem(401, reason)))
  )
})

/** Who makes the request that is answered. */
export const callerOf = RequestCaller

/** The same, of somebody with a name of his own: not a guest who came by a link. */
export const accountOf = Effect.gen(function*() {
  const caller = yield* callerOf
  if (caller.identity === undefined && caller.principal.linkId !== undefined) return yield* fail(problem(401, "sign in: a share link is not enough for this"))
  return caller
})

/** The same, of a program that manages files and users. */
export const adminOf = Effect.gen(function*() {
  const caller = yield* accountOf
  const { isOpen } = yield* Authenticator
  if (!isOpen && caller.identity?.isAdmin !== true) return yield* fail(problem(403, "this asks for a token with the scope admin"))
  return caller
})
