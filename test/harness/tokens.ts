/** Tokens as an application that has users would sign them. */
import { SignJWT } from "jose"

export const testSecret = "a secret of the tests, of more than thirty-two bytes"

/** Settings of a node that takes them. */
export const takesTokens = { EASEL_JWT_SECRET: testSecret } as const

export interface TokenFields {
  readonly userId: string
  readonly name?: string
  readonly admin?: boolean
  readonly expiresInSeconds?: number
  readonly tokenId?: string
  readonly secret?: string
  readonly issuer?: string
  readonly audience?: string
}

export const tokenOf = ({ admin = false, audience = "easel", expiresInSeconds = 600, issuer = "easel", name, secret = testSecret, tokenId, userId }: TokenFields): Promise<string> => {
  const now = Math.floor(Date.now() / 1_000)
  const claims = { ...(name === undefined ? {} : { name }), ...(admin ? { scope: "admin" } : {}), ...(tokenId === undefined ? {} : { jti: tokenId }) }
  return new SignJWT(claims).setProtectedHeader({ alg: "HS256" }).setSubject(userId).setIssuer(issuer).setAudience(audience)
    .setIssuedAt(now).setExpirationTime(now + expiresInSeconds).sign(new TextEncoder().encode(secret))
}
