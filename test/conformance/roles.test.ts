/** P19 to P22 against a real node that asks who its editors are: roles by message, and what becomes of them while they edit. */
import { randomUUID } from "node:crypto"
import { request } from "node:http"
import { describe, expect, it } from "vitest"
import type { Json } from "../harness/model.ts"
import { sharedNode, nodeForTest } from "../harness/easelNode.ts"
import { connect, create, join, update } from "../harness/editing.ts"
import type { RawEditor } from "../harness/RawEditor.ts"
import { runSql } from "../harness/runSql.ts"
import { makeFile, makeLink, makeTeam, setRole } from "../harness/sharing.ts"
import { takesTokens, testSecret, tokenOf } from "../harness/tokens.ts"
import { waitUntil } from "../harness/waitUntil.ts"

const own = sharedNode({ environment: takesTokens })

/** How somebody comes by a role: what he shows. */
type Way = (fileId: string, teamId: string, userId: string) => Promise<{ readonly token?: string; readonly link?: string }>

const member = (role: string | undefined): Way => async (fileId, _, userId) => {
  if (role !== undefined) await setRole(own.database.url, "file", fileId, userId, role)
  return { token: await tokenOf({ userId }) }
}
const inTeam = (role: string): Way => async (_, teamId, userId) => {
  await setRole(own.database.url, "team", teamId, userId, role)
  return { token: await tokenOf({ userId }) }
}
const guest = (role: string): Way => async (fileId) => ({ link: await makeLink(own.database.url, fileId, role) })

const ways: ReadonlyArray<readonly [who: string, way: Way, role: string | undefined]> = [
  ["nobody", member(undefined), undefined],
  ["a viewer", member("viewer"), "viewer"],
  ["a commenter", member("commenter"), "commenter"],
  ["an editor", member("editor"), "editor"],
  ["an owner", member("owner"), "owner"],
  ["a viewer of the team", inTeam("viewer"), "viewer"],
  ["an editor of the team", inTeam("editor"), "editor"],
  ["a guest who may view", guest("viewer"), "viewer"],
  ["a guest who may comment", guest("commenter"), "commenter"],
  ["a guest who may edit", guest("editor"), "editor"],
  ["an admin", async (_, __, userId) => ({ token: await tokenOf({ userId, admin: true }) }), "owner"],
  ["a viewer with a link for editors", async (fileId, teamId, userId) => ({
    ...(await member("viewer")(fileId, teamId, userId)),
    ...(await guest("editor")(fileId, teamId, userId))
  }), "editor"],
  ["somebody with an expired link", async (fileId) => ({ link: await makeLink(own.database.url, fileId, "editor", -1) }), undefined],
  ["somebody with another file's link", async (_, __, userId) => ({
    token: await tokenOf({ userId }),
    link: await makeLink(own.database.url, await makeFile(own.database.url), "editor")
  }), undefined]
]

const mayEdit = (role: string | undefined): boolean => role === "editor" || role === "owner"

interface Opened {
  readonly fileId: string
  readonly userId: string
  readonly editor: RawEditor
}

/** A file of somebody else's, and an editor in it with a role. */
const openAs = async (role: string, expiresInSeconds = 600): Promise<Opened> => {
  const { database, node } = own
  const fileId = await makeFile(database.url)
  const userId = `user-${randomUUID()}`
  await setRole(database.url, "file", fileId, "owner", "owner")
  await setRole(database.url, "file", fileId, userId, role)
  const editor = await join(node, fileId, { userId, token: await tokenOf({ userId, expiresInSeconds }) })
  return { fileId, userId, editor }
}

const reasonOf = (results: ReadonlyArray<{ readonly status: string; readonly reason?: string }>) =>
  results.map(({ reason, status }) => reason ?? status)

describe("roles", () => {
  it.each(ways)("P20: every message of %s is judged by the role", async (_, way, role) => {
    const { database, node } = own
    const teamId = await makeTeam(database.url)
    const fileId = await makeFile(database.url, teamId)
    await setRole(database.url, "file", fileId, "owner", "owner")
    const owner = await join(node, fileId, { token: await tokenOf({ userId: "owner" }) })
    await owner.edit(create("a"))
    const userId = `user-${randomUUID()}`
    const shown = await way(fileId, teamId, userId)
    const editor = await connect(node)
    editor.send("subscribe", { fileId, userId: "a wish", userName: "Ada", ...shown })
    if (role === undefined) {
      const { code } = await editor.next("error")
      expect(["forbidden", "unauthenticated"]).toContain(code)
      for (const type of ["operation", "presence"]) editor.send(type, type === "operation" ? { operations: [update("a", "x", 1)] } : {})
      if (code === "forbidden") expect((await editor.next("error")).code).toBe("not_subscribed")
      else expect(await editor.closed).toBe(4001)
      return
    }
    const sync = await editor.next("sync")
    expect(sync).toMatchObject({ role, file: { id: fileId } })
    // Who it is, is decided by the server.
    editor.send("presence", { cursor: { x: 1, y: 2 } })
    await waitUntil(() => owner.all("presence").some(({ presence }) => presence.some(({ cursor }) => isAt(cursor, 1, 2))), {
      deadlineMillis: 5_000,
      what: "the owner sees the cursor"
    })
    const entry = owner.all("presence").flatMap(({ presence }) => presence).find(({ clientId }) => clientId === sync.clientId)
    expect(entry?.userId).toMatch(shown.token === undefined ? /^guest:[\w-]{22}$/ : new RegExp(`^${userId}$`))
    expect(reasonOf(await editor.edit(update("a", "x", 7), create("b")))).toEqual(mayEdit(role) ? ["applied", "applied"] : ["forbidden", "forbidden"])
    editor.send("ping", { echo: 1 })
    expect(await editor.next("pong")).toMatchObject({ echo: 1 })
    const rows = await runSql(database.url, "SELECT user_id FROM operations WHERE file_id = $1::uuid AND seq > 1", [fileId])
    expect(rows.map(({ user_id }) => user_id)).toEqual(mayEdit(role) ? [entry?.userId, entry?.userId] : [])
  })

  it("P21: a role that is taken away is gone with the next operation, without a disconnect, and may come back", async () => {
    const { editor, fileId, userId } = await openAs("editor")
    await editor.edit(create("a"))
    for (let round = 0; round < 10; round++) {
      await setRole(own.database.url, "file", fileId, userId, "viewer")
      expect(reasonOf(await editor.edit(update("a", "x", round)))).toEqual(["forbidden"])
      await setRole(own.database.url, "file", fileId, userId, "editor")
      expect(reasonOf(await editor.edit(update("a", "x", round)))).toEqual(["applied"])
    }
    await waitUntil(() => editor.all("access").at(-1)?.role === "editor" && editor.all("access").some(({ role }) => role === "viewer"), {
      deadlineMillis: 5_000,
      what: "it was told of its roles",
      state: () => editor.all("access")
    })
    expect(editor.isOpen).toBe(true)
  })

  it("P21: nothing is committed under a role that was taken away meanwhile", async () => {
    const { editor, fileId, userId } = await openAs("editor")
    await editor.edit(create("a"))
    const sent: Array<string> = []
    let running = true
    const editing = (async () => {
      while (running) {
        const operations = Array.from({ length: 20 }, (_, n) => update("a", "x", sent.length + n))
        sent.push(...operations.map(({ id }) => id))
        await editor.edit(...operations)
      }
    })()
    for (let round = 0; round < 5; round++) {
      const before = sent.length
      await waitUntil(() => sent.length > before + 60, { deadlineMillis: 10_000, what: "edits are under way" })
      const head = await setRole(own.database.url, "file", fileId, userId, "commenter")
      const between = sent.length
      await waitUntil(() => sent.length > between + 60, { deadlineMillis: 10_000, what: "edits go on" })
      const [late] = await runSql(own.database.url, "SELECT count(*)::int AS n FROM operations WHERE file_id = $1::uuid AND seq > $2", [fileId, head])
      expect(late).toEqual({ n: 0 })
      await setRole(own.database.url, "file", fileId, userId, "editor")
    }
    running = false
    await editing
  })

  it("P21: what was committed before a demotion is still known as a duplicate", async () => {
    const { editor, fileId, userId } = await openAs("editor")
    const operation = create("a")
    await editor.edit(operation)
    await setRole(own.database.url, "file", fileId, userId, "viewer")
    editor.forgetAck(operation.id)
    expect(await editor.edit(operation)).toMatchObject([{ status: "duplicate", first: "applied" }])
  })

  it("P21: who has no role any more is sent away with 4003, and hears of nothing after", async () => {
    const { editor, fileId, userId } = await openAs("viewer")
    await setRole(own.database.url, "file", fileId, userId, undefined)
    expect(await editor.closed).toBe(4003)
    const again = await connect(own.node)
    again.send("subscribe", { fileId, userId, token: await tokenOf({ userId }) })
    expect(await again.next("error")).toMatchObject({ code: "forbidden" })
  })

  it("P21: a guest is sent away when the link expires or is taken back", async () => {
    const { database, node } = own
    const fileId = await makeFile(database.url)
    const brief = await join(node, fileId, { link: await makeLink(database.url, fileId, "editor", 3) })
    const kept = await join(node, fileId, { link: await makeLink(database.url, fileId, "viewer") })
    expect(brief.all("sync")[0]?.expiresAt).toBeGreaterThan(Date.now())
    expect(await brief.closed).toBe(4003)
    expect(kept.isOpen).toBe(true)
    await runSql(database.url, "DELETE FROM share_links WHERE file_id = $1::uuid", [fileId])
    expect(await kept.closed).toBe(4003)
  })
})

describe("tokens", () => {
  it("P19: without a token, or with a bad one, a subscribe is refused and the connection closed with 4001", async () => {
    const { fileId, userId } = await openAs("editor")
    const bad = [undefined, "nonsense", await tokenOf({ userId, secret: "another secret, also of more than thirty-two bytes" }), await tokenOf({ userId, expiresInSeconds: -60 }), await tokenOf({ userId, issuer: "somebody" }), await tokenOf({ userId, audience: "something" })]
    for (const token of bad) {
      const stranger = await connect(own.node)
      stranger.send("subscribe", { fileId, userId, ...(token === undefined ? {} : { token }) })
      expect(await stranger.next("error")).toMatchObject({ code: "unauthenticated" })
      expect(await stranger.closed).toBe(4001)
    }
  })

  it("P19: a token is refreshed on the open connection, and only by its own user", async () => {
    const { editor, userId } = await openAs("editor", 3)
    const first = editor.all("sync")[0]?.expiresAt ?? 0
    editor.send("authenticate", { token: await tokenOf({ userId, expiresInSeconds: 600 }) })
    const { expiresAt = 0, role } = await editor.next("access")
    expect(role).toBe("editor")
    expect(expiresAt).toBeGreaterThan(first)
    await waitUntil(() => Date.now() > first + 2_000, { deadlineMillis: 10_000, what: "the first token has expired" })
    expect(reasonOf(await editor.edit(create("a")))).toEqual(["applied"])
    editor.send("authenticate", { token: await tokenOf({ userId: "somebody else" }) })
    expect(await editor.closed).toBe(4001)
  })

  it("P19: a token of another scope does not go on under the one before", async () => {
    const fileId = await makeFile(own.database.url)
    const admin = await join(own.node, fileId, { token: await tokenOf({ userId: "root", admin: true }) })
    expect(reasonOf(await admin.edit(create("a")))).toEqual(["applied"])
    admin.send("authenticate", { token: await tokenOf({ userId: "root" }) })
    expect(await admin.closed).toBe(4001)
  })

  it("P19: a token that expires closes its connection with 4001", async () => {
    const { editor } = await openAs("editor", 2)
    expect(await editor.closed).toBe(4001)
    expect(editor.all("error").at(-1)).toMatchObject({ code: "unauthenticated" })
  })

  it("P22: revocation ends what is open and refuses what comes", async () => {
    const { editor, fileId, userId } = await openAs("editor")
    await runSql(own.database.url, "INSERT INTO revocations (subject, expires_at) VALUES ($1, now() + interval '1 hour')", [userId])
    expect(await editor.closed).toBe(4001)
    const late = await connect(own.node)
    // Not now: the second of the revocation may be over.
    late.send("subscribe", { fileId, userId, token: await tokenOf({ userId, issuedInSeconds: -5 }) })
    expect(await late.next("error")).toMatchObject({ code: "unauthenticated" })
  })

  it("P7: a client id belongs to its user", async () => {
    const { editor, fileId } = await openAs("editor")
    await setRole(own.database.url, "file", fileId, "thief", "editor")
    const thief = await connect(own.node)
    const { clientId } = await thief.subscribe({ fileId, userId: "thief", token: await tokenOf({ userId: "thief" }), clientId: editor.clientId })
    expect(clientId).not.toBe(editor.clientId)
    expect(editor.isOpen).toBe(true)
  })

  it("P23: neither secrets nor tokens nor what is drawn stand in the log", async () => {
    const { database, node } = own
    const { editor, fileId } = await openAs("editor")
    const canary = `canary-${randomUUID()}`
    await editor.edit(create("a", { name: canary }), update("a", "nonsense", canary), update("a", "data.x", `${canary}\u0000`))
    editor.sendText(`{"type":"operation","payload":"${canary}"`)
    const token = await tokenOf({ userId: canary, expiresInSeconds: -60 })
    const link = await makeLink(database.url, fileId, "viewer", -1)
    for (const shown of [{ token }, { link }]) {
      const stranger = await connect(node)
      stranger.send("subscribe", { fileId, userId: "u", ...shown })
      await stranger.next("error")
    }
    await fetch(`${node.url}/api/files/${fileId}`, { headers: { authorization: `Bearer ${token}` } })
    for (const secret of [canary, token, link, testSecret, encodeURIComponent(testSecret)]) expect(node.log).not.toContain(secret)
  })
})

describe("a server that knows nobody", () => {
  it("P19: serves its own machine alone, and says so", async () => {
    const node = await nodeForTest({ databaseUrl: own.database.url })
    await node.start()
    expect(node.log).toContain("EASEL_JWT_SECRET")
    const { hostname, port } = new URL(node.url)
    const status = async (headers: Readonly<Record<string, string>>) => (await requestOf(hostname, port, headers))
    expect(await status({})).toBe(200)
    expect(await status({ host: `localhost:${port}` })).toBe(200)
    expect(await status({ host: "draw.example" })).toBe(403)
    expect(await status({ "x-forwarded-for": "203.0.113.7" })).toBe(403)
  })

  it("P19: does not start where others could reach it, nor with a short secret, which it does not tell", async () => {
    const exposed = await nodeForTest({ databaseUrl: own.database.url, environment: { HOST: "0.0.0.0" } })
    await expect(exposed.start()).rejects.toThrow()
    expect(exposed.log).toMatch(/HOST 0\.0\.0\.0.*EASEL_JWT_SECRET/)
    const weak = await nodeForTest({ databaseUrl: own.database.url, environment: { EASEL_JWT_SECRET: "hunter2-hunter2" } })
    await expect(weak.start()).rejects.toThrow()
    expect(weak.log).toContain("EASEL_JWT_SECRET")
    expect(weak.log).not.toContain("hunter2")
  })
})

const isAt = (cursor: Json, x: number, y: number): boolean =>
  typeof cursor === "object" && cursor !== null && !Array.isArray(cursor) && "x" in cursor && cursor.x === x && "y" in cursor && cursor.y === y

const requestOf = (hostname: string, port: string, headers: Readonly<Record<string, string>>): Promise<number> =>
  new Promise((resolve, reject) => {
    request({ hostname, port, path: "/api/files", headers }, (response) => {
      response.resume()
      resolve(response.statusCode ?? 0)
    }).once("error", reject).end()
  })
