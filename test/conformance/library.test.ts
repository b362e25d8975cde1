/** H22 to H25: projects, and the life of files in them, against a real node that asks who its users are. */
import { randomUUID } from "node:crypto"
import { describe, expect, it } from "vitest"
import { nodeForFile } from "../harness/easelNode.ts"
import { connect, create, join } from "../harness/editing.ts"
import { answered, ask, expectProblem } from "../harness/requests.ts"
import { runSql } from "../harness/runSql.ts"
import { takesTokens, tokenOf } from "../harness/tokens.ts"

const own = nodeForFile({ environment: takesTokens })

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
