/** The SDK on a node that asks who you are: signing in, staying signed in, and what becomes of roles meanwhile. */
import type { EditorFile, EditorFileOptions } from "@easel/client"
import type { Role } from "@easel/protocol/editor"
import { afterAll, beforeAll, expect, it, onTestFinished } from "vitest"
import { type Received, recordingSocket } from "../harness/filteredSocket.ts"
import { NodeInProcess, online, openEditor } from "../harness/nodeInProcess.ts"
import { runSql } from "../harness/runSql.ts"
import { makeFile, makeLink, setRole } from "../harness/sharing.ts"
import { TcpProxy } from "../harness/TcpProxy.ts"
import { takesTokens, tokenOf } from "../harness/tokens.ts"
import { waitUntil } from "../harness/waitUntil.ts"

let node: NodeInProcess
beforeAll(async () => {
  node = await NodeInProcess.start({ env: takesTokens })
})
afterAll(() => node.stop())

const until = (what: string, predicate: () => boolean, state?: () => unknown) =>
  waitUntil(predicate, { deadlineMillis: 15_000, what, ...(state === undefined ? {} : { state }) })

/** A file of ada's. */
const newFile = async (): Promise<string> => {
  const fileId = await makeFile(node.databaseUrl)
  await grant(fileId, "ada", "owner")
  return fileId
}

const grant = (fileId: string, userId: string, role: Role | undefined) => setRole(node.databaseUrl, "file", fileId, userId, role)

const failuresOf = (editor: EditorFile): Array<string> => {
  const failures: Array<string> = []
  editor.on("failed", ({ code }) => failures.push(code))
  return failures
}

const opened = async (fileId: string, options: Partial<EditorFileOptions>): Promise<EditorFile> => {
  const editor = openEditor(node, fileId, options)
  await online(editor)
  return editor
}

const withRole = async (fileId: string, userId: string, role: Role): Promise<EditorFile> => {
  await grant(fileId, userId, role)
  return opened(fileId, { token: await tokenOf({ userId }) })
}

const syncs = (received: ReadonlyArray<Received>) => received.filter(({ type }) => type === "sync").length

it("C11: who shows a token is who it names, whatever else is said", async () => {
  const fileId = await newFile()
  const ada = await opened(fileId, { userId: "somebody", token: await tokenOf({ userId: "ada", name: "Ada" }) })
  const bob = await withRole(fileId, "bob", "viewer")
  await until("bob sees ada", () => bob.presence.size === 1)
  expect([...bob.presence.values()]).toMatchObject([{ userId: "ada", userName: "Ada" }])
  expect([ada.status.role, bob.status.role]).toEqual(["owner", "viewer"])
})

it("C12: a function's token is replaced before it expires, on the same connection", async () => {
  const fileId = await newFile()
  const received: Array<Received> = []
  let asked = 0
  const token = () => {
    asked++
    return tokenOf({ userId: "ada", expiresInSeconds: 4 })
  }
  const ada = await opened(fileId, { token, WebSocket: recordingSocket(received) })
  await until("the first token has expired", () => asked >= 7, () => ({ asked, ...ada.status }))
  ada.create("rectangle")
  await ada.saved()
  expect(syncs(received)).toBe(1)
})

it("C13: a token that expires and is no function ends it, and what waits stays", async () => {
  const fileId = await newFile()
  const ada = openEditor(node, fileId, { token: await tokenOf({ userId: "ada", expiresInSeconds: 2 }) })
  const failures = failuresOf(ada)
  await until("it is told", () => failures.length > 0)
  ada.create("rectangle")
  expect(failures).toEqual(["unauthenticated"])
  expect(ada.status).toMatchObject({ connectivity: "failed", waiting: 1 })
})

it("C13: with no token, and with a bad one, nothing is opened", async () => {
  const fileId = await newFile()
  const bad = await tokenOf({ userId: "ada", secret: "another secret, which nobody here knows" })
  for (const credentials of [{}, { token: bad }, { link: "no link" }]) {
    const editor = openEditor(node, fileId, credentials)
    const failures = failuresOf(editor)
    await until("it is told", () => failures.length > 0)
    expect([failures, editor.status.role]).toEqual([["unauthenticated"], undefined])
  }
  const stranger = openEditor(node, fileId, { token: await tokenOf({ userId: "nobody" }) })
  const failures = failuresOf(stranger)
  await until("it is told", () => failures.length > 0)
  expect(failures).toEqual(["forbidden"])
})

it("C13: a revoked token is replaced by asking the function", async () => {
  const fileId = await newFile()
  await grant(fileId, "eve", "editor")
  let tokenId = "first"
  const eve = await opened(fileId, { token: () => tokenOf({ userId: "eve", tokenId }) })
  let syncs = 0
  eve.on("synced", () => syncs++)
  tokenId = "second"
  await runSql(node.databaseUrl, "INSERT INTO revocations (token_id, expires_at) VALUES ('first', now() + interval '1 hour')")
  await until("eve is sent away, and comes back", () => syncs === 1)
  eve.create("rectangle")
  await eve.saved()
})

it("C14: who is demoted while editing loses what came too late, and nothing else; a promotion gives it back", async () => {
  const fileId = await newFile()
  const [ada, bob] = [await withRole(fileId, "ada", "owner"), await withRole(fileId, "bob", "editor")]
  const rejected: Array<string | undefined> = []
  bob.on("rejected", ({ reason }) => rejected.push(reason))
  const id = bob.create("rectangle", { name: "bob's" })
  await bob.saved()
  const demoted = grant(fileId, "bob", "viewer")
  let made = 0
  // Edits go on until the news arrives.
  await until("bob may only view", () => {
    if (bob.status.role === "viewer") return true
    bob.update(id, { x: ++made })
    return false
  })
  await demoted
  await bob.saved()
  expect(() => bob.update(id, { x: -1 })).toThrow("a viewer may not edit this file")
  expect(rejected.every((reason) => reason === "forbidden")).toBe(true)
  await until("ada has what bob has", () => ada.seq === bob.seq, () => [ada.seq, bob.seq])
  expect(ada.digest()).toBe(bob.digest())
  expect([ada.get(id)?.name, bob.status.mode]).toEqual(["bob's", "readonly"])
  await grant(fileId, "bob", "editor")
  await until("bob may edit", () => bob.status.mode === "normal")
  bob.update(id, { x: 7 })
  await bob.saved()
  await until("ada sees it", () => ada.get(id)?.x === 7)
})

it("C5 C14: what was made offline before a demotion leaves the view and is announced", async () => {
  const fileId = await newFile()
  await grant(fileId, "bob", "editor")
  const proxy = await TcpProxy.start(node.url)
  onTestFinished(() => proxy.stop())
  const bob = await opened(fileId, { url: proxy.url, token: await tokenOf({ userId: "bob" }) })
  const rejected: Array<string | undefined> = []
  bob.on("rejected", ({ reason }) => rejected.push(reason))
  proxy.refuse()
  await until("bob is offline", () => bob.status.connectivity === "offline")
  const id = bob.create("rectangle")
  await grant(fileId, "bob", "viewer")
  proxy.accept()
  await online(bob)
  await bob.saved()
  expect([rejected, bob.get(id)]).toEqual([["forbidden"], undefined])
})

it("C13: who is removed is told, and does not try again", async () => {
  const fileId = await newFile()
  const bob = await withRole(fileId, "bob", "editor")
  const failures = failuresOf(bob)
  await grant(fileId, "bob", undefined)
  await until("bob is told", () => failures.length > 0)
  expect([failures, bob.status.connectivity]).toEqual([["forbidden"], "failed"])
})

it("C11: a share link lets a guest in, whose id stays a secret", async () => {
  const fileId = await newFile()
  const ada = await withRole(fileId, "ada", "owner")
  const link = await makeLink(node.databaseUrl, fileId, "viewer")
  const guest = await opened(fileId, { userId: "known to this browser", link })
  expect(guest.status).toMatchObject({ role: "viewer", mode: "readonly" })
  await until("ada sees the guest", () => ada.presence.size === 1)
  const [seen] = ada.presence.values()
  expect(seen).toMatchObject({ userName: "Guest", userId: expect.stringMatching(/^guest:/) })
  const failures = failuresOf(guest)
  await runSql(node.databaseUrl, "DELETE FROM share_links WHERE file_id = $1::uuid", [fileId])
  await until("the guest is told", () => failures.length > 0)
  expect(failures).toEqual(["forbidden"])
})
