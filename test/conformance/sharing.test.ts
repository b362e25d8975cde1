/** H7 to H9: members, share links and teams against a real node that asks who its users are. */
import { randomUUID } from "node:crypto"
import { describe, expect, it } from "vitest"
import { sharedNode, nodeForTest } from "../harness/easelNode.ts"
import { answered, ask, expectProblem } from "../harness/requests.ts"
import { runSql } from "../harness/runSql.ts"
import { takesTokens, tokenOf } from "../harness/tokens.ts"

const own = sharedNode({ environment: takesTokens })

interface Named {
  readonly id: string
}

interface Link extends Named {
  readonly secret: string
}

type Ask = (method: string, path: string, body?: unknown) => Promise<Response>

/** Requests of a user. */
const user = async (userId: string, more: { readonly admin?: boolean } = {}): Promise<Ask> => {
  const token = await tokenOf({ userId, ...more })
  return (method, path, body) => ask(own.node, method, path, { token }, body)
}

/** A user who owns a file and a team; `members` are those of the one or the other. */
const owning = async (of: "files" | "teams") => {
  const userId = `owner-${randomUUID()}`
  const by = await user(userId)
  const { id } = await answered<Named>(await by("POST", `/api/${of}`, { name: "Shared" }), 201)
  return { by, id, userId, members: `/api/${of}/${id}/members` }
}

const owningFile = async () => {
  const { by, id, ...more } = await owning("files")
  return { ...more, by, id, links: `/api/files/${id}/links` }
}

const status = async (answer: Promise<Response>): Promise<number> => (await answer).status

describe.each(["files", "teams"] as const)("members of %s", (of) => {
  it("H7: an owner gives roles, changes and takes them; the strongest stand first", async () => {
    const { by, members, userId } = await owning(of)
    expect(await answered(await by("PUT", `${members}/zoe`, { role: "viewer" }), 200)).toEqual({ userId: "zoe", role: "viewer" })
    await answered(await by("PUT", `${members}/ann`, { role: "commenter" }), 200)
    await answered(await by("PUT", `${members}/zoe`, { role: "editor" }), 200)
    expect(await answered(await by("GET", members), 200)).toEqual([
      { userId, role: "owner" },
      { userId: "zoe", role: "editor" },
      { userId: "ann", role: "commenter" }
    ])
    expect(await status(by("DELETE", `${members}/zoe`))).toBe(204)
    await expectProblem(await by("DELETE", `${members}/zoe`), 404)
    expect(await answered(await by("GET", members), 200)).toHaveLength(2)
  })

  it.each([
    "ada@example.com",
    "auth0|5f7c8ec7c33c6c004bbafe82",
    "Ünï/cödé %2F ?&;#+= \u{1f600}",
    "İSTANBUL",
    "ADA",
    "%",
    "undefined",
    "__proto__",
    "'; DROP TABLE users; --",
    "é".repeat(128)
  ])("H7: the user id %s is kept as it is", async (userId) => {
    const { by, members } = await owning(of)
    const path = `${members}/${encodeURIComponent(userId)}`
    expect(await answered(await by("PUT", path, { role: "editor" }), 200)).toEqual({ userId, role: "editor" })
    expect(await answered(await by("GET", members), 200)).toContainEqual({ userId, role: "editor" })
    expect(await answered(await (await user(userId))("GET", members), 200)).toHaveLength(2)
    expect(await status(by("DELETE", path))).toBe(204)
  })

  it.each([["129 characters", "x".repeat(129)], ["10,000 characters", "x".repeat(10_000)], ["NUL", "%00"]])(
    "H3: a user id of %s is a problem",
    async (_, userId) => {
      const { by, members } = await owning(of)
      for (const method of ["PUT", "DELETE"]) await expectProblem(await by(method, `${members}/${userId}`, { role: "viewer" }), 400)
    }
  )

  it.each([["nothing", ""], ["no JSON", "{"], ["no role", {}], ["an unknown role", { role: "admin" }], ["a role that is no text", { role: ["viewer"] }]])(
    "H3: a role of %s is a problem",
    async (_, body) => {
      const { by, members } = await owning(of)
      await expectProblem(await by("PUT", `${members}/zoe`, body), 400)
    }
  )

  it("H7: everybody may leave, and nobody else is removed with it", async () => {
    const { by, members } = await owning(of)
    for (const role of ["viewer", "commenter", "editor"]) {
      const userId = `leaving-${randomUUID()}`
      await answered(await by("PUT", `${members}/${userId}`, { role }), 200)
      await answered(await by("PUT", `${members}/staying`, { role: "viewer" }), 200)
      const leaving = await user(userId)
      await expectProblem(await leaving("DELETE", `${members}/staying`), 403)
      await expectProblem(await leaving("PUT", `${members}/${userId}`, { role: "owner" }), 403)
      expect(await status(leaving("DELETE", `${members}/${userId}`))).toBe(204)
      await expectProblem(await leaving("GET", members), 403)
      await expectProblem(await leaving("DELETE", `${members}/${userId}`), 404)
    }
  })

  it("H7: the last owner stays, whoever asks", async () => {
    const { by, members, userId } = await owning(of)
    const admin = await user("admin", { admin: true })
    for (const asks of [by, admin]) {
      await expectProblem(await asks("DELETE", `${members}/${userId}`), 409)
      await expectProblem(await asks("PUT", `${members}/${userId}`, { role: "editor" }), 409)
    }
    await answered(await by("PUT", `${members}/${userId}`, { role: "owner" }), 200)
    await answered(await by("PUT", `${members}/second`, { role: "owner" }), 200)
    expect(await status(by("DELETE", `${members}/${userId}`))).toBe(204)
    await expectProblem(await (await user("second"))("DELETE", `${members}/second`), 409)
  })

  it("H7: of two owners that remove each other at the same time exactly one stays", async () => {
    const { by, members, userId } = await owning(of)
    const second = await user("second")
    const admin = await user("admin", { admin: true })
    for (let round = 0; round < 10; round++) {
      for (const owner of [userId, "second"]) await answered(await admin("PUT", `${members}/${owner}`, { role: "owner" }), 200)
      const statuses = await Promise.all([status(by("DELETE", `${members}/second`)), status(second("DELETE", `${members}/${userId}`))])
      // The other one was no owner any more, or the last.
      expect(statuses.toSorted()).toEqual([204, expect.toSatisfy((one) => one === 403 || one === 409)])
      const owners = await answered<ReadonlyArray<{ readonly role: string }>>(await admin("GET", members), 200)
      expect(owners.map(({ role }) => role)).toEqual(["owner"])
    }
  })

  it.each([["an unknown id", randomUUID()], ["no UUID", "shared"], ["SQL", "'%20OR%201=1"]])("H3: %s is not found", async (_, id) => {
    const by = await user("somebody", { admin: true })
    const path = `/api/${of}/${id}/members`
    await expectProblem(await by("GET", path), 404)
    await expectProblem(await by("PUT", `${path}/zoe`, { role: "viewer" }), 404)
    await expectProblem(await by("DELETE", `${path}/zoe`), 404)
    await expectProblem(await ask(own.node, "GET", path), 401)
  })

  it.each([["POST", "", "GET"], ["DELETE", "", "GET"], ["GET", "/zoe", "PUT, DELETE"], ["PATCH", "/zoe", "PUT, DELETE"]])(
    "H3: %s %s is a problem that names the methods there are",
    async (method, path, methods) => {
      const { by, members } = await owning(of)
      const response = await by(method, `${members}${path}`)
      await expectProblem(response, 405)
      expect(response.headers.get("allow")).toBe(methods)
    }
  )
})

describe("share links", () => {
  it("H8: a link is made with a secret that is told once, is listed without it, and taken back", async () => {
    const { by, links, userId } = await owningFile()
    const link = await answered<Link>(await by("POST", links, { role: "commenter" }), 201)
    const { secret, ...listed } = link
    expect(link).toEqual({
      id: expect.stringMatching(/^[0-9a-f-]{36}$/),
      role: "commenter",
      expiresAt: null,
      createdAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
      createdBy: userId,
      secret: expect.stringMatching(/^[\w-]{43}$/)
    })
    expect(await answered(await by("GET", links), 200)).toEqual([listed])
    const guest = { link: secret }
    expect(await answered(await ask(own.node, "GET", "/api/me", guest), 200)).toEqual({
      userId: expect.stringMatching(/^guest:[\w-]{22}$/),
      userName: "Guest",
      admin: false,
      open: false
    })
    expect(await status(by("DELETE", `${links}/${link.id.toUpperCase()}`))).toBe(204)
    expect(await answered(await by("GET", links), 200)).toEqual([])
    await expectProblem(await ask(own.node, "GET", "/api/me", guest), 401)
    await expectProblem(await by("DELETE", `${links}/${link.id}`), 404)
  })

  it.each([
    ["2999-12-31T23:59:59Z", "2999-12-31T23:59:59.000Z"],
    ["2999-12-31T23:59:59.123456Z", "2999-12-31T23:59:59.123Z"],
    ["2999-12-31T23:59+02:00", "2999-12-31T21:59:00.000Z"],
    [null, null]
  ])("H8: expiresAt %s is told as %s", async (expiresAt, told) => {
    const { by, links } = await owningFile()
    expect(await answered(await by("POST", links, { role: "viewer", expiresAt }), 201)).toMatchObject({ expiresAt: told })
  })

  it.each([
    ["nothing", ""],
    ["no role", {}],
    ["the role of an owner", { role: "owner" }],
    ["a time that is past", { role: "viewer", expiresAt: "2020-01-01T00:00:00Z" }],
    ["a time without a zone", { role: "viewer", expiresAt: "2999-01-01T00:00:00" }],
    ["a day", { role: "viewer", expiresAt: "2999-01-01" }],
    ["a thirteenth month", { role: "viewer", expiresAt: "2999-13-01T00:00:00Z" }],
    ["a number", { role: "viewer", expiresAt: 32_000_000_000_000 }],
    ["some text", { role: "viewer", expiresAt: "tomorrow" }]
  ])("H8: a link with %s is a problem", async (_, body) => {
    const { by, links } = await owningFile()
    await expectProblem(await by("POST", links, body), 400)
  })

  it("H8: a file has a hundred links that have not expired", async () => {
    const { by, id, links } = await owningFile()
    await runSql(
      own.database.url,
      `INSERT INTO share_links (file_id, role, secret_sha256, expires_at, created_by)
       SELECT $1::uuid, 'viewer', sha256(uuid_send(gen_random_uuid())), CASE WHEN n > 99 THEN now() - interval '1 day' END, 'a test' FROM generate_series(1, 150) n`,
      [id]
    )
    const statuses = await Promise.all(Array.from({ length: 5 }, () => status(by("POST", links, { role: "viewer" }))))
    expect(statuses.toSorted()).toEqual([201, 409, 409, 409, 409])
    await expectProblem(await by("POST", links, { role: "viewer" }), 409)
    const all = await answered<ReadonlyArray<Named>>(await by("GET", links), 200)
    expect(all).toHaveLength(100)
    expect(await status(by("DELETE", `${links}/${all[0]?.id}`))).toBe(204)
    expect(await status(by("POST", links, { role: "viewer" }))).toBe(201)
  })

  it("H8: a link is taken back by its own file alone", async () => {
    const [one, other] = [await owningFile(), await owningFile()]
    const { id } = await answered<Link>(await one.by("POST", one.links, { role: "viewer" }), 201)
    for (const linkId of [id, randomUUID(), "nonsense", "%00"]) await expectProblem(await other.by("DELETE", `${other.links}/${linkId}`), 404)
    expect(await answered(await one.by("GET", one.links), 200)).toHaveLength(1)
  })

  it.each([["PUT", "", "GET, POST"], ["DELETE", "", "GET, POST"], ["GET", "/x", "DELETE"], ["POST", "/x", "DELETE"]])(
    "H3: %s %s is a problem that names the methods there are",
    async (method, path, methods) => {
      const { by, links } = await owningFile()
      const response = await by(method, `${links}${path}`)
      await expectProblem(response, 405)
      expect(response.headers.get("allow")).toBe(methods)
    }
  )
})

describe("teams", () => {
  it("H9: who makes a team owns it, and everybody sees the teams that he is in, by name", async () => {
    const [by, other] = [await user(`maker-${randomUUID()}`), await user("joining")]
    const [second, first] = [
      await answered<Named>(await by("POST", "/api/teams", { name: "Second" }), 201),
      await answered<Named>(await by("POST", "/api/teams", { name: "First \u{1f3a8}" }), 201)
    ]
    expect(second).toEqual({ id: expect.stringMatching(/^[0-9a-f-]{36}$/), name: "Second", revision: 0, role: "owner" })
    expect(await answered(await by("GET", "/api/teams"), 200)).toEqual([first, second])
    await answered(await by("PUT", `/api/teams/${second.id}/members/joining`, { role: "viewer" }), 200)
    expect(await answered(await other("GET", "/api/teams"), 200)).toEqual([{ ...second, role: "viewer" }])
  })

  it("H9: files are made in a team by its editors, and seen by its members", async () => {
    const { by, id, members } = await owning("teams")
    const [editor, viewer] = [await user("editor"), await user("viewer")]
    for (const role of ["editor", "viewer"]) await answered(await by("PUT", `${members}/${role}`, { role }), 200)
    await expectProblem(await viewer("POST", "/api/files", { name: "Mine", teamId: id }), 403)
    const file = await answered<Named>(await editor("POST", "/api/files", { name: "Ours", teamId: id }), 201)
    expect(await answered(await viewer("GET", `/api/files/${file.id}`), 200)).toMatchObject({ name: "Ours" })
    expect(await answered(await viewer("GET", "/api/files"), 200)).toMatchObject([{ id: file.id }])
    expect(await status(by("DELETE", `${members}/viewer`))).toBe(204)
    await expectProblem(await viewer("GET", `/api/files/${file.id}`), 403)
    expect(await answered(await viewer("GET", "/api/files"), 200)).toEqual([])
  })

  it.each([["nothing", ""], ["no name", {}], ["an empty name", { name: "" }], ["256 characters", { name: "x".repeat(256) }], ["NUL", { name: "\u0000" }]])(
    "H3: a team with %s is a problem",
    async (_, body) => expectProblem(await (await user("somebody"))("POST", "/api/teams", body), 400)
  )
})

describe("a server that knows nobody", () => {
  it("H7 to H12: answers 409 to what would change roles, and says that it is open", async () => {
    const node = await nodeForTest({ databaseUrl: own.database.url })
    await node.start()
    const { id } = await answered<Named>(await ask(node, "POST", "/api/files", {}, { name: "Of nobody" }), 201)
    const team = await owning("teams")
    for (const [method, path, body] of [
      ["PUT", `/api/files/${id}/members/ada`, { role: "owner" }],
      ["DELETE", `/api/files/${id}/members/ada`],
      ["POST", `/api/files/${id}/links`, { role: "viewer" }],
      ["DELETE", `/api/files/${id}/links/${randomUUID()}`],
      ["POST", "/api/teams", { name: "Team" }],
      ["PUT", `${team.members}/ada`, { role: "owner" }],
      ["DELETE", `${team.members}/ada`],
      ["POST", "/api/tickets"],
      ["POST", "/api/revocations", { userId: "ada" }]
    ] as const) await expectProblem(await ask(node, method, path, {}, body), 409)
    expect(await answered(await ask(node, "GET", "/api/me"), 200)).toEqual({ userId: "anonymous", userName: "anonymous", admin: false, open: true })
    for (const path of [`/api/files/${id}/members`, `/api/files/${id}/links`, "/api/teams"]) {
      expect(await answered(await ask(node, "GET", path), 200)).toEqual([])
    }
  })
})
