/** H7 to H12 and H13 to H29, N1, V1, M2, M13, M15: what each role allows over HTTP, as one table. */
import { createHash, randomUUID } from "node:crypto"
import { beforeAll, describe, expect, it } from "vitest"
import { nodeForFile } from "../harness/easelNode.ts"
import { answered, ask, expectProblem } from "../harness/requests.ts"
import { runSql } from "../harness/runSql.ts"
import { type Shown, takesTokens, tokenOf } from "../harness/tokens.ts"

const own = nodeForFile({ environment: takesTokens })

/**
 * `list`: whether the file is in the list of files. `rename`: PATCH of it. `put`, `remove`: of somebody else as a
 * member. `link`, `links`, `unlink`: making, listing and taking back share links. `team`: making one.
 * `upload`, `image`: putting an image into the file, and reading one. `export`: of an object that
 * is not there.
 */
const table = `
                              | me  list   read presence rename members put remove link links unlink events cluster ticket team upload image export
  nobody                      | 401 401    401  401      401    401     401 401    401  401   401    401    401     401    401  401    401   401
  a stranger                  | 200 hidden 403  403      403    403     403 403    403  403   403    200    403     201    201  403    403   403
  a viewer                    | 200 shown  200  200      403    200     403 403    403  403   403    200    403     201    201  403    200   404
  a commenter                 | 200 shown  200  200      403    200     403 403    403  403   403    200    403     201    201  403    200   404
  an editor                   | 200 shown  200  200      200    200     403 403    403  403   403    200    403     201    201  201    200   404
  an owner                    | 200 shown  200  200      200    200     200 204    201  200   204    200    403     201    201  201    200   404
  an admin                    | 200 shown  200  200      200    200     200 204    201  200   204    200    200     201    201  201    200   404
  a viewer of the team        | 200 shown  200  200      403    200     403 403    403  403   403    200    403     201    201  403    200   404
  a commenter of the team     | 200 shown  200  200      403    200     403 403    403  403   403    200    403     201    201  403    200   404
  an editor of the team       | 200 shown  200  200      200    200     403 403    403  403   403    200    403     201    201  201    200   404
  an owner of the team        | 200 shown  200  200      200    200     200 204    201  200   204    200    403     201    201  201    200   404
  a guest as viewer           | 200 401    200  200      403    200     403 403    403  403   403    401    401     401    401  403    200   404
  a guest as commenter        | 200 401    200  200      403    200     403 403    403  403   403    401    401     401    401  403    200   404
  a guest as editor           | 200 401    200  200      200    200     403 403    403  403   403    401    401     401    401  201    200   404
  a guest of another file     | 200 401    403  403      403    403     403 403    403  403   403    401    401     401    401  403    403   403
  a guest whose link expired  | 401 401    401  401      401    401     401 401    401  401   401    401    401     401    401  401    401   401
  a guest with a made-up link | 401 401    401  401      401    401     401 401    401  401   401    401    401     401    401  401    401   401
  a stranger with a link      | 200 hidden 200  200      200    200     403 403    403  403   403    200    403     201    201  201    200   404
  a viewer with a link        | 200 shown  200  200      200    200     403 403    403  403   403    200    403     201    201  201    200   404
  an owner with a link        | 200 shown  200  200      200    200     200 204    201  200   204    200    403     201    201  201    200   404
  an expired token and a link | 401 401    401  401      401    401     401 401    401  401   401    401    401     401    401  401    401   401
`

/** The same of what is about the file in its team, and of its objects. `delete`: of a file that is not in the trash. */
const libraryTable = `
                              | move trash delete projects project readteam nameteam nodes edit copy readproject nameproject dropproject dropteam
  nobody                      | 401  401   401    401      401     401      401      401   401  401  401         401         401         401
  a stranger                  | 403  403   403    403      403     403      403      403   403  403  403         403         403         403
  a viewer                    | 403  403   403    403      403     403      403      200   403  201  403         403         403         403
  a commenter                 | 403  403   403    403      403     403      403      200   403  201  403         403         403         403
  an editor                   | 403  200   403    403      403     403      403      200   200  201  403         403         403         403
  an owner                    | 403  200   409    403      403     403      403      200   200  201  403         403         403         403
  an admin                    | 200  200   409    200      201     200      200      200   200  201  200         200         204         409
  a viewer of the team        | 403  403   403    200      403     200      403      200   403  201  200         403         403         403
  a commenter of the team     | 403  403   403    200      403     200      403      200   403  201  200         403         403         403
  an editor of the team       | 200  200   403    200      201     200      403      200   200  201  200         200         204         403
  an owner of the team        | 200  200   409    200      201     200      200      200   200  201  200         200         204         409
  a guest as viewer           | 401  401   401    401      401     401      401      200   403  401  401         401         401         401
  a guest as commenter        | 401  401   401    401      401     401      401      200   403  401  401         401         401         401
  a guest as editor           | 401  401   401    401      401     401      401      200   200  401  401         401         401         401
  a guest of another file     | 401  401   401    401      401     401      401      403   403  401  401         401         401         401
  a guest whose link expired  | 401  401   401    401      401     401      401      401   401  401  401         401         401         401
  a guest with a made-up link | 401  401   401    401      401     401      401      401   401  401  401         401         401         401
  a stranger with a link      | 403  403   403    403      403     403      403      200   200  201  403         403         403         403
  a viewer with a link        | 403  403   403    403      403     403      403      200   200  201  403         403         403         403
  an owner with a link        | 403  200   409    403      403     403      403      200   200  201  403         403         403         403
  an expired token and a link | 401  401   401    401      401     401      401      401   401  401  401         401         401         401
`

const cases = [table, libraryTable].flatMap((text) => {
  const [head = "", ...lines] = text.trim().split("\n")
  const requests = head.replace("|", "").trim().split(/ +/)
  return lines.flatMap((line) => {
    const [who = "", cells = ""] = line.split("|")
    return cells.trim().split(/ +/).map((outcome, index) => [who.trim(), requests[index] ?? "", outcome] as const)
  })
})

/**
 * What is about the history, the comments and the pictures of a file follows what its caller may do with the file: read
 * it, comment on it or edit it. The status is that of who may; 404 where the request is about what there is not.
 */
const rights: Record<string, readonly ["read" | "comment" | "edit", number]> = {
  versions: ["read", 200],
  version: ["read", 200],
  document: ["read", 200],
  state: ["read", 200],
  diff: ["read", 200],
  blame: ["read", 404],
  save: ["edit", 201],
  nameversion: ["edit", 200],
  restore: ["edit", 200],
  undo: ["edit", 404],
  threads: ["read", 200],
  unread: ["read", 200],
  thread: ["comment", 201],
  reply: ["comment", 201],
  react: ["comment", 200],
  unreact: ["comment", 200],
  resolve: ["comment", 200],
  erase: ["comment", 404],
  seen: ["read", 204],
  assets: ["read", 200],
  small: ["read", 404],
  thumbnail: ["read", 204]
}

const outcomeIn = (who: string, request: string): string => cases.find((one) => one[0] === who && one[1] === request)?.[2] ?? ""

const people = [...new Set(cases.map(([who]) => who))]

const rightsCases = people.flatMap((who) => {
  const [reads, edits] = [outcomeIn(who, "presence"), outcomeIn(who, "rename")]
  const may = { read: reads, edit: edits, comment: who.includes("commenter") ? reads : edits }
  return Object.entries(rights).map(([request, [level, status]]) => [who, request, may[level] === "200" ? String(status) : may[level]] as const)
})

/** An image. */
const drawing = "<svg xmlns='http://www.w3.org/2000/svg'/>"

const shown = new Map<string, Shown>()
let fileId = ""
let teamId = ""
let projectId = ""
let versionId = ""
let threadId = ""
const anchor = { kind: "page", x: 1, y: 2 }

const by = (who: string, method: string, path: string, body?: unknown) => ask(own.node, method, path, shown.get(who), body)

const made = async <Body>(who: string, path: string, body: unknown): Promise<Body> => answered(await by(who, "POST", path, body), 201)

const given = async (path: string, role: string) => answered(await by("an owner", "PUT", path, { role }), 200)

const newLink = (role: string, file = fileId) => made<{ readonly id: string; readonly secret: string }>("an owner", `/api/files/${file}/links`, { role })

const newProject = () => made<{ readonly id: string }>("an owner of the team", `/api/teams/${teamId}/projects`, { name: "Project" })

beforeAll(async () => {
  const named = async (who: string, more: { readonly admin?: boolean; readonly expiresInSeconds?: number } = {}) =>
    shown.set(who, { token: await tokenOf({ userId: who, ...more }) })
  await named("an owner")
  await named("an admin", { admin: true })
  await named("an owner of the team")
  const team = await made<{ readonly id: string }>("an owner of the team", "/api/teams", { name: "Team" })
  const into = (userId: string, role: string) => by("an owner of the team", "PUT", `/api/teams/${team.id}/members/${encodeURIComponent(userId)}`, { role })
  await answered(await into("an owner", "editor"), 200)
  const file = await made<{ readonly id: string }>("an owner", "/api/files", { name: "File", teamId: team.id })
  // Now a role in the file alone.
  expect((await by("an owner of the team", "DELETE", `/api/teams/${team.id}/members/an%20owner`)).status).toBe(204)
  fileId = file.id
  teamId = team.id
  projectId = (await newProject()).id
  for (const role of ["viewer", "commenter", "editor"]) {
    const article = role === "editor" ? "an" : "a"
    await named(`${article} ${role}`)
    await given(`/api/files/${fileId}/members/${encodeURIComponent(`${article} ${role}`)}`, role)
    await named(`${article} ${role} of the team`)
    await answered(await into(`${article} ${role} of the team`, role), 200)
    shown.set(`a guest as ${role}`, { link: (await newLink(role)).secret })
  }
  await made("an owner", `/api/files/${fileId}/assets`, drawing)
  versionId = (await made<{ readonly id: string }>("an owner", `/api/files/${fileId}/versions`, { name: "First" })).id
  threadId = (await made<{ readonly id: string }>("an owner", `/api/files/${fileId}/comments`, { anchor, body: "Here" })).id
  await named("a stranger")
  const other = await made<{ readonly id: string }>("an owner", "/api/files", { name: "Another" })
  shown.set("a guest of another file", { link: (await newLink("editor", other.id)).secret })
  const expired = await newLink("editor")
  await runSql(own.database.url, `UPDATE share_links SET expires_at = now() - interval '1 second' WHERE id = $1::uuid`, [expired.id])
  shown.set("a guest whose link expired", { link: expired.secret })
  shown.set("a guest with a made-up link", { link: "x".repeat(43) })
  const link = (await newLink("editor")).secret
  for (const who of ["a stranger", "a viewer", "an owner"]) shown.set(`${who} with a link`, { ...shown.get(who), link })
  shown.set("an expired token and a link", { token: await tokenOf({ userId: "an owner", expiresInSeconds: -60 }), link })
})

/** What becomes of the request: its status, or whether the list shows the file. */
const outcomeOf: Record<string, (who: string) => Promise<Response | string>> = {
  me: (who) => by(who, "GET", "/api/me"),
  list: async (who) => {
    const response = await by(who, "GET", "/api/files?limit=200")
    if (!response.ok) return response
    const files = await answered<ReadonlyArray<{ readonly id: string }>>(response, 200)
    return files.some(({ id }) => id === fileId) ? "shown" : "hidden"
  },
  read: (who) => by(who, "GET", `/api/files/${fileId}`),
  presence: (who) => by(who, "GET", `/api/files/${fileId}/presence`),
  rename: (who) => by(who, "PATCH", `/api/files/${fileId}`, { name: `Renamed by ${who}` }),
  members: (who) => by(who, "GET", `/api/files/${fileId}/members`),
  put: (who) => by(who, "PUT", `/api/files/${fileId}/members/somebody`, { role: "viewer" }),
  remove: async (who) => {
    const userId = randomUUID()
    await given(`/api/files/${fileId}/members/${userId}`, "viewer")
    return by(who, "DELETE", `/api/files/${fileId}/members/${userId}`)
  },
  link: (who) => by(who, "POST", `/api/files/${fileId}/links`, { role: "viewer" }),
  links: (who) => by(who, "GET", `/api/files/${fileId}/links`),
  unlink: async (who) => by(who, "DELETE", `/api/files/${fileId}/links/${(await newLink("viewer")).id}`),
  events: async (who) => {
    const response = await by(who, "GET", "/api/events")
    if (response.ok) await response.body?.cancel()
    return response
  },
  cluster: (who) => by(who, "GET", "/api/cluster"),
  ticket: (who) => by(who, "POST", "/api/tickets"),
  team: (who) => by(who, "POST", "/api/teams", { name: "Another" }),
  move: (who) => by(who, "PATCH", `/api/files/${fileId}`, { projectId: null }),
  trash: async (who) => {
    const response = await by(who, "PATCH", `/api/files/${fileId}`, { trashed: true })
    if (response.ok) await answered(await by("an owner", "PATCH", `/api/files/${fileId}`, { trashed: false }), 200)
    return response
  },
  delete: (who) => by(who, "DELETE", `/api/files/${fileId}`),
  projects: (who) => by(who, "GET", `/api/teams/${teamId}/projects`),
  project: (who) => by(who, "POST", `/api/teams/${teamId}/projects`, { name: "Project" }),
  readproject: (who) => by(who, "GET", `/api/projects/${projectId}`),
  nameproject: (who) => by(who, "PATCH", `/api/projects/${projectId}`, { name: `Named by ${who}` }),
  dropproject: async (who) => by(who, "DELETE", `/api/projects/${(await newProject()).id}`),
  dropteam: (who) => by(who, "DELETE", `/api/teams/${teamId}`),
  readteam: (who) => by(who, "GET", `/api/teams/${teamId}`),
  nodes: (who) => by(who, "GET", `/api/files/${fileId}/nodes?ids=a`),
  edit: (who) => by(who, "PATCH", `/api/files/${fileId}/nodes`, { operations: [{ operationType: "create", objectId: randomUUID(), newValue: { type: "group" } }] }),
  copy: (who) => by(who, "POST", `/api/files/${fileId}/duplicate`, {}),
  nameteam: (who) => by(who, "PATCH", `/api/teams/${teamId}`, { name: `Named by ${who}` }),
  upload: (who) => by(who, "POST", `/api/files/${fileId}/assets`, drawing),
  export: (who) => by(who, "GET", `/api/files/${fileId}/export?ids=never`),
  image: (who) => by(who, "GET", `/api/files/${fileId}/assets/${createHash("sha256").update(drawing).digest("hex")}`),
  versions: (who) => by(who, "GET", `/api/files/${fileId}/versions`),
  version: (who) => by(who, "GET", `/api/files/${fileId}/versions/${versionId}`),
  document: (who) => by(who, "GET", `/api/files/${fileId}/versions/${versionId}/document`),
  state: (who) => by(who, "GET", `/api/files/${fileId}/at/0`),
  diff: (who) => by(who, "GET", `/api/files/${fileId}/diff?from=0&to=0`),
  blame: (who) => by(who, "GET", `/api/files/${fileId}/blame?objectId=never&propertyPath=x`),
  save: (who) => by(who, "POST", `/api/files/${fileId}/versions`, { name: `Saved by ${who}` }),
  nameversion: (who) => by(who, "PATCH", `/api/files/${fileId}/versions/${versionId}`, { name: `Named by ${who}` }),
  restore: (who) => by(who, "POST", `/api/files/${fileId}/restore`, { versionId }),
  undo: (who) => by(who, "POST", `/api/files/${fileId}/restores/${randomUUID()}/undo`),
  threads: (who) => by(who, "GET", `/api/files/${fileId}/comments`),
  unread: (who) => by(who, "GET", `/api/files/${fileId}/comments/unread`),
  thread: (who) => by(who, "POST", `/api/files/${fileId}/comments`, { anchor, body: `By ${who}` }),
  reply: (who) => by(who, "POST", `/api/files/${fileId}/comments/${threadId}/replies`, { body: `By ${who}` }),
  react: (who) => by(who, "PUT", `/api/files/${fileId}/comments/${threadId}/reactions/fine`),
  unreact: (who) => by(who, "DELETE", `/api/files/${fileId}/comments/${threadId}/reactions/fine`),
  resolve: (who) => by(who, "PATCH", `/api/files/${fileId}/comments/${threadId}`, { resolved: true }),
  erase: (who) => by(who, "DELETE", `/api/files/${fileId}/comments/${randomUUID()}`),
  seen: (who) => by(who, "PUT", `/api/files/${fileId}/comments/${threadId}/read`, { seq: 1 }),
  assets: (who) => by(who, "GET", `/api/files/${fileId}/assets`),
  small: (who) => by(who, "GET", `/api/files/${fileId}/assets/${"0".repeat(64)}/thumbnail`),
  thumbnail: (who) => by(who, "GET", `/api/files/${fileId}/thumbnail`)
}

describe("roles", () => {
  it.each([...cases, ...rightsCases])("H7 to H12, H22 to H29: %s asks for %s: %s", async (who, request, expected) => {
    const outcome = await outcomeOf[request]?.(who)
    if (!(outcome instanceof Response)) return expect(outcome).toBe(expected)
    if (outcome.status >= 400) return expectProblem(outcome, Number(expected))
    expect(outcome.status).toBe(Number(expected))
  })
})
