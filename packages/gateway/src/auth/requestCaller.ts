/** Who makes an HTTP request: `Authorization: Bearer <token>`, `Easel-Link: <secret>`, or both. */
import { problem } from "@easel/protocol"
import * as Effect from "effect/Effect"
import * as HttpServerRequest from "effect/http/HttpServerRequest"
import { fail } from "../httpProblems.ts"
import { Authenticator } from "./Authenticator.ts"
import { type Caller, Callers } from "./Callers.ts"

/** Whom a request without any of it is by, where nobody is asked. */
const anonymous = "anonymous"

export const callerOf = Effect.gen(function*() {
  const { headers } = yield* HttpServerRequest.HttpServerRequest
  const [, token] = /^bearer +(\S+)$/i.exec(headers.authorization ?? "") ?? []
  const caller = yield* (yield* Callers).identify({ token, link: headers["easel-link"], userId: anonymous }).pipe(
    Effect.catchTag("TokenRefused", ({ reason }) => fail(problem(401, reason)))
  )
  const found: Caller = caller
  return found
})

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
