/** P17 and P18 against a real node: who is let in, and how much each may send. */
import { randomUUID } from "node:crypto"
import { request } from "node:http"
import { describe, expect, it, onTestFinished } from "vitest"
import { WebSocket } from "ws"
import { nodeForFile } from "../harness/easelNode.ts"
import { connect, create, createFile, expectConverged, join, update } from "../harness/editing.ts"
import { frameBytes, opcodes, RawSocket } from "../harness/RawSocket.ts"
import { takesTokens } from "../harness/tokens.ts"
import { waitUntil } from "../harness/waitUntil.ts"

const own = nodeForFile({
  environment: {
    EASEL_FRAMES_PER_SECOND: "200",
    EASEL_OPERATIONS_PER_SECOND: "5000",
    EASEL_CONNECTIONS_PER_ADDRESS: "300"
  }
})
/** Who knows nobody serves its own machine alone, and so nobody behind a proxy. */
const proxied = nodeForFile({
  environment: { ...takesTokens, EASEL_CONNECTIONS_PER_ADDRESS: "300", EASEL_TRUSTED_PROXIES: "127.0.0.0/8" }
})
const listed = nodeForFile({ environment: { EASEL_ORIGINS: "https://draw.example/, http://localhost:3000" } })

interface Knock {
  readonly status: number
  readonly body: string
  readonly socket: WebSocket
}

/** Tries to open a WebSocket; status 101 when it is open. */
const knock = (url: string, headers: Readonly<Record<string, string>> = {}): Promise<Knock> =>
  new Promise((resolve, reject) => {
    const socket = new WebSocket(url, { headers })
    onTestFinished(() => socket.terminate())
    socket.on("error", () => undefined)
    socket.once("open", () => resolve({ status: 101, body: "", socket }))
    socket.once("unexpected-response", (_, response) => {
      let body = ""
      response.on("data", (chunk: Buffer) => {
        body += chunk.toString()
      })
      response.once("end", () => resolve({ status: response.statusCode ?? 0, body, socket }))
      response.once("error", reject)
    })
  })

describe("the door", () => {
  it("P17: pages of other sites may not connect, the page of this host and programs may", async () => {
    const { url, webSocketUrl } = own.node
    expect((await knock(webSocketUrl)).status).toBe(101)
    expect((await knock(webSocketUrl, { origin: url })).status).toBe(101)
    for (const origin of ["https://evil.example", "null", "http://127.0.0.1:1"]) {
      const { body, status } = await knock(webSocketUrl, { origin })
      expect(status).toBe(403)
      expect(JSON.parse(body)).toMatchObject({ title: "Forbidden", status: 403 })
    }
    const metrics = await (await fetch(`${url}/metrics`)).text()
    expect(metrics).toMatch(/^easel_refused_upgrades_total [1-9]/m)
  })

  it("P17: EASEL_ORIGINS names the sites whose pages may connect", async () => {
    const { url, webSocketUrl } = listed.node
    expect((await knock(webSocketUrl, { origin: "https://draw.example" })).status).toBe(101)
    expect((await knock(webSocketUrl, { origin: "http://localhost:3000" })).status).toBe(101)
    expect((await knock(webSocketUrl)).status).toBe(101)
    expect((await knock(webSocketUrl, { origin: url })).status).toBe(403)
  })

  it("P17: an address has so many connections; a trusted proxy tells addresses apart, and one that leaves makes room", async () => {
    const from = (address: string) => knock(proxied.node.webSocketUrl, { "x-forwarded-for": address })
    const first = await from("203.0.113.1")
    const others = await Promise.all(Array.from({ length: 299 }, () => from("203.0.113.1")))
    expect(others.every(({ status }) => status === 101)).toBe(true)
    const refused = await from("203.0.113.1")
    expect(refused.status).toBe(429)
    expect(JSON.parse(refused.body)).toMatchObject({ status: 429 })
    expect((await from("203.0.113.2")).status).toBe(101)
    expect((await from("1.1.1.1, 203.0.113.1")).status).toBe(429)
    first.socket.close()
    await waitUntil(async () => (await from("203.0.113.1")).status === 101, { deadlineMillis: 5_000, what: "room for one more" })
  })

  it("P17: a user has 200 connections with a file; one more is told so and closed with 4013", async () => {
    const fileId = await createFile(own.node)
    const userId = `crowd-${randomUUID()}`
    const editors = await Promise.all(Array.from({ length: 200 }, () => join(own.node, fileId, { userId })))
    const late = await connect(own.node)
    late.send("subscribe", { fileId, userId })
    expect(await late.next("error")).toMatchObject({ code: "too_many_connections" })
    expect(await late.closedWith()).toBe(4013)
    await join(own.node, fileId, { userId: "somebody else" })
    // Leaving the file is enough to make room, and coming back takes it again.
    editors[0]?.send("unsubscribe", {})
    await editors[0]?.settled()
    const next = await join(own.node, fileId, { userId })
    editors[0]?.send("subscribe", { fileId, userId })
    expect(await editors[0]?.closedWith()).toBe(4013)
    expect(next.isOpen).toBe(true)
  })

  it("P10: a message of more than 128 fragments is cut off, however small they are; one of a few is read", async () => {
    const bytes = Buffer.from(`{"type":"ping","payload":{"echo":"${"x".repeat(100)}"}}`)
    const pieces = (size: number): ReadonlyArray<Buffer> => Array.from({ length: Math.ceil(bytes.length / size) }, (_, n) => bytes.subarray(n * size, (n + 1) * size))
    const inPieces = async (parts: ReadonlyArray<Buffer>): Promise<RawSocket> => {
      const socket = await RawSocket.webSocket(own.node.url)
      onTestFinished(() => void socket.socket.destroy())
      parts.forEach((part, n) => socket.write(frameBytes(n === 0 ? opcodes.text : opcodes.continuation, part, { fin: n === parts.length - 1 })))
      return socket
    }
    const whole = await inPieces(pieces(10))
    await whole.until(() => whole.text.includes(`"type":"pong"`), "pong")
    const crumbs = await inPieces(pieces(1))
    expect(await crumbs.closeCode()).toBe(1008)
    // Empty fragments have no bytes to count, and never end either.
    const empty = await inPieces([...Array.from({ length: 1_000 }, () => Buffer.alloc(0)), Buffer.alloc(0)])
    expect(await empty.closeCode()).toBe(1008)
  })
})

describe("how much", () => {
  it("P18: 50 operations a frame and 60 frames a second are served", { timeout: 30_000 }, async () => {
    const fileId = await createFile(own.node)
    const editor = await join(own.node, fileId)
    await editor.edit(create("a"))
    const startedMillis = performance.now()
    const sent: Array<string> = []
    for (let n = 0; n < 240; n++) {
      const operations = Array.from({ length: 50 }, (_, k) => update("a", "x", n * 50 + k))
      editor.submit(...operations)
      sent.push(operations.at(-1)?.id ?? "")
      // A machine may commit more slowly than that: what waits for its commit has a bound of its own (P9).
      const earlier = sent.at(-80)
      if (earlier !== undefined) await editor.ackOf(earlier)
      const due = startedMillis + (n + 1) * 1_000 / 60 - performance.now()
      if (due > 0) await new Promise((resolve) => setTimeout(resolve, due))
    }
    await editor.ackOf(sent.at(-1) ?? "")
    expect(editor.all("error")).toEqual([])
    await expectConverged(own.node, fileId, editor)
  })

  it("P18 P9: what exceeds it is refused by name as busy, and presence is dropped; later it is served", async () => {
    const fileId = await createFile(own.node)
    const editor = await join(own.node, fileId)
    const sent = 3_000
    const startedMillis = performance.now()
    const operations = [create("a"), ...Array.from({ length: sent - 1 }, (_, n) => update("a", "x", n))]
    for (const operation of operations) editor.submit(operation)
    for (let n = 0; n < 200; n++) editor.send("presence", { cursor: { x: n } })
    await editor.until(() => editor.all("error").flatMap(({ operationIds = [] }) => operationIds).length + editor.all("ack").flatMap(({ results }) => results).length === sent, "an answer to each")
    const refused = editor.all("error").flatMap(({ code, operationIds = [] }) => operationIds.map((id) => ({ code, id })))
    const served = 400 + 200 * (performance.now() - startedMillis) / 1_000
    expect(refused.length).toBeGreaterThan(Math.max(0, sent - served - 1))
    expect(new Set(refused.map(({ code }) => code))).toEqual(new Set(["busy"]))
    expect(editor.isOpen).toBe(true)
    const again = operations.filter(({ id }) => refused.some((one) => one.id === id))
    await waitUntil(async () => {
      const missing = again.filter(({ id }) => !editor.all("ack").some(({ operationIds }) => operationIds.includes(id)))
      if (missing.length > 0) editor.submit(...missing.slice(0, 500))
      return missing.length === 0
    }, { deadlineMillis: 10_000, what: "answers to what was sent again" })
    expect(await (await fetch(`${own.node.url}/metrics`)).text()).toMatch(/^easel_refused_frames_total [1-9]/m)
  })

  it("P18: who goes on sending far too much is closed with 4029, and nobody else notices", { timeout: 60_000 }, async () => {
    const fileId = await createFile(own.node)
    const [flood, other] = [await join(own.node, fileId), await join(own.node, fileId)]
    const timer = setInterval(() => {
      for (let n = 0; n < 100 && flood.isOpen; n++) flood.send("ping", {})
    }, 20)
    onTestFinished(() => clearInterval(timer))
    await other.edit(create("a"), update("a", "x", 1))
    await waitUntil(() => flood.closeCode !== undefined, { deadlineMillis: 30_000, what: "the flood is closed" })
    expect(flood.closeCode).toBe(4029)
    await expectConverged(own.node, fileId, other)
  })
})

describe("headers", () => {
  const get = (path: string): Promise<Readonly<Record<string, unknown>>> =>
    new Promise((resolve, reject) => {
      request(`${own.node.url}${path}`, (response) => {
        response.resume()
        resolve(response.headers)
      }).once("error", reject).end()
    })

  it.each(["/api/files", "/api/files/nope", "/api/nope", "/healthz", "/metrics", "/api/cluster"])("H5: %s is kept, framed and guessed at by nobody", async (path) => {
    expect(await get(path)).toMatchObject({
      "cache-control": "no-store",
      "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
      "cross-origin-resource-policy": "same-origin",
      "referrer-policy": "no-referrer",
      "x-content-type-options": "nosniff"
    })
  })

  it("H5: the page is isolated, and its files may be kept", async () => {
    const headers = await get("/")
    expect(headers).toMatchObject({ "cross-origin-opener-policy": "same-origin", "cross-origin-resource-policy": "same-origin", "cache-control": "no-cache" })
    expect(headers["content-security-policy"]).toMatch(/script-src 'self'/)
  })
})
