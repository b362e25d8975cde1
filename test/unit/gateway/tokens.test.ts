/** P19: keys of an issuer that change, with the time as the test says; P22: which tokens a revocation is about. */
import { StoreUnavailable } from "@easel/store"
import * as Effect from "effect/Effect"
import { type CryptoKey, exportJWK, generateKeyPair } from "jose"
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest"
import { RevokedTokens } from "../../../packages/gateway/src/auth/RevokedTokens.ts"
import { reader, TokenRefused } from "../../../packages/gateway/src/auth/Tokens.ts"
import { jwksServer } from "../../harness/jwksServer.ts"
import { tokenOf } from "../../harness/tokens.ts"

const keyNamed = async (kid: string) => {
  const { privateKey, publicKey } = await generateKeyPair("ES256")
  return { privateKey, jwk: { ...(await exportJWK(publicKey)), kid }, kid }
}

const signedBy = ({ kid, privateKey }: { readonly kid: string; readonly privateKey: CryptoKey }) =>
  tokenOf({ userId: "ada", algorithm: "ES256", keyId: kid, secret: privateKey, expiresInSeconds: 3_600 })

describe("keys of an issuer", () => {
  beforeEach(() => void vi.useFakeTimers({ toFake: ["Date"] }))
  afterEach(() => void vi.useRealTimers())

  const pass = (seconds: number) => vi.setSystemTime(Date.now() + seconds * 1_000)

  it("P19: a new key is asked for, but not more than twice a minute; one that is published no more is forgotten", async () => {
    const [old, next] = [await keyNamed("old"), await keyNamed("next")]
    const issuer = await jwksServer([old.jwk])
    const read = reader({ key: { jwksUrl: issuer.url }, issuer: "easel", audience: "easel" })
    const outcome = async (token: Promise<string>) => Effect.runPromise(read(await token).pipe(Effect.match({ onFailure: ({ _tag }) => _tag, onSuccess: ({ userId }) => userId })))
    expect(await outcome(signedBy(old))).toBe("ada")
    issuer.keys = [next.jwk, old.jwk]
    for (let n = 0; n < 3; n++) expect(await outcome(signedBy(next))).toBe("TokenRefused")
    expect(issuer.requests).toBe(1)
    pass(31)
    expect(await outcome(signedBy(next))).toBe("ada")
    expect(await outcome(signedBy(old))).toBe("ada")
    expect(issuer.requests).toBe(2)
    issuer.keys = [next.jwk]
    pass(601)
    expect(await outcome(signedBy(old))).toBe("TokenRefused")
    expect(await outcome(signedBy(next))).toBe("ada")
  })

  it("P19: an issuer that does not publish its keys is no fault of the token", async () => {
    const key = await keyNamed("one")
    const issuer = await jwksServer([key.jwk])
    const read = reader({ key: { jwksUrl: issuer.url }, issuer: "easel", audience: "easel" })
    const failure = async () => Effect.runPromise(Effect.flip(read(await signedBy(key))))
    issuer.isDown = true
    expect(await failure()).toBeInstanceOf(StoreUnavailable)
    issuer.isDown = false
    Object.assign(issuer, { keys: "none" })
    expect(await failure()).toBeInstanceOf(StoreUnavailable)
    issuer.keys = []
    expect(await failure()).toBeInstanceOf(TokenRefused)
    const silent = reader({ key: { jwksUrl: "http://127.0.0.1:1/keys" }, issuer: "easel", audience: "easel" })
    expect(await Effect.runPromise(Effect.flip(silent(await signedBy(key))))).toBeInstanceOf(StoreUnavailable)
  })
})

describe("revoked tokens", () => {
  const identity = (userId: string, issuedAtMillis: number, tokenId?: string) =>
    ({ userId, issuedAtMillis, tokenId, expiresAtMillis: issuedAtMillis + 1_000_000, isAdmin: false })

  it("P22: by user, those that were issued until then, in the same second included", () => {
    const revoked = new RevokedTokens([{ userId: "ada", atMillis: 5_400 }, { userId: "ada", atMillis: 2_000 }, { userId: "bob", atMillis: 9_000 }])
    expect([0, 4_000, 5_000, 6_000].map((at) => revoked.has(identity("ada", at)))).toEqual([true, true, true, false])
    expect(revoked.has(identity("bob", 9_000))).toBe(true)
    expect(revoked.has(identity("zoe", 0))).toBe(false)
  })

  it("P22: by id, that one alone", () => {
    const revoked = new RevokedTokens([{ tokenId: "one", atMillis: 5_000 }])
    expect(revoked.has(identity("ada", 9_000, "one"))).toBe(true)
    expect(revoked.has(identity("ada", 0, "two"))).toBe(false)
    expect(revoked.has(identity("ada", 0))).toBe(false)
    expect(revoked.has(identity("one", 0))).toBe(false)
    expect(new RevokedTokens([]).has(identity("ada", 0, "one"))).toBe(false)
  })
})
