/** Tokens on the command line: `easel token` prints them, `easel import` shows them. */
import { writeFile } from "node:fs/promises"
import { join } from "node:path"
import { jwtVerify } from "jose"
import { expect, it, onTestFinished } from "vitest"
import { complaintOf, easel, easelRunning } from "../../harness/command.ts"
import { nodeForFile } from "../../harness/easelNode.ts"
import { makeFile, setRole } from "../../harness/sharing.ts"
import { temporaryFolder } from "../../harness/temporaryFolder.ts"
import { takesTokens, testSecret, tokenOf } from "../../harness/tokens.ts"

const own = nodeForFile({ environment: takesTokens })

const drawing = async (): Promise<string> => {
  const folder = await temporaryFolder()
  onTestFinished(() => folder.remove())
  const path = join(folder.path, "drawing.svg")
  await writeFile(path, `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 10 10"><rect width="5" height="5"/></svg>`)
  return path
}

it("P19: easel token prints a token that says what was asked for, and that the server takes", async () => {
  const printed = (await easel(["token", "--user", "ada", "--name", "Ada L.", "--admin", "--expires", "10 minutes"], takesTokens)).trim()
  const { payload } = await jwtVerify(printed, new TextEncoder().encode(testSecret), { issuer: "easel", audience: "easel" })
  expect(payload).toMatchObject({ sub: "ada", name: "Ada L.", scope: "admin" })
  expect((payload.exp ?? 0) - (payload.iat ?? 0)).toBe(600)
  const response = await fetch(`${own.node.url}/api/files`, { headers: { authorization: `Bearer ${printed}` } })
  expect(response.status).toBe(200)
})

it("P19: easel token follows the settings of issuer and audience, and leaves out what was not asked for", async () => {
  const printed = JSON.parse(await easel(["token", "--user", "bob", "--json"], { ...takesTokens, EASEL_JWT_ISSUER: "here", EASEL_JWT_AUDIENCE: "there" }))
  const { payload } = await jwtVerify(printed.token, new TextEncoder().encode(testSecret), { issuer: "here", audience: "there" })
  expect(Object.keys(payload).sort()).toEqual(["aud", "exp", "iat", "iss", "sub"])
  expect(printed).toEqual({ token: expect.any(String), userId: "bob", expiresAtSeconds: payload.exp })
})

it.each<readonly [string, ReadonlyArray<string>, Readonly<Record<string, string>>, RegExp]>([
  ["no secret", [], {}, /^easel: EASEL_JWT_SECRET is not set: .+$/],
  ["a short secret", [], { EASEL_JWT_SECRET: "short" }, /^easel: .*EASEL_JWT_SECRET.*$/],
  ["keys of somebody else", [], { EASEL_JWKS_URL: "https://issuer.example/keys" }, /^easel: .*EASEL_JWKS_URL https:\/\/issuer\.example\/keys$/],
  ["no time", ["--expires", "soon"], takesTokens, /expires/],
  ["a time without an end", ["--expires", "Infinity"], takesTokens, /expires/]
])("P19: easel token with %s says so, and prints no token", async (_, flags, env, complaint) => {
  expect(await complaintOf(["token", "--user", "ada", ...flags], env)).toMatch(complaint)
})

it("P19: easel import shows EASEL_TOKEN, and says that it is missing or refused", async () => {
  const path = await drawing()
  const server = { EASEL_URL: own.node.url }
  expect(await complaintOf(["import", path], server)).toMatch(/asks who you are: set EASEL_TOKEN/)
  const EASEL_TOKEN = await tokenOf({ userId: "ada" })
  expect(await easel(["import", path], { ...server, EASEL_TOKEN })).toContain("Imported 1 drawings")
  const fileId = await makeFile(own.database.url)
  await setRole(own.database.url, "file", fileId, "ada", "viewer")
  const broken = `${path}.broken.svg`
  await writeFile(broken, "no drawing")
  const imported = easelRunning(["import", path, broken, "--json"], { ...server, EASEL_TOKEN })
  expect([await imported.exited, JSON.parse(imported.printed.stdout)]).toEqual([
    1,
    { fileId: expect.stringMatching(/^[0-9a-f-]{36}$/), drawings: 1, objects: 2, unsupported: [], failed: [{ path: broken, reason: "it is not a readable SVG drawing" }] }
  ])
  expect(imported.printed.stderr).toContain("easel: 1 drawings were not imported")
  expect(await complaintOf(["import", "--file", fileId, path], { ...server, EASEL_TOKEN })).toContain("a viewer may not edit this file")
  expect(await complaintOf(["import", "--file", await makeFile(own.database.url), path], { ...server, EASEL_TOKEN })).toContain("you may not open this file")
})
