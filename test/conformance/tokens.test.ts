/** P19, H10 to H12 against a real node: tokens that are refused, tickets, revocations, and keys of an issuer. */
import { createHmac, randomUUID } from "node:crypto"
import { exportJWK, generateKeyPair } from "jose"
import { describe, expect, it } from "vitest"
import { sharedNode, nodeForTest } from "../harness/easelNode.ts"
import { join } from "../harness/editing.ts"
import { jwksServer } from "../harness/jwksServer.ts"
import { answered, ask, expectProblem } from "../harness/requests.ts"
import { runSql } from "../harness/runSql.ts"
import { claimsOf, takesTokens, testSecret, tokenOf } from "../harness/tokens.ts"

const own = sharedNode({ environment: takesTokens })

const whoIs = (token: string) => ask(own.node, "GET", "/api/me", { token })

const encoded = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString("base64url")

/** A token with any header and claims, signed by HMAC with the secret, whatever the header says. */
const forged = (header: unknown, claims: unknown = claimsOf({ userId: "ada" })): string => {
  const signed = `${encoded(header)}.${encoded(claims)}`
  return `${signed}.${createHmac("sha256", testSecret).update(signed).digest("base64url")}`
}

const unsigned = `${encoded({ alg: "none" })}.${encoded(claimsOf({ userId: "ada" }))}.`

describe("tokens", () => {
  it("H12: a token says who somebody is; its name and scope may be missing", async () => {
    expect(await answered(await whoIs(await tokenOf({ userId: "ada", name: "Ada" })), 200)).toEqual({ userId: "ada", userName: "Ada", admin: false, open: false })
    expect(await answered(await whoIs(await tokenOf({ userId: "ada", admin: true })), 200)).toEqual({ userId: "ada", userName: "ada", admin: true, open: false })
    expect(await answered(await whoIs(forged({ alg: "HS256" })), 200)).toMatchObject({ userId: "ada" })
  })

  it.each<readonly [what: string, token: string | Promise<string>]>([
    ["another secret", tokenOf({ userId: "ada", secret: "another secret, of more than thirty-two bytes" })],
    ["the algorithm none", unsigned],
    ["the algorithm none and a signature", forged({ alg: "none" })],
    ["the algorithm NONE", forged({ alg: "NONE" })],
    ["RS256 with the secret as the key", forged({ alg: "RS256" })],
    ["HS512", tokenOf({ userId: "ada", algorithm: "HS512", secret: testSecret.repeat(2) })],
    ["no algorithm", forged({})],
    ["a key of its own", forged({ alg: "HS256", jwk: { kty: "oct", k: "AAAA" }, crit: ["jwk"] })],
    ["another issuer", tokenOf({ userId: "ada", issuer: "somebody" })],
    ["another audience", tokenOf({ userId: "ada", audience: "something" })],
    ["no issuer", forged({ alg: "HS256" }, { ...claimsOf({ userId: "ada" }), iss: undefined })],
    ["no audience", forged({ alg: "HS256" }, { ...claimsOf({ userId: "ada" }), aud: undefined })],
    ["an expiry that is past", tokenOf({ userId: "ada", expiresInSeconds: -10 })],
    ["no expiry", tokenOf({ userId: "ada", expiresInSeconds: null })],
    ["an expiry that is a text", forged({ alg: "HS256" }, { ...claimsOf({ userId: "ada" }), exp: "never" })],
    ["a time before which it is not good", forged({ alg: "HS256" }, { ...claimsOf({ userId: "ada" }), nbf: Date.now() / 1_000 + 60 })],
    ["no user", tokenOf({})],
    ["an empty user", tokenOf({ userId: "" })],
    ["a user of 129 characters", tokenOf({ userId: "x".repeat(129) })],
    ["a user with NUL", tokenOf({ userId: "a\u0000" })],
    ["a user that is a number", forged({ alg: "HS256" }, { ...claimsOf({}), sub: 7 })],
    ["an id with NUL", tokenOf({ userId: "ada", tokenId: "a\u0000" })],
    ["an id that is a number", forged({ alg: "HS256" }, { ...claimsOf({ userId: "ada" }), jti: 7 })],
    ["claims that are no object", forged({ alg: "HS256" }, "claims")],
    ["a changed claim", tokenOf({ userId: "ada" }).then((token) => token.replace(/\.[^.]+\./, `.${encoded(claimsOf({ userId: "bob" }))}.`))],
    ["no signature", tokenOf({ userId: "ada" }).then((token) => token.replace(/[^.]+$/, ""))],
    ["half of it", tokenOf({ userId: "ada" }).then((token) => token.slice(0, token.length / 2))],
    ["garbage", "garbage"],
    ["garbage in three parts", "x.y.z"],
    ["dots", ".."],
    ["4 KiB", forged({ alg: "HS256", kid: "x".repeat(4_096) }).slice(0, -1)],
    ["4 KiB of dots", ".".repeat(4_096)],
    ["an unknown ticket", `ticket_${"x".repeat(43)}`],
    ["no ticket", "ticket_"]
  ])("P19: a token with %s is refused", async (_, token) => {
    await expectProblem(await whoIs(await token), 401)
  })

  it.each([["Basic YWRhOg=="], ["Bearer"], ["Bearer a b"], ["Token x"]])("P19: Authorization: %s says nothing", async (authorization) => {
    await expectProblem(await fetch(`${own.node.url}/api/me`, { headers: { authorization } }), 401)
  })

  it("H3: whoever shows nothing learns nothing, not even which files there are", async () => {
    const token = await tokenOf({ userId: "ada" })
    for (const id of [randomUUID(), "nonsense"]) {
      for (const path of [`/api/files/${id}`, `/api/files/${id}/presence`]) {
        await expectProblem(await ask(own.node, "GET", path), 401)
        await expectProblem(await ask(own.node, "GET", path, { token }), 404)
      }
      await expectProblem(await ask(own.node, "PATCH", `/api/files/${id}`, {}, { name: "x" }), 401)
    }
  })
})

interface Ticket {
  readonly ticket: string
  readonly expiresAt: string
}

describe("tickets", () => {
  const issue = async (token: string): Promise<Ticket> => answered(await ask(own.node, "POST", "/api/tickets", { token }), 201)

  it("H10: a ticket is good once, as the one who asked for it", async () => {
    const { expiresAt, ticket } = await issue(await tokenOf({ userId: "ada", name: "Ada", admin: true }))
    expect(Date.parse(expiresAt) - Date.now()).toSatisfy((millis: number) => millis > 20_000 && millis <= 30_500)
    expect(await answered(await whoIs(ticket), 200)).toEqual({ userId: "ada", userName: "Ada", admin: true, open: false })
    await expectProblem(await whoIs(ticket), 401)
  })

  it("H10: of those who use a ticket at the same time one is let in", async () => {
    const { ticket } = await issue(await tokenOf({ userId: "ada" }))
    const statuses = await Promise.all(Array.from({ length: 8 }, async () => (await whoIs(ticket)).status))
    expect(statuses.toSorted()).toEqual([200, ...Array.from({ length: 7 }, () => 401)])
  })

  it("H10: a ticket is good for half a minute", async () => {
    const { ticket } = await issue(await tokenOf({ userId: "ada" }))
    await runSql(own.database.url, "UPDATE tickets SET expires_at = expires_at - interval '30 seconds'")
    await expectProblem(await whoIs(ticket), 401)
    await issue(await tokenOf({ userId: "ada" }))
    expect(await runSql(own.database.url, "SELECT FROM tickets WHERE expires_at <= now()")).toEqual([])
  })

  it("H10: a ticket ends with the token that it was issued for", async () => {
    const { ticket } = await issue(await tokenOf({ userId: "ada" }))
    await runSql(own.database.url, `UPDATE tickets SET identity = jsonb_set(identity, '{expiresAtMillis}', to_jsonb($1::float8))`, [Date.now() - 1])
    await expectProblem(await whoIs(ticket), 401)
    const token = await tokenOf({ userId: "revoked with its ticket", issuedInSeconds: -10 })
    const late = await issue(token)
    expect((await ask(own.node, "POST", "/api/revocations", { token }, { userId: "revoked with its ticket" })).status).toBe(204)
    await expectProblem(await whoIs(late.ticket), 401)
  })

  it("H10: a ticket opens a connection, and is nowhere kept as it is", async () => {
    const token = await tokenOf({ userId: "ada" })
    const { id } = await answered<{ readonly id: string }>(await ask(own.node, "POST", "/api/files", { token }, { name: "x" }), 201)
    const { ticket } = await issue(token)
    const rows = await runSql(own.database.url, "SELECT row_to_json(t)::text AS text FROM tickets t")
    expect(JSON.stringify(rows)).not.toContain(ticket)
    await join(own.node, id, { userId: "whoever", token: ticket })
    await expectProblem(await whoIs(ticket), 401)
  })
})

describe("revocations", () => {
  const revoke = (token: string, body: unknown) => ask(own.node, "POST", "/api/revocations", { token }, body)

  it("H11: everybody revokes all that he was issued so far, and only his own", async () => {
    const [mine, older, another] = [
      await tokenOf({ userId: "leaving", issuedInSeconds: -5 }),
      await tokenOf({ userId: "leaving", issuedInSeconds: -500, tokenId: "older" }),
      await tokenOf({ userId: "staying", issuedInSeconds: -5 })
    ]
    await expectProblem(await revoke(mine, { userId: "staying" }), 403)
    expect((await revoke(mine, { userId: "leaving" })).status).toBe(204)
    for (const token of [mine, older]) await expectProblem(await whoIs(token), 401)
    await expectProblem(await revoke(mine, { userId: "leaving" }), 401)
    expect((await whoIs(another)).status).toBe(200)
    expect((await whoIs(await tokenOf({ userId: "leaving", issuedInSeconds: 2 }))).status).toBe(200)
  })

  it("H11: one token is revoked by its id, by whoever shows it or by an admin", async () => {
    const [first, second] = [await tokenOf({ userId: "ada", tokenId: "first" }), await tokenOf({ userId: "ada", tokenId: "second" })]
    await expectProblem(await revoke(first, { tokenId: "second" }), 403)
    await expectProblem(await revoke(await tokenOf({ userId: "ada" }), { tokenId: "second" }), 403)
    expect((await revoke(first, { tokenId: "first" })).status).toBe(204)
    await expectProblem(await whoIs(first), 401)
    expect((await whoIs(second)).status).toBe(200)
    expect((await revoke(await tokenOf({ userId: "admin", admin: true }), { tokenId: "second" })).status).toBe(204)
    await expectProblem(await whoIs(second), 401)
    expect((await whoIs(await tokenOf({ userId: "ada" }))).status).toBe(200)
  })

  it("H11: an admin revokes anybody's, and that outlives the node", async () => {
    const admin = await tokenOf({ userId: "admin", admin: true })
    const [bad, good] = [await tokenOf({ userId: "bad", issuedInSeconds: -5 }), await tokenOf({ userId: "good", issuedInSeconds: -5 })]
    expect((await revoke(admin, { userId: "bad" })).status).toBe(204)
    await expectProblem(await whoIs(bad), 401)
    await own.node.restart("kill")
    await expectProblem(await whoIs(bad), 401)
    expect((await whoIs(good)).status).toBe(200)
  })

  it("H11: what was revoked is told nothing more of what happens", async () => {
    const [token, other] = [await tokenOf({ userId: "listening", issuedInSeconds: -5 }), await tokenOf({ userId: "editing" })]
    const { id } = await answered<{ readonly id: string }>(await ask(own.node, "POST", "/api/files", { token }, { name: "x" }), 201)
    await answered(await ask(own.node, "PUT", `/api/files/${id}/members/editing`, { token }, { role: "editor" }), 200)
    const stream = await ask(own.node, "GET", "/api/events", { token })
    expect(stream.status).toBe(200)
    expect((await revoke(token, { userId: "listening" })).status).toBe(204)
    await join(own.node, id, { token: other })
    expect(await stream.text()).not.toContain("event:")
  })

  it.each([["nothing", ""], ["neither", {}], ["both", { userId: "ada", tokenId: "x" }], ["an empty id", { userId: "" }],
    ["a long id", { tokenId: "x".repeat(129) }], ["NUL", { userId: "\u0000" }], ["a number", { userId: 7 }]])(
    "H3: a revocation of %s is a problem",
    async (_, body) => expectProblem(await revoke(await tokenOf({ userId: "admin", admin: true }), body), 400)
  )

  it.each(["tickets", "revocations"])("H3: GET /api/%s is a problem that names the methods there are", async (path) => {
    const response = await ask(own.node, "GET", `/api/${path}`)
    await expectProblem(response, 405)
    expect(response.headers.get("allow")).toBe("POST")
  })
})

describe("keys of an issuer", () => {
  it("P19: tokens that were signed by a published key are taken, and no others", async () => {
    const { privateKey, publicKey } = await generateKeyPair("ES256")
    const jwk = await exportJWK(publicKey)
    const issuer = await jwksServer([{ ...jwk, kid: "one" }])
    const node = await nodeForTest({ databaseUrl: own.database.url, environment: { EASEL_JWKS_URL: issuer.url, EASEL_JWT_ISSUER: issuer.url } })
    await node.start()
    const status = async (token: Promise<string>) => (await ask(node, "GET", "/api/me", { token: await token })).status
    const fields = { userId: "ada", issuer: issuer.url, algorithm: "ES256", keyId: "one", secret: privateKey }
    const stranger = await generateKeyPair("ES256")
    issuer.isDown = true
    expect(await status(tokenOf(fields))).toBe(503)
    issuer.isDown = false
    expect(await status(tokenOf(fields))).toBe(200)
    expect(await status(tokenOf({ ...fields, secret: stranger.privateKey }))).toBe(401)
    expect(await status(tokenOf({ ...fields, keyId: "two", secret: stranger.privateKey }))).toBe(401)
    expect(await status(tokenOf({ ...fields, issuer: "easel" }))).toBe(401)
    // The published key as a secret that everybody knows.
    expect(await status(tokenOf({ ...fields, algorithm: "HS256", secret: JSON.stringify(jwk) }))).toBe(401)
    expect(await status(tokenOf({ userId: "ada", issuer: issuer.url }))).toBe(401)
  })
})
