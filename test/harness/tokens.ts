/** Tokens as an application that has users would sign them, good and bad, and how requests show them. */
import { type CryptoKey, SignJWT } from "jose"

export const testSecret = "a secret of the tests, of more than thirty-two bytes"

/** Settings of a node that takes them. */
export const takesTokens = { EASEL_JWT_SECRET: testSecret } as const

export interface TokenFields {
  /** None: the token says nobody's name. */
  readonly userId?: string
  readonly name?: string
  readonly admin?: boolean
  /** `null`: the token does not say. */
  readonly expiresInSeconds?: number | null
  /** Less than 0: so long ago. */
  readonly issuedInSeconds?: number
  readonly tokenId?: string
  readonly secret?: string | CryptoKey
  readonly keyId?: string
  readonly algorithm?: string
  readonly issuer?: string
  readonly audience?: string
}

export const tokenOf = (fields: TokenFields): Promise<string> => {
  const { algorithm = "HS256", keyId, secret = testSecret } = fields
  return new SignJWT(claimsOf(fields))
    .setProtectedHeader({ alg: algorithm, ...(keyId === undefined ? {} : { kid: keyId }) })
    .sign(typeof secret === "string" ? new TextEncoder().encode(secret) : secret)
}

export const claimsOf = ({ admin = false, audience = "easel", expiresInSeconds = 600, issuedInSeconds = 0, issuer = "easel", name, tokenId, userId }: TokenFields) => {
  const now = Math.floor(Date.now() / 1_000)
  return {
    iss: issuer,
    aud: audience,
    iat: now + issuedInSeconds,
    ...(userId === undefined ? {} : { sub: userId }),
    ...(name === undefined ? {} : { name }),
    ...(admin ? { scope: "admin" } : {}),
    ...(tokenId === undefined ? {} : { jti: tokenId }),
    ...(expiresInSeconds === null ? {} : { exp: now + expiresInSeconds })
  }
}

/** What somebody shows: a token, the secret of a share link, both, or nothing. */
export interface Shown {
  readonly token?: string | undefined
  readonly link?: string | undefined
}

export const showing = ({ link, token }: Shown): Record<string, string> => ({
  ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
  ...(link === undefined ? {} : { "easel-link": link })
})
