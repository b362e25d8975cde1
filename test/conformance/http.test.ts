/** H1 to H4 and H6 against a real node. */
import { randomUUID } from "node:crypto"
import { describe, expect, it } from "vitest"
import { databaseForTest, nodeForFile, nodeForTest } from "../harness/easelNode.ts"
import { connect, create, createFile, join, readFile, update } from "../harness/editing.ts"
import { RawSocket } from "../harness/RawSocket.ts"
import { expectProblem } from "../harness/requests.ts"
import { waitUntil } from "../harness/waitUntil.ts"

const own = nodeForFile()

const request = (path: string, init?: RequestInit) => fetch(`${own.node.url}${path}`, init)
const post = (body: string, headers: Record<string, string> = { "content-type": "application/json" }) =>
  request("/api/files", { method: "POST", body, headers })

interface Listed {
  readonly id: string
  readonly name: string
}

const list = async (path: string) => {
  const response = await request(path)
  expect(response.status).toBe(200)
  const files: ReadonlyArray<Listed> = JSON.parse(await response.text())
  const next = /^<([^>]+)>; rel="next"$/.exec(response.headers.get("link") ?? "")?.[1]
  return { files, next }
}

describe("files", () => {
  it("H1: PATCH renames a file, everybody who has it open hears of it, and who opens it gets the new name", async () => {
    const fileId = await createFile(own.node, "Before")
    const [ada, bob] = [await join(own.node, fileId), await join(own.node, fileId)]
    const rename = (body: string, id = fileId) =>
      request(`/api/files/${id}`, { method: "PATCH", body, headers: { "content-type": "application/json" } })
    const response = await rename(JSON.stringify({ name: "After \u{1f3a8}" }))
    expect(response.status).toBe(200)
    expect(JSON.parse(await response.text())).toMatchObject({ id: fileId, name: "After \u{1f3a8}", seq: 0 })
    for (const editor of [ada, bob]) expect(await editor.next("renamed")).toEqual({ name: "After \u{1f3a8}" })
    const late = await connect(own.node)
    expect((await late.subscribe({ fileId, userId: "late" })).file?.name).toBe("After \u{1f3a8}")
    expect((await readFile(own.node, fileId)).name).toBe("After \u{1f3a8}")
    for (const body of ["", "{}", `{"name":""}`, `{"name":7}`, JSON.stringify({ name: "x".repeat(256) })]) await expectProblem(await rename(body), 400)
    await expectProblem(await rename(`{"name":"x"}`, randomUUID()), 404)
    await expectProblem(await rename(`{"name":"x"}`, "nonsense"), 404)
    expect(ada.all("renamed")).toHaveLength(1)
  })

  it("H1: POST creates a file and says where it is", async () => {
    const beforeMillis = Date.now()
    const response = await post(JSON.stringify({ name: "Poster \u{1f3a8} \"quoted\" <b>" }))
    expect(response.status).toBe(201)
    expect(response.headers.get("content-type")).toMatch(/^application\/json/)
    const file: Record<string, unknown> = JSON.parse(await response.text())
    expect(file).toEqual({
      id: expect.stringMatching(/^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/),
      name: "Poster \u{1f3a8} \"quoted\" <b>",
      teamId: null,
      projectId: null,
      revision: 0,
      seq: 0,
      createdAt: expect.any(String),
      updatedAt: expect.any(String),
      trashedAt: null
    })
    expect(response.headers.get("location")).toBe(`/api/files/${String(file["id"])}`)
    expect(new Date(String(file["createdAt"])).toISOString()).toBe(file["createdAt"])
    expect(Math.abs(Date.parse(String(file["createdAt"])) - beforeMillis)).toBeLessThan(60_000)
    const read = await readFile(own.node, String(file["id"]))
    expect(read).toMatchObject({ id: file["id"], name: file["name"], seq: 0, objects: [], deleted: [] })
  })

  it.each([["one character", "x"], ["255 characters", "é".repeat(255)], ["SQL", "'; DROP TABLE files; --"], ["__proto__", "__proto__"]])(
    "H1: a name of %s is kept",
    async (_, name) => {
      const fileId = await createFile(own.node, name)
      expect((await readFile(own.node, fileId)).name).toBe(name)
    }
  )

  it.each([
    ["no JSON", "{"],
    ["nothing", ""],
    ["null", "null"],
    ["a list", "[]"],
    ["no name", "{}"],
    ["an empty name", `{"name":""}`],
    ["a name of 256 characters", `{"name":"${"x".repeat(256)}"}`],
    ["a name that is a number", `{"name":1}`],
    ["a name with NUL", `{"name":"a\\u0000b"}`],
    ["a name with half a character", `{"name":"\\ud800"}`],
    ["a name under __proto__", `{"__proto__":{"name":"x"}}`],
    ["100,000 levels", "[".repeat(30_000)]
  ])("H3: POST with %s is a problem", async (_, body) => {
    await expectProblem(await post(body), 400)
  })

  it("H3: a body above 64 KiB is a problem", async () => {
    const response = await post(JSON.stringify({ name: "x", more: "x".repeat(70_000) }))
    await expectProblem(response, response.status === 413 ? 413 : 400)
  })

  it.each(["text/plain", "application/x-www-form-urlencoded", "application/json; charset=utf-8"])(
    "H1: JSON sent as %s is JSON (curl -d)",
    async (contentType) => {
      expect((await post(`{"name":"x"}`, { "content-type": contentType })).status).toBe(201)
    }
  )

  it.each([
    ["an unknown id", randomUUID()],
    ["the nil UUID", "00000000-0000-0000-0000-000000000000"],
    ["no UUID", "poster"],
    ["SQL", encodeURIComponent("' OR 1=1 --")],
    ["NUL", "%00"],
    ["a path", "..%2F..%2Fetc%2Fpasswd"],
    ["broken escapes", "%zz%"],
    ["broken UTF-8", "%E0%A4%A"],
    ["1,000 characters", "x".repeat(1_000)],
    ["__proto__", "__proto__"]
  ])("H3: GET with %s is a problem", async (_, id) => {
    const response = await request(`/api/files/${id}`)
    await expectProblem(response, response.status === 400 ? 400 : 404)
  })

  it.each([
    ["DELETE", "/api/files"],
    ["PUT", "/api/files"],
    ["POST", `/api/files/${randomUUID()}`],
    ["PUT", `/api/files/${randomUUID()}`],
    ["POST", "/healthz"],
    ["POST", "/metrics"]
  ])("H3: %s %s is a problem that names the methods there are", async (method, path) => {
    const response = await request(path, { method })
    await expectProblem(response, 405)
    expect(response.headers.get("allow")).toMatch(/GET/)
  })

  it.each(["/nothing", "/api", "/api/", "/api/files/x/y", "/%", "/favicon.ico"])("H3: GET %s is a problem", async (path) => {
    const response = await request(path)
    await expectProblem(response, response.status === 400 ? 400 : 404)
  })

  it("H3: what is no HTTP is answered or hung up on, and the node lives", async () => {
    const requests = ["GET // HTTP/1.1\r\nHost: localhost\r\n\r\n", "GET http://[ HTTP/1.1\r\nHost: localhost\r\n\r\n", "\u0000\u0001\u0002\r\n\r\n",
      "POST /api/files HTTP/1.1\r\nHost: localhost\r\nContent-Length: -1\r\n\r\n", "GET / HTTP/9.9\r\n\r\n", `GET / HTTP/1.1\r\nX: ${"x".repeat(100_000)}\r\n\r\n`]
    for (const text of requests) {
      const socket = await RawSocket.connect(own.node.url)
      socket.write(text)
      await socket.until(() => socket.hasEnded || socket.text.includes("\r\n\r\n"), `an answer to ${text.slice(0, 40)}`)
      expect(socket.text).not.toMatch(/^HTTP\/1.1 5/)
      socket.socket.destroy()
    }
    expect((await request("/healthz")).status).toBe(200)
  })
})

describe("listing", () => {
  it("H1: pages are newest first, complete, and linked", async () => {
    const node = await nodeForTest({ databaseUrl: (await databaseForTest()).url })
    await node.start()
    const listNode = async (path: string) => {
      const response = await fetch(`${node.url}${path}`)
      const files: ReadonlyArray<Listed> = JSON.parse(await response.text())
      return { files, next: /^<([^>]+)>; rel="next"$/.exec(response.headers.get("link") ?? "")?.[1] }
    }
    expect(await listNode("/api/files")).toEqual({ files: [], next: undefined })
    const ids: Array<string> = []
    for (let n = 0; n < 6; n++) ids.push(await createFile(node, `file ${n}`))
    const newestFirst = ids.toReversed()
    expect((await listNode("/api/files")).files.map(({ id }) => id)).toEqual(newestFirst)
    for (const limit of [1, 2, 3, 4, 6]) {
      const pages: Array<ReadonlyArray<Listed>> = []
      for (let path: string | undefined = `/api/files?limit=${limit}`; path !== undefined;) {
        const page = await listNode(path)
        pages.push(page.files)
        path = page.next
      }
      expect(pages.flat().map(({ id }) => id)).toEqual(newestFirst)
      expect(pages).toHaveLength(Math.ceil(6 / limit))
    }
  })

  it.each(["limit=0", "limit=-1", "limit=201", "limit=1.5", "limit=x", "limit=", "limit=1e999", "cursor=x", "cursor=", "cursor=%00", "cursor=W10",
    `cursor=${Buffer.from(`[1e300,"${randomUUID()}"]`).toString("base64url")}`,
    `cursor=${Buffer.from(`[1e400,"${randomUUID()}"]`).toString("base64url")}`,
    `cursor=${Buffer.from(`[-1e300,"${randomUUID()}"]`).toString("base64url")}`,
    `cursor=${Buffer.from(`{"length":2}`).toString("base64url")}`])("H3: GET /api/files?%s is a problem", async (query) => {
    await expectProblem(await request(`/api/files?${query}`), 400)
  })

  it("H1: a cursor survives what was created since", async () => {
    for (let n = 0; n < 3; n++) await createFile(own.node)
    const first = await list("/api/files?limit=2")
    await createFile(own.node, "newer")
    const second = await list(first.next ?? "")
    expect(second.files[0]?.name).not.toBe("newer")
    expect(first.files.map(({ id }) => id)).not.toContain(second.files[0]?.id)
  })
})

describe("reading", () => {
  it("H2: GET answers the committed file with its digest, also by an id in capitals", async () => {
    const fileId = await createFile(own.node, "Name")
    const editor = await join(own.node, fileId)
    await editor.edit(create("f", { type: "frame", data: { k: [1] } }), create("a", { parentId: "f" }), update("a", "x", 1))
    const file = await readFile(own.node, fileId)
    expect(Object.keys(file).toSorted()).toEqual(["deleted", "digest", "epoch", "id", "name", "objects", "seq"])
    expect(file).toMatchObject({ id: fileId, name: "Name", seq: 3, digest: editor.replica.model.digest })
    expect(file.objects).toMatchObject([{ id: "f", type: "frame", parentId: null, data: { k: [1] } }, { id: "a", parentId: "f", x: 1 }])
    expect(await readFile(own.node, fileId.toUpperCase())).toEqual(file)
  })

  it("H2: a read that starts after an ack contains what was acknowledged", async () => {
    const fileId = await createFile(own.node)
    const editor = await join(own.node, fileId)
    await editor.edit(create("a"))
    for (let n = 1; n <= 50; n++) {
      await editor.edit(update("a", "x", n))
      const file = await readFile(own.node, fileId)
      expect([file.seq, file.objects[0]?.["x"]]).toEqual([n + 1, n])
    }
  })
})

describe("operations of the node", () => {
  it("H4: /healthz and /readyz answer 200", async () => {
    expect([(await request("/healthz")).status, (await request("/readyz")).status]).toEqual([200, 200])
    expect((await request("/")).headers.get("content-type")).toMatch(/^text\/html/)
  })

  it("H4: without its database /healthz stays 200 and /readyz is a problem", async () => {
    const database = await databaseForTest()
    const node = await nodeForTest({ databaseUrl: database.url })
    await node.start()
    await database.drop()
    const isUnready = async () => (await fetch(`${node.url}/readyz`)).status >= 500
    await waitUntil(isUnready, { deadlineMillis: 15_000, what: "readyz says that the database is gone" })
    await expectProblem(await fetch(`${node.url}/readyz`), 503)
    expect((await fetch(`${node.url}/healthz`)).status).toBe(200)
  })

  it("H6: the cluster names its node, where it serves, what it holds and what is open", async () => {
    const fileId = await createFile(own.node)
    const editor = await join(own.node, fileId)
    const view = async () => JSON.parse(await (await request("/api/cluster")).text())
    await waitUntil(async () => (await view()).filesOpen > 0, { deadlineMillis: 10_000, what: "the open file is told", state: view })
    const { healthy, nodes, shards } = await view()
    expect({ healthy, shards }).toEqual({ healthy: true, shards: { default: 300 } })
    expect(nodes).toMatchObject([{ url: own.node.url, members: [{ role: "node", state: "alive", shards: 300, groups: ["default"], hotFiles: [] }] }])
    await expectProblem(await request("/api/cluster", { method: "POST" }), 405)
    await editor.close()
  })

  it("H4: /metrics has the dashboard's names after traffic", async () => {
    const fileId = await createFile(own.node)
    const [editor, other] = [await join(own.node, fileId), await join(own.node, fileId)]
    const first = create("a")
    await editor.edit(first, update("a", "x", 1), update("a", "x", 0, { timestamp: 1 }), update("nobody", "x", 1))
    editor.forgetAck(first.id)
    await editor.edit(first)
    const response = await request("/metrics")
    expect(response.headers.get("content-type")).toMatch(/^text\/plain; version=0.0.4/)
    const text = await response.text()
    const value = (line: RegExp): number => Number(line.exec(text)?.[1])
    expect(value(/^figma_ws_connections (\d+)$/m)).toBeGreaterThanOrEqual(2)
    expect(value(/^figma_collaborators (\d+)$/m)).toBeGreaterThanOrEqual(2)
    const kinds = [["create", "applied"], ["update", "applied"], ["update", "superseded"], ["create", "duplicate"], ["update", "rejected"]]
    for (const [type, status] of kinds) {
      const line = text.split("\n").find((candidate) =>
        candidate.startsWith("figma_operations_total{") && candidate.includes(`type="${type}"`) && candidate.includes(`status="${status}"`))
      expect(Number(line?.split(" ").at(-1)), `${type} ${status}`).toBeGreaterThan(0)
    }
    for (const name of ["figma_operation_latency_ms", "figma_sync_latency_ms"]) {
      expect(text).toContain(`# TYPE ${name} histogram`)
      expect(value(new RegExp(`^${name}_count (\\d+)$`, "m"))).toBeGreaterThan(0)
      expect(text).toMatch(new RegExp(`^${name}_bucket\\{le="\\+Inf"\\} \\d+$`, "m"))
    }
    for (const line of text.trimEnd().split("\n")) expect(line).toMatch(/^(# (HELP|TYPE) |[a-zA-Z_:][a-zA-Z0-9_:]*(\{[^}]*\})? \S+$)/)
    await Promise.all([editor.close(), other.close()])
    const isZero = async () => /^figma_collaborators 0$/m.test(await (await request("/metrics")).text())
    await waitUntil(isZero, { deadlineMillis: 15_000, what: "the editors that left are not counted" })
  })
})
