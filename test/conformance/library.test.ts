/** H22 to H29: projects, and the life of files in them, against a real node that asks who its users are. */
import { randomUUID } from "node:crypto"
import { describe, expect, it } from "vitest"
import { sharedNode } from "../harness/easelNode.ts"
import type { FileRead } from "../harness/contract.ts"
import { connect, create, join, remove, update } from "../harness/editing.ts"
import { answered, ask, expectProblem } from "../harness/requests.ts"
import { runSql } from "../harness/runSql.ts"
import { takesTokens, tokenOf } from "../harness/tokens.ts"

const own = sharedNode({ environment: takesTokens })

interface Listed {
  readonly id: string
  readonly name: string
  readonly teamId: string | null
  readonly projectId: string | null
  readonly revision: number
  readonly trashedAt: string | null
}

const user = async (userId: string) => {
  const token = await tokenOf({ userId })
  const by = (method: string, path: string, body?: unknown, headers: Record<string, string> = {}) =>
    fetch(`${own.node.url}${path}`, {
      method,
      headers: { authorization: `Bearer ${token}`, ...headers },
      ...(body === undefined ? {} : { body: JSON.stringify(body) })
    })
  return {
    userId,
    token,
    by,
    make: async (path: string, body: unknown) => answered<Listed>(await by("POST", path, body), 201),
    change: async (path: string, body: unknown) => answered<Listed>(await by("PATCH", path, body), 200),
    names: async (query: string) => (await answered<ReadonlyArray<Listed>>(await by("GET", `/api/files${query}`), 200)).map(({ name }) => name)
  }
}

/** An owner of a team with a project, and an editor and a viewer of the team. */
const aTeam = async (name = "Team") => {
  const owner = await user(`owner-${randomUUID()}`)
  const team = await owner.make("/api/teams", { name })
  const project = await owner.make(`/api/teams/${team.id}/projects`, { name: "Posters" })
  const joined = async (role: string) => {
    const member = await user(`${role}-${randomUUID()}`)
    await answered(await owner.by("PUT", `/api/teams/${team.id}/members/${member.userId}`, { role }), 200)
    return member
  }
  return { owner, team, project, editor: await joined("editor"), viewer: await joined("viewer") }
}

describe("projects", () => {
  it("H22: editors of a team make, name and list its projects; one with files in it is not removed", async () => {
    const { editor, project, team, viewer } = await aTeam()
    const icons = await editor.make(`/api/teams/${team.id}/projects`, { name: "Icons" })
    expect(icons).toEqual({ id: expect.any(String), teamId: team.id, name: "Icons", revision: 0, createdAt: expect.any(String) })
    expect(await editor.change(`/api/projects/${icons.id}`, { name: "Symbols" })).toMatchObject({ name: "Symbols", revision: 1 })
    const listed = await answered<ReadonlyArray<Listed>>(await viewer.by("GET", `/api/teams/${team.id}/projects`), 200)
    expect(listed.map(({ name }) => name)).toEqual(["Posters", "Symbols"])
    const file = await editor.make("/api/files", { name: "Poster", projectId: project.id })
    expect(file).toMatchObject({ teamId: team.id, projectId: project.id })
    await expectProblem(await editor.by("DELETE", `/api/projects/${project.id}`), 409)
    await editor.change(`/api/files/${file.id}`, { trashed: true })
    expect((await editor.by("DELETE", `/api/projects/${project.id}`)).status).toBe(204)
    await expectProblem(await editor.by("GET", `/api/projects/${project.id}`), 404)
    expect(await editor.change(`/api/files/${file.id}`, { trashed: false })).toMatchObject({ teamId: team.id, projectId: null })
  })

  it("H22: a team goes when there is nothing in it, not even in the trash", async () => {
    const { editor, owner, project, team } = await aTeam()
    const path = `/api/teams/${team.id}`
    await expectProblem(await owner.by("DELETE", path), 409)
    const { id } = await owner.make("/api/files", { name: "Last", projectId: project.id })
    await owner.change(`/api/files/${id}`, { trashed: true })
    expect((await owner.by("DELETE", `/api/projects/${project.id}`)).status).toBe(204)
    await expectProblem(await owner.by("DELETE", path), 409)
    expect((await owner.by("DELETE", `/api/files/${id}`)).status).toBe(204)
    await expectProblem(await owner.by("DELETE", path, undefined, { "if-match": `"7"` }), 412)
    expect((await owner.by("DELETE", path)).status).toBe(204)
    await expectProblem(await owner.by("GET", path), 404)
    expect(await answered(await editor.by("GET", "/api/teams"), 200)).toEqual([])
  })

  it("H22: what is no project, no name or another team's is a problem", async () => {
    const { editor, project } = await aTeam()
    const other = await aTeam()
    for (const body of [{}, { name: "" }, { name: 7 }, { name: "x".repeat(256) }]) {
      await expectProblem(await editor.by("PATCH", `/api/projects/${project.id}`, body), 400)
    }
    for (const id of [randomUUID(), "nonsense"]) await expectProblem(await editor.by("GET", `/api/projects/${id}`), 404)
    await expectProblem(await editor.by("POST", "/api/files", { name: "File", projectId: randomUUID() }), 404)
    await expectProblem(await editor.by("POST", "/api/files", { name: "File", projectId: other.project.id }), 403)
    await expectProblem(await editor.by("POST", "/api/files", { name: "File", projectId: project.id, teamId: other.team.id }), 400)
  })

  it("H23: a file moves between projects by the team's editors, and to another team by its owner, with whom it stays", async () => {
    const [from, to] = [await aTeam("From"), await aTeam("To")]
    const { editor, owner, viewer } = from
    const { id } = await editor.make("/api/files", { name: "Moving", projectId: from.project.id })
    const path = `/api/files/${id}`
    expect(await owner.change(path, { projectId: null })).toMatchObject({ teamId: from.team.id, projectId: null })
    await expectProblem(await owner.by("PATCH", path, { projectId: to.project.id }), 403)
    await answered(await to.owner.by("PUT", `/api/teams/${to.team.id}/members/${owner.userId}`, { role: "editor" }), 200)
    const [watching, staying] = [viewer, owner]
    const gone = await join(own.node, id, { userId: watching.userId, token: watching.token })
    const stays = await join(own.node, id, { userId: staying.userId, token: staying.token })
    expect(await owner.change(path, { projectId: to.project.id })).toMatchObject({ teamId: to.team.id, projectId: to.project.id })
    expect(await gone.closed).toBe(4003)
    await expectProblem(await viewer.by("GET", path), 403)
    expect(await stays.edit(create("after"))).toMatchObject([{ status: "applied" }])
    await answered(await to.viewer.by("GET", path), 200)
    expect(await owner.change(path, { teamId: null })).toMatchObject({ teamId: null, projectId: null })
    await expectProblem(await to.viewer.by("GET", path), 403)
    await answered(await owner.by("GET", path), 200)
  })
})

describe("the trash", () => {
  it("H24: what is in the trash cannot be opened or written, sends its editors away, and comes back as it was", async () => {
    const { editor, team, viewer } = await aTeam()
    const { id } = await editor.make("/api/files", { name: "Trashed", teamId: team.id })
    const path = `/api/files/${id}`
    const drawing = await join(own.node, id, { userId: editor.userId, token: editor.token })
    await drawing.edit(create("a", { x: 1 }))
    const before = await answered(await editor.by("GET", path), 200)
    await expectProblem(await viewer.by("PATCH", path, { trashed: true }), 403)
    expect((await editor.change(path, { trashed: true })).trashedAt).toMatch(/^20/)
    expect(await drawing.next("error")).toMatchObject({ code: "file_missing" })
    expect(await drawing.closed).toBe(4004)
    for (const [method, below, body] of [["GET", ""], ["PATCH", "", { name: "New" }], ["GET", "/members"], ["GET", "/versions"], ["POST", "/links", { role: "viewer" }]] as const) {
      await expectProblem(await editor.by(method, `${path}${below}`, body), 404)
    }
    const late = await connect(own.node)
    late.send("subscribe", { fileId: id, userId: editor.userId, token: editor.token })
    expect(await late.next("error")).toMatchObject({ code: "file_missing" })
    expect(await editor.names(`?teamId=${team.id}`)).toEqual([])
    expect(await viewer.names("?trashed=true")).toEqual(["Trashed"])
    expect(await editor.change(path, { trashed: false })).toMatchObject({ trashedAt: null, revision: 2 })
    expect(await answered(await editor.by("GET", path), 200)).toMatchObject({ ...before as object, epoch: expect.any(Number) })
    expect(await editor.names(`?teamId=${team.id}`)).toEqual(["Trashed"])
  })

  it("H24: deleted for good, by an owner, leaves no row of it", async () => {
    const { editor, owner, team } = await aTeam()
    const { id } = await owner.make("/api/files", { name: "Gone", teamId: team.id })
    const path = `/api/files/${id}`
    const drawing = await join(own.node, id, { userId: owner.userId, token: owner.token })
    await drawing.edit(create("a"), create("b"))
    await owner.make(`${path}/versions`, { name: "Kept" })
    const thread = await owner.make(`${path}/comments`, { anchor: { kind: "page", x: 1, y: 2 }, body: `Hello`, mentions: [editor.userId] })
    await owner.make(`${path}/comments/${thread.id}/replies`, { body: "Yes" })
    expect((await owner.by("PUT", `${path}/comments/${thread.id}/read`, { seq: 1 })).status).toBe(204)
    await owner.make(`${path}/links`, { role: "viewer" })
    await answered(await owner.by("POST", `${path}/restore`, { seq: 1 }), 200)
    await expectProblem(await owner.by("DELETE", path), 409)
    await owner.change(path, { trashed: true })
    await expectProblem(await editor.by("DELETE", path), 403)
    expect((await owner.by("DELETE", path)).status).toBe(204)
    await expectProblem(await owner.by("DELETE", path), 404)
    await expectProblem(await owner.by("PATCH", path, { trashed: false }), 404)
    expect(await owner.names("?trashed=true")).toEqual([])
    const { url } = own.database
    const tables = await runSql(url, `SELECT table_name AS name FROM information_schema.columns WHERE column_name = 'file_id' AND table_schema = 'public'`)
    for (const { name } of tables) expect(await runSql(url, `SELECT FROM ${String(name)} WHERE file_id = $1::uuid`, [id]), String(name)).toEqual([])
    expect(await runSql(url, "SELECT FROM files WHERE id = $1::uuid", [id])).toEqual([])
  })

  it("H23 H24: what is no change of a file is a problem", async () => {
    const { editor } = await aTeam()
    const { id } = await editor.make("/api/files", { name: "File" })
    for (const body of [{}, { trashed: "yes" }, { name: "x", trashed: true }, { projectId: "nonsense" }, { teamId: 7 }]) {
      await expectProblem(await editor.by("PATCH", `/api/files/${id}`, body), 400)
    }
    await expectProblem(await editor.by("PATCH", `/api/files/${id}`, { projectId: randomUUID() }), 404)
    await expectProblem(await editor.by("PATCH", `/api/files/${id}`, { teamId: randomUUID() }), 403)
    await expectProblem(await ask(own.node, "DELETE", `/api/files/${id}`), 401)
  })
})

describe("copies", () => {
  it("H25: a copy is what the file was at a seq, beside it, and goes on from there; neither needs the other", async () => {
    const { editor, project, team } = await aTeam()
    const { id } = await editor.make("/api/files", { name: "Original", projectId: project.id })
    const drawing = await join(own.node, id, { userId: editor.userId, token: editor.token })
    await drawing.edit(create("a", { x: 1 }), create("b", { parentId: "a" }))
    await drawing.edit(update("a", "x", 2), remove("b"))
    const then = await answered<FileRead>(await editor.by("GET", `/api/files/${id}/at/2`), 200)
    const copy = await editor.make(`/api/files/${id}/duplicate`, { seq: 2 })
    expect(copy).toMatchObject({ name: "Copy of Original", teamId: team.id, projectId: project.id, seq: 2, revision: 0 })
    const path = `/api/files/${copy.id}`
    expect(await answered(await editor.by("GET", path), 200)).toMatchObject({ seq: 2, digest: then.digest, objects: then.objects })
    await editor.change(`/api/files/${id}`, { trashed: true })
    await answered(await editor.by("GET", path), 200)
    expect((await editor.by("DELETE", `/api/files/${id}`)).status).toBe(204)
    const copied = await join(own.node, copy.id, { userId: editor.userId, token: editor.token })
    expect(await copied.edit(update("b", "x", 7))).toMatchObject([{ status: "applied", seq: 3 }])
    expect(await answered(await editor.by("GET", `${path}/at/2`), 200)).toMatchObject({ digest: then.digest })
    await expectProblem(await editor.by("GET", `${path}/at/1`), 404)
    expect(await answered(await editor.by("GET", `${path}/versions`), 200)).toMatchObject([{ name: "Original at 2", seq: 2 }])
    const again = await editor.make(`${path}/duplicate`, { name: "Again", teamId: team.id })
    expect(await answered(await editor.by("GET", `/api/files/${again.id}`), 200)).toMatchObject({ name: "Again", seq: 3, objects: [{ id: "a", x: 1 }, { id: "b", x: 7 }] })
  })

  it("H25: who may read a file copies it as his own; states and places that there are not are problems", async () => {
    const { editor, team, viewer } = await aTeam()
    const { id } = await editor.make("/api/files", { name: "Original", teamId: team.id })
    const path = `/api/files/${id}/duplicate`
    const copy = await viewer.make(path, {})
    expect(copy).toMatchObject({ teamId: null, projectId: null, seq: 0 })
    await expectProblem(await editor.by("GET", `/api/files/${copy.id}`), 403)
    expect((await viewer.make(`/api/files/${copy.id}/links`, { role: "viewer" })).id).toBeDefined()
    await expectProblem(await viewer.by("POST", path, { teamId: team.id }), 403)
    await expectProblem(await (await user("stranger")).by("POST", path, {}), 403)
    for (const body of [{ seq: -1 }, { seq: 1.5 }, { name: "" }, { projectId: 7 }]) await expectProblem(await viewer.by("POST", path, body), 400)
    await expectProblem(await viewer.by("POST", path, { seq: 1 }), 404)
    await expectProblem(await viewer.by("POST", `/api/files/${randomUUID()}/duplicate`, {}), 404)
  })
})

describe("keys of requests", () => {
  const key = () => ({ "idempotency-key": randomUUID() })

  it("H28: a request with a key is carried out once, and answered in the same way", async () => {
    const { editor, owner, project, team } = await aTeam()
    const file = await editor.make("/api/files", { name: "Original", projectId: project.id })
    for (const [path, body] of [
      ["/api/files", { name: "Once", teamId: team.id }],
      ["/api/teams", { name: "Once" }],
      [`/api/teams/${team.id}/projects`, { name: "Once" }],
      [`/api/files/${file.id}/duplicate`, { name: "Twin" }],
      [`/api/files/${file.id}/comments`, { anchor: { kind: "page", x: 0, y: 0 }, body: "Said once" }]
    ] as const) {
      const headers = key()
      const first = await owner.by("POST", path, body, headers)
      const second = await owner.by("POST", path, body, headers)
      expect([second.status, second.headers.get("location")]).toEqual([201, first.headers.get("location")])
      const made = await answered<Listed>(first, 201)
      expect(await second.json()).toEqual(made)
      await expectProblem(await owner.by("POST", path, { name: "Other" }, headers), 422)
      expect((await answered<Listed>(await editor.by("POST", path, body, headers), 201)).id).not.toBe(made.id)
    }
    expect((await owner.names(`?name=once&teamId=${team.id}`)).length).toBe(2)
  })

  it("H28: of many at once one is carried out, the others are told to try again; a crash before the answer makes nothing twice", async () => {
    const { owner } = await aTeam()
    const headers = key()
    const sends = () => owner.by("POST", "/api/files", { name: "Raced" }, headers)
    const answers = await Promise.all(Array.from({ length: 12 }, sends))
    for (const { status } of answers) expect([201, 409]).toContain(status)
    expect(answers.some(({ status }) => status === 201)).toBe(true)
    const { id } = await answered<Listed>(await sends(), 201)
    // As a node leaves it that crashes between the two.
    await runSql(own.database.url, "UPDATE idempotency_keys SET answer = NULL, locked_until = now() + interval '1 hour' WHERE user_id = $1", [owner.userId])
    await expectProblem(await sends(), 409)
    await runSql(own.database.url, "UPDATE idempotency_keys SET locked_until = now() WHERE user_id = $1", [owner.userId])
    expect((await answered<Listed>(await sends(), 201)).id).toBe(id)
    expect(await owner.names("?name=raced")).toEqual(["Raced"])
    await runSql(own.database.url, "UPDATE idempotency_keys SET expires_at = now() WHERE user_id = $1", [owner.userId])
    await owner.by("POST", "/api/files", { name: "Purges" }, key())
    expect(await runSql(own.database.url, "SELECT FROM idempotency_keys WHERE user_id = $1 AND expires_at <= now()", [owner.userId])).toEqual([])
  })

  it("H28: what was not done may be tried again under its key, and what is no key is a problem", async () => {
    const { owner } = await aTeam()
    const headers = key()
    await expectProblem(await owner.by("POST", "/api/files", { name: "" }, headers), 400)
    await expectProblem(await owner.by("POST", "/api/files", { name: "" }, headers), 400)
    expect((await owner.by("POST", "/api/files", { name: "Now" }, headers)).status).toBe(201)
    for (const bad of ["", "x".repeat(129), "a b", "ü"]) await expectProblem(await owner.by("POST", "/api/files", { name: "x" }, { "idempotency-key": bad }), 400)
  })
})

describe("revisions", () => {
  it("H27: of two who change the same thing one is told, and changes nothing", async () => {
    const { owner, project, team } = await aTeam()
    const file = await owner.make("/api/files", { name: "File", projectId: project.id })
    for (const [path, first, second] of [
      [`/api/files/${file.id}`, { name: "Mine" }, { name: "Yours" }],
      [`/api/files/${file.id}`, { projectId: null }, { trashed: true }],
      [`/api/projects/${project.id}`, { name: "Mine" }, { name: "Yours" }],
      [`/api/teams/${team.id}`, { name: "Mine" }, { name: "Yours" }]
    ] as const) {
      const etag = (await owner.by("GET", path)).headers.get("etag") ?? ""
      const changed = await owner.by("PATCH", path, first, { "if-match": etag })
      expect(await answered<Listed>(changed, 200)).toMatchObject(first)
      for (const stale of [etag, `"nonsense"`, `W/${etag}`]) await expectProblem(await owner.by("PATCH", path, second, { "if-match": stale }), 412)
      const { revision } = await answered<Listed>(await owner.by("PATCH", path, first, { "if-match": "*" }), 200)
      expect(changed.headers.get("etag")).toBe(`"${revision}"`)
    }
    await expectProblem(await owner.by("DELETE", `/api/projects/${project.id}`, undefined, { "if-match": `"0"` }), 412)
    expect((await owner.by("DELETE", `/api/projects/${project.id}`, undefined, { "if-match": `"1"` })).status).toBe(204)
    const { revision } = await owner.change(`/api/files/${file.id}`, { trashed: true })
    await expectProblem(await owner.by("DELETE", `/api/files/${file.id}`, undefined, { "if-match": `"${revision - 1}"` }), 412)
    expect((await owner.by("DELETE", `/api/files/${file.id}`, undefined, { "if-match": `"${revision}"` })).status).toBe(204)
  })

  it("H27: what the caller has already is not sent again, and what edits change does not collide with a name", async () => {
    const { editor, project, team, viewer } = await aTeam()
    const { id } = await editor.make("/api/files", { name: "File", projectId: project.id })
    const path = `/api/files/${id}`
    for (const each of [path, `${path}?seq=0`, `/api/projects/${project.id}`, `/api/teams/${team.id}`, `/api/teams/${team.id}/members`]) {
      const etag = (await viewer.by("GET", each)).headers.get("etag") ?? ""
      expect(etag, each).toMatch(/^"[\w.-]+"$/)
      const again = await viewer.by("GET", each, undefined, { "if-none-match": `"other", W/${etag}` })
      expect([again.status, await again.text(), again.headers.get("etag")], each).toEqual([304, "", etag])
      if (each.startsWith(path)) await expectProblem(await (await user("stranger")).by("GET", each, undefined, { "if-none-match": etag }), 403)
    }
    const before = (await viewer.by("GET", path)).headers.get("etag") ?? ""
    await answered(await editor.by("PATCH", `${path}/nodes`, { operations: [{ operationType: "create", objectId: "a", newValue: { type: "rectangle" } }] }), 200)
    expect((await viewer.by("GET", path, undefined, { "if-none-match": before })).status).toBe(200)
    expect((await editor.by("PATCH", path, { name: "Named" }, { "if-match": before })).status).toBe(200)
    expect((await viewer.by("GET", `${path}?seq=0`, undefined, { "if-none-match": before })).status).toBe(200)
  })

  it("H27: members are changed by who knows them as they are", async () => {
    const { owner, team } = await aTeam()
    const members = `/api/teams/${team.id}/members`
    const etag = (await owner.by("GET", members)).headers.get("etag") ?? ""
    await answered(await owner.by("PUT", `${members}/ann`, { role: "viewer" }, { "if-match": etag }), 200)
    await expectProblem(await owner.by("PUT", `${members}/ann`, { role: "editor" }, { "if-match": etag }), 412)
    await expectProblem(await owner.by("DELETE", `${members}/ann`, undefined, { "if-match": etag }), 412)
    const now = (await owner.by("GET", members)).headers.get("etag") ?? ""
    expect((await owner.by("DELETE", `${members}/ann`, undefined, { "if-match": now })).status).toBe(204)
  })
})

describe("nodes", () => {
  it("H29: objects are read now and at a seq, and edited by operations that everybody in the file hears of", async () => {
    const { editor, team, viewer } = await aTeam()
    const { id } = await editor.make("/api/files", { name: "File", teamId: team.id })
    const path = `/api/files/${id}/nodes`
    const watching = await join(own.node, id, { userId: viewer.userId, token: viewer.token })
    const operations = [
      { id: "one", operationType: "create", objectId: "a", newValue: { type: "rectangle", x: 1 } },
      { operationType: "update", objectId: "a", propertyPath: "x", newValue: 2 },
      { operationType: "update", objectId: "a", propertyPath: "x", newValue: "two" },
      { operationType: "update", objectId: "nobody", propertyPath: "x", newValue: 2 },
      { operationType: "delete", objectId: "a" }
    ]
    const headers = { "idempotency-key": randomUUID() }
    const edited = await answered<{ readonly seq: number; readonly results: ReadonlyArray<unknown> }>(await editor.by("PATCH", path, { operations }, headers), 200)
    expect(edited).toMatchObject({
      seq: 3,
      results: [
        { id: "one", status: "applied", seq: 1 },
        { status: "applied", seq: 2 },
        { status: "rejected", reason: "wrong_value_type" },
        { status: "rejected", reason: "object_missing" },
        { status: "applied", seq: 3 }
      ]
    })
    expect(await answered(await editor.by("PATCH", path, { operations }, headers), 200)).toEqual(edited)
    expect(await answered(await editor.by("PATCH", path, { operations: [{ ...operations[0], id: "two", idempotencyKey: "other" }] }), 200)).toMatchObject({ results: [{ status: "rejected", reason: "object_exists" }] })
    expect(await answered(await editor.by("PATCH", path, { operations: [{}] }), 200)).toMatchObject({ seq: 3, results: [{ status: "rejected", reason: "invalid_id" }] })
    expect((await watching.next("operation")).operations.map(({ userId, objectId }) => [userId, objectId])).toContainEqual([editor.userId, "a"])
    expect(await answered(await viewer.by("GET", `${path}?ids=b,a`), 200)).toMatchObject({ seq: 3, nodes: [{ id: "a", type: "rectangle", x: 2, _deleted: true }], missing: ["b"] })
    expect(await answered(await viewer.by("GET", `${path}?ids=a&seq=1`), 200)).toMatchObject({ seq: 1, nodes: [{ id: "a", x: 1 }], missing: [] })
    expect(await answered(await viewer.by("GET", `/api/files/${id}?seq=2`), 200)).toMatchObject({ seq: 2, objects: [{ id: "a", x: 2 }] })
    for (const query of ["", "?ids=", "?ids=a%20b", `?ids=${"a,".repeat(200)}a`, "?ids=a&seq=x", "?ids=a&seq=-1"]) await expectProblem(await viewer.by("GET", `${path}${query}`), 400)
    for (const seq of ["x", "-1", ""]) await expectProblem(await viewer.by("GET", `/api/files/${id}?seq=${seq}`), 400)
    for (const read of [`${path}?ids=a&seq=9`, `/api/files/${id}?seq=9`]) await expectProblem(await viewer.by("GET", read), 404)
    for (const body of [{}, { operations: [] }, { operations: [7] }, { operations: Array.from({ length: 501 }, () => ({})) }]) await expectProblem(await editor.by("PATCH", path, body), 400)
  })
})

describe("search", () => {
  it("H26: finds files by what their names hold, in a team, a project and the trash, page by page and newest first", async () => {
    const { owner, project, team, viewer } = await aTeam()
    for (const name of ["Poster 1", "100% poster", "Icon_1", "IconX1"]) await owner.make("/api/files", { name, projectId: project.id })
    await owner.make("/api/files", { name: "My poster" })
    expect(await owner.names("?name=POSTER")).toEqual(["My poster", "100% poster", "Poster 1"])
    expect(await viewer.names("?name=poster")).toEqual(["100% poster", "Poster 1"])
    expect(await owner.names(`?name=poster&teamId=${team.id}`)).toEqual(["100% poster", "Poster 1"])
    expect(await owner.names(`?name=n_1&projectId=${project.id}`)).toEqual(["Icon_1"])
    expect(await owner.names("?name=po")).toEqual(["Poster 1"])
    expect(await owner.names("?name=0%25")).toEqual([])
    expect(await owner.names("?name=00%25")).toEqual(["100% poster"])
    const first = await owner.by("GET", "/api/files?name=poster&limit=2")
    const next = /^<([^>]+)>; rel="next"$/.exec(first.headers.get("link") ?? "")?.[1] ?? ""
    expect(new URL(next, own.node.url).searchParams.get("name")).toBe("poster")
    expect((await answered<ReadonlyArray<Listed>>(await owner.by("GET", next), 200)).map(({ name }) => name)).toEqual(["Poster 1"])
    for (const query of ["name=", `name=${"x".repeat(256)}`, "teamId=x", "projectId=7", "trashed=maybe"]) {
      await expectProblem(await owner.by("GET", `/api/files?${query}`), 400)
    }
  })
})
