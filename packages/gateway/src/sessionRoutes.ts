/** Who the caller is, tickets that sign a page in without its token, and the end of tokens before their time. */
import { problem } from "@easel/protocol"
import { Revocations, type Revoked, Tickets } from "@easel/store"
import * as Effect from "effect/Effect"
import * as HttpServerResponse from "effect/http/HttpServerResponse"
import * as Schema from "effect/Schema"
import { Authenticator } from "./auth/Authenticator.ts"
import type { Caller } from "./auth/Callers.ts"
import { accountOf, callerOf } from "./auth/requestCaller.ts"
import { isUserText, userTextShape } from "./auth/userText.ts"
import { fail, forbidden } from "./httpProblems.ts"
import { bodyBy } from "./requestBody.ts"

/** For how long a revocation is kept: a token that lives longer would be good again after it. */
const revocationMillis = 400 * 24 * 3_600_000

const UserText = Schema.String.check(Schema.makeFilter(isUserText))
const NewRevocation = Schema.Struct({ userId: Schema.optional(UserText), tokenId: Schema.optional(UserText) })
const revocationShape = `{"userId": ${userTextShape}} or {"tokenId": the same}`

/** `open` says that nobody is asked who he is. */
export const whoAmI = Effect.gen(function*() {
  const { principal: { isAdmin = false, userId }, userName } = yield* callerOf
  const { isOpen } = yield* Authenticator
  return yield* HttpServerResponse.json({ userId, userName, admin: isAdmin, open: isOpen })
})

const signedIn = Effect.gen(function*() {
  const { identity } = yield* accountOf
  return identity ?? (yield* fail(problem(409, "tokens need EASEL_JWT_SECRET or EASEL_JWKS_URL")))
})

export const createTicket = Effect.gen(function*() {
  const { expiresAtMillis, ticket } = yield* (yield* Tickets).issue(yield* signedIn)
  return yield* HttpServerResponse.json({ ticket, expiresAt: new Date(expiresAtMillis).toISOString() }, { status: 201 })
})

/** Admins revoke whatever they like; everybody all tokens of his own, or the one that he shows. On this node it is in force with the answer. */
export const revoke = Effect.gen(function*() {
  const identity = yield* signedIn
  const revoked = oneOf(yield* bodyBy(NewRevocation, revocationShape))
  if (revoked === undefined) return yield* fail(problem(400, `the body is JSON ${revocationShape}`))
  if (!identity.isAdmin && !isOwn(revoked, identity)) return yield* forbidden
  yield* (yield* Revocations).revoke(revoked, revocationMillis)
  yield* (yield* Authenticator).refresh
  return HttpServerResponse.empty()
})

const oneOf = ({ tokenId, userId }: typeof NewRevocation.Type): Revoked | undefined => {
  if (userId === undefined) return tokenId === undefined ? undefined : { tokenId }
  return tokenId === undefined ? { userId } : undefined
}

const isOwn = (revoked: Revoked, { tokenId, userId }: NonNullable<Caller["identity"]>): boolean =>
  "userId" in revoked ? revoked.userId === userId : revoked.tokenId === tokenId
