/**
 * H7 to H12, H13 to H29, N1, V1, M2, M13, M15: what each role allows at every endpoint and in every typed call, as one
 * table, and what every endpoint makes of bad input. Both are complete: the API's document says what there is.
 */
import { ProgramRpcs } from "@easel/protocol"
import { beforeAll, describe, expect, it } from "vitest"
import { type Endpoint, endpointsOf } from "../harness/apiDocument.ts"
import { apiRequests, callOutcome, outcomeOf } from "../harness/apiRequests.ts"
import { badCalls, badRequestsTo } from "../harness/badInput.ts"
import { sharedNode } from "../harness/easelNode.ts"
import { type Everybody, everybody } from "../harness/everybody.ts"
import { ask, expectProblem } from "../harness/requests.ts"
import { showing, takesTokens } from "../harness/tokens.ts"

const own = sharedNode({ environment: takesTokens })

let all: Everybody
let endpoints: ReadonlyArray<Endpoint> = []

beforeAll(async () => {
  all = await everybody(own)
  endpoints = await endpointsOf(own.node)
})

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

/** The same of what is about the file in its team, about the team, and of the file's objects. `delete`: of a file that is not in the trash. */
const libraryTable = `
                              | move trash delete projects project readteam nameteam nodes edit copy readproject nameproject dropproject dropteam teammembers putinteam outofteam
  nobody                      | 401  401   401    401      401     401      401      401   401  401  401         401         401         401      401         401       401
  a stranger                  | 403  403   403    403      403     403      403      403   403  403  403         403         403         403      403         403       403
  a viewer                    | 403  403   403    403      403     403      403      200   403  201  403         403         403         403      403         403       403
  a commenter                 | 403  403   403    403      403     403      403      200   403  201  403         403         403         403      403         403       403
  an editor                   | 403  200   403    403      403     403      403      200   200  201  403         403         403         403      403         403       403
  an owner                    | 403  200   409    403      403     403      403      200   200  201  403         403         403         403      403         403       403
  an admin                    | 200  200   409    200      201     200      200      200   200  201  200         200         204         409      200         200       204
  a viewer of the team        | 403  403   403    200      403     200      403      200   403  201  200         403         403         403      200         403       403
  a commenter of the team     | 403  403   403    200      403     200      403      200   403  201  200         403         403         403      200         403       403
  an editor of the team       | 200  200   403    200      201     200      403      200   200  201  200         200         204         403      200         403       403
  an owner of the team        | 200  200   409    200      201     200      200      200   200  201  200         200         204         409      200         200       204
  a guest as viewer           | 401  401   401    401      401     401      401      200   403  401  401         401         401         401      403         403       403
  a guest as commenter        | 401  401   401    401      401     401      401      200   403  401  401         401         401         401      403         403       403
  a guest as editor           | 401  401   401    401      401     401      401      200   200  401  401         401         401         401      403         403       403
  a guest of another file     | 401  401   401    401      401     401      401      403   403  401  401         401         401         401      403         403       403
  a guest whose link expired  | 401  401   401    401      401     401      401      401   401  401  401         401         401         401      401         401       401
  a guest with a made-up link | 401  401   401    401      401     401      401      401   401  401  401         401         401         401      401         401       401
  a stranger with a link      | 403  403   403    403      403     403      403      200   200  201  403         403         403         403      403         403       403
  a viewer with a link        | 403  403   403    403      403     403      403      200   200  201  403         403         403         403      403         403       403
  an owner with a link        | 403  200   409    403      403     403      403      200   200  201  403         403         403         403      403         403       403
  an expired token and a link | 401  401   401    401      401     401      401      401   401  401  401         401         401         401      401         401       401
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
 * The rest follows what its caller may do elsewhere: read the file, comment on it, edit it or share it, make projects
 * in its team, ask in a name of his own, or as an admin. `nobody`: what nobody may who did not write it; `anybody`: what
 * everybody may, whatever he shows. The outcome is that of who may: a status, 404 where it is about what there is not,
 * or that of a typed call.
 */
const rights: Record<string, readonly [keyof Rights, string]> = {
  versions: ["read", "200"],
  version: ["read", "200"],
  document: ["read", "200"],
  state: ["read", "200"],
  diff: ["read", "200"],
  blame: ["read", "404"],
  save: ["edit", "201"],
  nameversion: ["edit", "200"],
  restore: ["edit", "200"],
  undo: ["edit", "404"],
  threads: ["read", "200"],
  unread: ["read", "200"],
  thread: ["comment", "201"],
  reply: ["comment", "201"],
  react: ["comment", "200"],
  unreact: ["comment", "200"],
  resolve: ["comment", "200"],
  movethread: ["edit", "200"],
  editthread: ["nobody", ""],
  dropthread: ["share", "204"],
  seen: ["read", "204"],
  mentions: ["user", "200"],
  assets: ["read", "200"],
  small: ["read", "404"],
  thumbnail: ["read", "204"],
  file: ["user", "201"],
  fileinteam: ["team", "201"],
  teams: ["user", "200"],
  revoke: ["admin", "204"],
  revokeown: ["user", "204"],
  health: ["anybody", "200"],
  readiness: ["anybody", "200"],
  metrics: ["anybody", "200"],
  openapi: ["anybody", "200"],
  docs: ["anybody", "200"],
  Read: ["read", "Success"],
  SaveVersion: ["edit", "Success"],
  ListVersions: ["read", "Success"],
  GetVersion: ["read", "Success"],
  RenameVersion: ["edit", "Success"],
  PinVersion: ["edit", "Success"],
  ReadAt: ["read", "Success"],
  RestoreVersion: ["edit", "Success"],
  UndoRestore: ["edit", "RestoreMissing"],
  DiffVersions: ["read", "Success"],
  Blame: ["read", "RegisterMissing"]
}

const outcomeIn = (who: string, request: string): string => cases.find((one) => one[0] === who && one[1] === request)?.[2] ?? ""

/** Statuses that stand for the right, or the one by which it is refused. */
const rightsOf = (who: string) => {
  const [read, edit] = [outcomeIn(who, "presence"), outcomeIn(who, "rename")]
  return {
    read,
    edit,
    comment: who.includes("commenter") ? read : edit,
    share: outcomeIn(who, "put"),
    team: outcomeIn(who, "project"),
    user: outcomeIn(who, "events"),
    admin: outcomeIn(who, "cluster"),
    nobody: read === "200" ? "403" : read,
    anybody: "200"
  }
}
type Rights = ReturnType<typeof rightsOf>

const people = [...new Set(cases.map(([who]) => who))]

const rightsCases = people.flatMap((who) =>
  Object.entries(rights).map(([request, [right, outcome]]) => {
    const held = rightsOf(who)[right]
    const refused = held === "403" && ProgramRpcs.requests.has(request) ? "Forbidden" : held
    return [who, request, held.startsWith("2") ? outcome : refused] as const
  }))

describe("roles", () => {
  it.each([...cases, ...rightsCases])("H7 to H12, H22 to H29: %s asks for %s: %s", async (who, name, expected) => {
    const request = apiRequests[name]
    if (request === undefined) throw new Error(`there is no request ${name}`)
    const outcome = await outcomeOf(own.node, endpoints, all, who, request)
    if (!(outcome instanceof Response)) return expect(outcome).toBe(expected)
    if (outcome.status >= 400) return expectProblem(outcome, Number(expected))
    await outcome.body?.cancel()
    expect(outcome.status).toBe(Number(expected))
  })

  it("H20 H21: the table has every endpoint of the API's document, and every typed call", () => {
    const tabled = [...new Set([...cases, ...rightsCases].map(([, request]) => request))]
    expect(Object.keys(apiRequests).toSorted()).toEqual(tabled.toSorted())
    expect([...new Set(Object.values(apiRequests).map(({ operationId }) => operationId))].toSorted()).toEqual(endpoints.map(({ operationId }) => operationId).toSorted())
    expect([...ProgramRpcs.requests.keys()].filter((tag) => rights[tag] === undefined)).toEqual([])
  })
})

/** What was answered in another way than by a problem that may be expected. */
const unexpected = async (what: string, response: Response, statuses: ReadonlyArray<number>): Promise<ReadonlyArray<string>> => {
  if (!statuses.includes(response.status)) return [`${what}: ${response.status} ${(await response.text()).slice(0, 200)}`]
  await expectProblem(response, response.status)
  return []
}

describe("bad input", () => {
  const admin = () => showing(all.shown.get("an admin") ?? {})

  it("H3: each parameter and property of each endpoint is refused when it is none, and nothing else is said", async () => {
    const found: Array<string> = []
    for (const endpoint of endpoints) {
      const requests = await badRequestsTo(endpoint, all)
      if (endpoint.parameters.length > 0 || endpoint.body !== "none") expect(requests, endpoint.operationId).not.toEqual([])
      const answers = await Promise.all(requests.map(async ({ body, headers, method, path, statuses, what }) =>
        unexpected(what, await fetch(`${own.node.url}${path}`, { method, headers: { ...admin(), ...headers }, ...(body === undefined ? {} : { body }) }), statuses)))
      found.push(...answers.flat())
    }
    expect(found).toEqual([])
  })

  it("H3: each path has the methods of the document and no others", async () => {
    const found: Array<string> = []
    for (const path of new Set(endpoints.map(({ path }) => path.replaceAll(/\{\w+\}/g, "x")))) {
      const methods = endpoints.filter((one) => new RegExp(`^${one.path.replaceAll(/\{\w+\}/g, "[^/]+")}$`).test(path)).map(({ method }) => method)
      const others = ["GET", "POST", "PUT", "PATCH", "DELETE"].filter((method) => !methods.includes(method))
      for (const method of others) {
        const response = await ask(own.node, method, path, all.shown.get("an admin"), method === "GET" ? undefined : {})
        found.push(...await unexpected(`${method} ${path}`, response, [405]))
      }
    }
    expect(found).toEqual([])
  })

  it("H21: each field of each typed call is refused when it is none", async () => {
    const found: Array<string> = []
    for (const [tag, { payloadSchema }] of ProgramRpcs.requests) {
      for (const { call, what } of badCalls(tag, Object.keys(payloadSchema.fields), all)) {
        const outcome = await callOutcome(await ask(own.node, "POST", "/rpc", all.shown.get("an admin"), call))
        if (outcome !== "Die") found.push(`${what}: ${outcome instanceof Response ? outcome.status : outcome}`)
      }
    }
    expect(found).toEqual([])
  })
})
