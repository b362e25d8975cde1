/** H20: the document of the HTTP API, its page and its typed client against a real node. */
import { randomUUID } from "node:crypto"
import { type EaselHttp, easelHttp } from "@easel/client/http"
import { Validator } from "@seriousme/openapi-schema-validator"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import { describe, expect, it } from "vitest"
import { nodeForFile } from "../harness/easelNode.ts"
import { create, join, update } from "../harness/editing.ts"
import { answered, ask } from "../harness/requests.ts"
import { type Shown, takesTokens, tokenOf } from "../harness/tokens.ts"
import { waitUntil } from "../harness/waitUntil.ts"

const own = nodeForFile({ environment: takesTokens })

interface Operation {
  readonly operationId: string
  readonly security: ReadonlyArray<Readonly<Record<string, unknown>>>
  readonly responses: Readonly<Record<string, { readonly content?: Readonly<Record<string, unknown>> }>>
}

type Document = Record<string, unknown> & { readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>> }

const document = async (): Promise<Document> => answered(await ask(own.node, "GET", "/api/openapi.json"), 200)

const operations = async () =>
  Object.entries((await document()).paths).flatMap(([path, item]) =>
    Object.entries(item).map(([method, operation]) => ({ method: method.toUpperCase(), path, operation })))

const clientOf = async (userId: string, more: { readonly admin?: boolean } = {}): Promise<EaselHttp> =>
  Effect.runPromise(easelHttp({ url: own.node.url, token: await tokenOf({ userId, ...more }) }))

const run = <A, E>(call: Effect.Effect<A, E>): Promise<A> => Effect.runPromise(call)
const refusalOf = <A, E>(call: Effect.Effect<A, E>): Promise<E> => Effect.runPromise(Effect.flip(call))

describe("document", () => {
  it("H20: it is OpenAPI 3.1, as its makers' schema says", async () => {
    const text = await document()
    const validator = new Validator()
    expect(await validator.validate(text)).toEqual({ valid: true })
    expect(validator.version).toBe("3.1")
  })

  it("H20: every call of it answers, and as it says", async () => {
    const token = await tokenOf({ userId: "walker", admin: true })
    const client = await clientOf("walker", { admin: true })
    const { body: { id } } = await run(client.files.create({ payload: { name: "Walked" } }))
    const team = await run(client.teams.create({ payload: { name: "Walked" } }))
    for (const { method, operation: { operationId, responses }, path } of await operations()) {
      const concrete = path.replace("{id}", path.startsWith("/api/teams") ? team.id : id).replace("{seq}", "0").replaceAll(/\{\w+\}/g, randomUUID())
      const response = await ask(own.node, method, concrete, { token }, method === "POST" || method === "PUT" || method === "PATCH" ? "{}" : undefined)
      const said = responses[String(response.status)]
      expect(said, `${operationId} answered ${response.status}`).toBeDefined()
      const type = response.headers.get("content-type")?.split(";")[0] ?? null
      expect(type, operationId).toBe(Object.keys(said?.content ?? {})[0]?.split(";")[0] ?? null)
      await response.body?.cancel()
    }
  })

  it("H20 H7: what asks who one is says so, and whether a share link is enough", async () => {
    const owner = await clientOf(`owner-${randomUUID()}`)
    const { body: { id } } = await run(owner.files.create({ payload: { name: "Shared" } }))
    const { secret: link } = await run(owner.links.create({ params: { id }, payload: { role: "viewer" } }))
    for (const { method, operation: { security }, path } of await operations()) {
      const refuses = async (shown: Shown) => {
        const response = await ask(own.node, method, path.replaceAll(/\{\w+\}/g, randomUUID()), shown)
        await response.body?.cancel()
        return response.status === 401
      }
      const takesLinks = security.length === 0 || security.some((schemes) => "link" in schemes)
      expect([await refuses({}), await refuses({ link })], `${method} ${path}`).toEqual([security.length > 0, !takesLinks])
    }
  })

  it("H20: its page names every call, needs no script, and nothing from elsewhere", async () => {
    const response = await ask(own.node, "GET", "/api/docs")
    const page = await response.text()
    expect(response.headers.get("content-type")).toBe("text/html; charset=utf-8")
    expect(response.headers.get("content-security-policy")).toMatch(
      /^default-src 'none'; style-src 'sha256-[A-Za-z0-9+/]{43}='; base-uri 'none'; form-action 'none'; frame-ancestors 'none'$/
    )
    expect(page).not.toMatch(/<script|\sstyle=|\son\w+=|(src|href)="(?![#/])/)
    for (const { method, path } of await operations()) expect(page).toContain(`<b>${method}</b> ${path}`)
  })
})

describe("client", () => {
  it("H20: makes, lists page by page, names, reads and finds files, with their types", async () => {
    const client = await clientOf(`owner-${randomUUID()}`)
    const first = await run(client.files.create({ payload: { name: "One" } }))
    const second = await run(client.files.create({ payload: { name: "Two" } }))
    expect(first.headers.location).toBe(`/api/files/${first.body.id}`)
    const page = await run(client.files.list({ query: { limit: 1 } }))
    expect(page.body).toEqual([second.body])
    const cursor = new URL(/^<([^>]+)>; rel="next"$/.exec(page.headers.link ?? "")?.[1] ?? "", own.node.url).searchParams.get("cursor") ?? ""
    expect((await run(client.files.list({ query: { limit: 1, cursor } }))).body).toEqual([first.body])
    const params = { id: first.body.id }
    expect(await run(client.files.change({ params, headers: {}, payload: { name: "1" } }))).toMatchObject({ id: params.id, name: "1" })
    expect(await run(client.files.read({ params }))).toMatchObject({ id: params.id, name: "1", seq: 0, objects: [], deleted: [] })
    expect(await run(client.files.presence({ params }))).toEqual({ presence: [] })
  })

  it("H20: keeps, compares and brings back versions", async () => {
    const userId = `owner-${randomUUID()}`
    const client = await clientOf(userId)
    const { body: { id } } = await run(client.files.create({ payload: { name: "Drawing" } }))
    const editor = await join(own.node, id, { token: await tokenOf({ userId }) })
    await editor.edit(create("a", { x: 1 }))
    const headers = { "idempotency-key": randomUUID() }
    const { body: version } = await run(client.versions.save({ params: { id }, headers, payload: { name: "First" } }))
    expect((await run(client.versions.save({ params: { id }, headers, payload: { name: "First" } }))).body).toEqual(version)
    await editor.edit(update("a", "x", 2))
    const difference = await run(client.versions.diff({ params: { id }, query: { from: version.id, to: "2" } }))
    expect(difference.changed).toEqual([{ objectId: "a", paths: [{ path: "x", from: 1, to: 2 }] }])
    expect(await run(client.versions.blame({ params: { id }, query: { objectId: "a", propertyPath: "x" } }))).toMatchObject({ value: 2, seq: 2, userId })
    const restored = await run(client.versions.restore({ params: { id }, headers: {}, payload: { versionId: version.id } }))
    expect((await run(client.files.read({ params: { id } }))).seq).toBe(restored.seq)
    const undone = await run(client.versions.undoRestore({ params: { id, restoreId: restored.restoreId }, headers: {} }))
    expect(await run(client.versions.readAt({ params: { id, seq: String(undone.seq) } }))).toMatchObject({ objects: [{ id: "a", x: 2 }] })
  })

  it("H20: gives and takes roles, by members, links and teams", async () => {
    const owner = await clientOf(`owner-${randomUUID()}`)
    const { body: { id } } = await run(owner.files.create({ payload: { name: "Shared" } }))
    const params = { id, userId: "somebody else" }
    expect(await run(owner.fileMembers.put({ params, payload: { role: "viewer" } }))).toEqual({ userId: params.userId, role: "viewer" })
    expect(await run(owner.fileMembers.list({ params: { id } }))).toContainEqual({ userId: params.userId, role: "viewer" })
    await run(owner.fileMembers.remove({ params }))
    const link = await run(owner.links.create({ params: { id }, payload: { role: "viewer" } }))
    const guest = await run(easelHttp({ url: own.node.url, link: link.secret }))
    expect((await run(guest.files.read({ params: { id } }))).name).toBe("Shared")
    expect(await run(owner.links.list({ params: { id } }))).toMatchObject([{ id: link.id, role: "viewer", expiresAt: null }])
    await run(owner.links.remove({ params: { id, linkId: link.id } }))
    const team = await run(owner.teams.create({ payload: { name: "Team" } }))
    expect(await run(owner.teams.list())).toEqual([team])
    expect(await run(owner.teamMembers.list({ params: { id: team.id } }))).toMatchObject([{ role: "owner" }])
  })

  it("H20: tells who the caller is, how the node is, and what happens in files", async () => {
    const userId = `admin-${randomUUID()}`
    const client = await clientOf(userId, { admin: true })
    expect(await run(client.session.me())).toMatchObject({ userId, admin: true, open: false })
    const { ticket } = await run(client.session.createTicket())
    const byTicket = await run(easelHttp({ url: own.node.url, token: ticket }))
    expect((await run(byTicket.session.me())).userId).toBe(userId)
    expect((await run(client.cluster.read())).nodes).toMatchObject([{ members: [{ role: "node", groups: ["default"] }] }])
    expect([await run(client.node.health()), await run(client.node.readiness())]).toEqual(["ok\n", "ready\n"])
    expect(await run(client.node.metrics())).toContain("figma_collaborators")
    const { body: { id } } = await run(client.files.create({ payload: { name: "Watched" } }))
    const events = await run(client.cluster.events())
    const joined = run(Stream.runHead(Stream.filter(events, ({ data, event }) => event === "join" && data.fileId === id)))
    const token = await tokenOf({ userId })
    let heard = false
    void joined.then(() => heard = true)
    const hears = async () => {
      if (!heard) await (await join(own.node, id, { token, userName: "Ada" })).close()
      return heard
    }
    await waitUntil(hears, { deadlineMillis: 15_000, what: "the stream of events names who joined" })
    expect(await joined).toMatchObject({ value: { data: { fileId: id, userName: "Ada" } } })
    await run(client.session.revoke({ payload: { userId } }))
    expect(await refusalOf(client.session.me())).toMatchObject({ _tag: "Unauthenticated" })
  })

  it("H20: problems are errors of a type each, with their sentence", async () => {
    const userId = `owner-${randomUUID()}`
    const [owner, stranger] = [await clientOf(userId), await clientOf(`stranger-${randomUUID()}`)]
    const { body: { id } } = await run(owner.files.create({ payload: { name: "Mine" } }))
    expect(await refusalOf(stranger.files.read({ params: { id } }))).toMatchObject({ _tag: "NotAllowed", status: 403, detail: "your role does not allow this" })
    expect(await refusalOf(owner.files.read({ params: { id: randomUUID() } }))).toMatchObject({ _tag: "Missing", status: 404 })
    expect(await refusalOf(owner.versions.readAt({ params: { id, seq: "x" } }))).toMatchObject({ _tag: "BadRequest", status: 400 })
    const nobody = await run(easelHttp({ url: own.node.url }))
    expect(await refusalOf(nobody.files.list({ query: {} }))).toMatchObject({ _tag: "Unauthenticated", status: 401 })
    expect(await refusalOf(owner.fileMembers.remove({ params: { id, userId } }))).toMatchObject({ _tag: "Conflict", status: 409 })
  })
})
