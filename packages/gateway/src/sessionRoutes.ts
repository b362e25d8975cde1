/** Who the caller is, tickets that sign a page in without its token, and the end of tokens before their time. */
import { type Identity, problem } from "@easel/protocol"
import { NewRevocation } from "@easel/protocol/api"
import { Revocations, type Revoked, Tickets } from "@easel/store"
import * as Effect from "effect/Effect"
import { Authenticator } from "./auth/Authenticator.ts"
import { accountOf, callerOf } from "./auth/requestCaller.ts"
import { fail, forbidden } from "./httpProblems.ts"
import { bodyBy } from "./requestBody.ts"

/** For how long a revocation is kept: a token that lives longer would be good again after it. */
const revocationMillis = 400 * 24 * 3_600_000

/** `open` says that nobody is asked who he is. */
export const whoAmI = Effect.gen(function*() {
  const { principal: { isAdmin = false, userId }, userName } = yield* callerOf
  const { isOpen } = yield* Authenticator
  return { userId, userName, admin: isAdmin, open: isOpen }
})

const signedIn = Effect.gen(function*() {
  const { identity } = yield* accountOf
  return identity ?? (yield* fail(problem(409, "tokens need EASEL_JWT_SECRET or EASEL_JWKS_URL")))
})

export const createTicket = Effect.gen(function*() {
  const { expiresAtMillis, ticket } = yield* (yield* Tickets).issue(yield* signedIn)
  return { ticket, expiresAt: new Date(expiresAtMillis).toISOString() }
})

/** Admins revoke whatever they like; everybody all tokens of his own, or the one that he shows. On this node it is in force with the answer. */
export const revoke = Effect.gen(function*() {
  const identity = yield* signedIn
  const revoked = yield* bodyBy(NewRevocation)
  if (!identity.isAdmin && !isOwn(revoked, identity)) return yield* forbidden
  yield* (yield* Revocations).revoke(revoked, revocationMillis)
  yield* (yield* Authenticator).refresh
})

const isOwn = (revoked: Revoked, { tokenId, userId }: Identity): boolean =>
  "userId" in revoked ? revoked.userId === userId : revoked.tokenId === tokenId
