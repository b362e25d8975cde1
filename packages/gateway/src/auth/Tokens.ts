/**
 * Reads JSON Web Tokens (RFC 7519): signed by a secret that is shared with who issues them (HS256), or by keys that are
 * published as a JWK set (RS256, ES256, EdDSA). Algorithm, issuer and audience are pinned; `sub` and `exp` must be there.
 */
import { type Identity, isUserText, userTextShape } from "@easel/protocol"
import { StoreUnavailable } from "@easel/store"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import { createRemoteJWKSet, errors, type JWTPayload, jwtVerify, type JWTVerifyOptions } from "jose"

export interface TokenRules {
  readonly key: { readonly secret: Redacted.Redacted } | { readonly jwksUrl: string }
  readonly issuer: string
  readonly audience: string
}

/** Why somebody is not who a token says. The reason is for the client, and names no part of the token. */
export class TokenRefused extends Schema.TaggedError<TokenRefused>()("TokenRefused", { reason: Schema.String }) {}

/** By how much the clocks of this server and of the issuer may differ, in seconds. */
const clockToleranceSeconds = 5

export type ReadToken = (token: string) => Effect.Effect<Identity, TokenRefused | StoreUnavailable>

export const reader = ({ audience, issuer, key }: TokenRules): ReadToken => {
  const options: JWTVerifyOptions = {
    audience,
    issuer,
    algorithms: "secret" in key ? ["HS256"] : ["RS256", "ES256", "EdDSA"],
    requiredClaims: ["sub", "exp"],
    clockTolerance: clockToleranceSeconds
  }
  const verifier = "secret" in key ? new TextEncoder().encode(Redacted.value(key.secret)) : createRemoteJWKSet(new URL(key.jwksUrl))
  return (token) =>
    Effect.tryPromise({ try: () => jwtVerify(token, verifier, options), catch: refusal }).pipe(
      Effect.flatMap(({ payload }) => identityOf(payload))
    )
}

/** How a set of keys fails that does not answer in time, or not with 200 and a JWK set. */
const unreadableKeys = new Set([errors.JWKSTimeout.code, errors.JOSEError.code, errors.JWKSInvalid.code])

const refusal = (cause: unknown): TokenRefused | StoreUnavailable => {
  if (cause instanceof errors.JWTExpired) return new TokenRefused({ reason: "the token has expired" })
  if (cause instanceof errors.JWTClaimValidationFailed) return new TokenRefused({ reason: `the token's ${cause.claim} is not what is asked for` })
  if (!(cause instanceof errors.JOSEError) || unreadableKeys.has(cause.code)) {
    return new StoreUnavailable({ service: "jwks", operation: "Tokens.read", reason: "the keys of the issuer cannot be read" })
  }
  return new TokenRefused({ reason: "the token is not valid" })
}

const identityOf = ({ exp = 0, iat = 0, jti, name, scope, sub = "" }: JWTPayload): Effect.Effect<Identity, TokenRefused> => {
  if (!isUserText(sub)) return Effect.fail(new TokenRefused({ reason: `the token's sub is ${userTextShape}` }))
  if (jti !== undefined && !isUserText(jti)) return Effect.fail(new TokenRefused({ reason: `the token's jti is ${userTextShape}` }))
  return Effect.succeed({
    userId: sub,
    ...(isUserText(name) ? { userName: name } : {}),
    ...(jti === undefined ? {} : { tokenId: jti }),
    issuedAtMillis: iat * 1_000,
    expiresAtMillis: exp * 1_000,
    isAdmin: typeof scope === "string" && scope.split(" ").includes("admin")
  })
}
