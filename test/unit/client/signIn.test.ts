/** Who an editor says it is, and what becomes of its role, on a simulated network. */
import { EditForbidden, EditorFile, type EditorFileOptions } from "@easel/client"
import { afterEach, beforeEach, expect, onTestFinished, test, vi } from "vitest"
import { FakeNetwork } from "./FakeNetwork.ts"

const fileId = "00000000-0000-4000-8000-000000000000"
const minute = 60_000

let network: FakeNetwork

beforeEach(() => {
  vi.useFakeTimers({ now: 5_000_000 })
  network = new FakeNetwork()
})
afterEach(() => {
  vi.useRealTimers()
})

const open = async (options: Partial<EditorFileOptions> = {}) => {
  const file = new EditorFile({ url: "http://easel", fileId, userId: "me", WebSocket: network.WebSocket, ...options })
  const failures: Array<{ readonly code: string }> = []
  file.on("failed", (failure) => failures.push(failure))
  onTestFinished(() => file.close())
  await passes(0)
  return { failures, file }
}

/** Longer than any wait for the next try. */
const passes = async (millis = 10_000) => {
  await vi.advanceTimersByTimeAsync(millis)
  await network.settle()
}

/** Gives `token-1`, `token-2` and so on. */
const tokens = () => {
  let asked = 0
  return vi.fn<() => string | Promise<string>>(() => `token-${++asked}`)
}

const lastShown = () => network.shown.at(-1)

test("C11: a token and the secret of a link are shown with each subscribe", async () => {
  const { file } = await open({ token: "a token", link: "a secret" })
  network.cut()
  await passes()
  expect(network.shown).toEqual(Array.from({ length: 2 }, () => ({ type: "subscribe", token: "a token", link: "a secret" })))
  expect(file.status).toMatchObject({ connectivity: "online", role: "owner", mode: "normal" })
})

test("C11: a function is asked for a token before each connection, and while it has none there is no connection", async () => {
  const token = vi.fn<() => Promise<string>>(async () => "late")
  token.mockRejectedValueOnce(new Error("nobody there"))
  const { file } = await open({ token })
  expect([file.status.connectivity, network.shown]).toEqual(["offline", []])
  await passes()
  expect([file.status.connectivity, lastShown()?.token]).toEqual(["online", "late"])
  network.cut()
  await passes()
  expect(token).toHaveBeenCalledTimes(3)
})

test("C11: a function that does not answer within half a minute has failed", async () => {
  const token = vi.fn<() => Promise<string>>(() => new Promise(() => undefined))
  const { file } = await open({ token })
  await passes(29_000)
  expect([file.status.connectivity, token.mock.calls.length]).toEqual(["connecting", 1])
  token.mockResolvedValue("at last")
  await passes()
  expect([file.status.connectivity, lastShown()?.token]).toEqual(["online", "at last"])
})

test("C12: a token is replaced when four fifths of its time are over, again and again, without a new connection", async () => {
  network.server.access = { role: "editor", expiresAt: network.server.nowMillis + 10 * minute }
  const { file } = await open({ token: tokens() })
  await passes(8 * minute - 1)
  expect(network.shown).toHaveLength(1)
  await passes(1)
  expect(lastShown()).toEqual({ type: "authenticate", token: "token-2" })
  network.grant({ role: "editor", expiresAt: network.server.nowMillis + 18 * minute })
  await passes(8 * minute)
  expect(lastShown()).toEqual({ type: "authenticate", token: "token-3" })
  expect(file.status.connectivity).toBe("online")
})

test("C12: a token is replaced five seconds before its end at the latest, however the clock here is set", async () => {
  network.server.access = { role: "editor", expiresAt: network.server.nowMillis + 10_000 }
  await open({ token: tokens() })
  vi.setSystemTime(Date.now() + 1_000_000)
  await passes(4_999)
  expect(network.shown).toHaveLength(1)
  await passes(1)
  expect(lastShown()).toEqual({ type: "authenticate", token: "token-2" })
})

test.each([["that has ended", -minute], ["that lasts for years", 1_000 * 24 * 60 * minute]])("C12: a token %s is not asked for in a loop", async (_, leftMillis) => {
  network.server.access = { role: "editor", expiresAt: network.server.nowMillis + leftMillis }
  const token = tokens()
  await open({ token })
  await passes(3_000)
  for (let n = 0; n < 3; n++) network.grant(network.server.access)
  await passes(1_000)
  expect(token.mock.calls.length).toBeLessThanOrEqual(3)
})

test("C12: a refresh that fails is tried again a few times, further and further apart", async () => {
  network.server.access = { role: "editor", expiresAt: network.server.nowMillis + 10 * minute }
  const token = tokens()
  const { file } = await open({ token })
  token.mockImplementation(() => {
    throw new Error("nobody there")
  })
  await passes(8 * minute)
  expect(token).toHaveBeenCalledTimes(2)
  await passes(1_000 + 2_000)
  expect(token).toHaveBeenCalledTimes(4)
  await passes(60 * minute)
  expect(token).toHaveBeenCalledTimes(7)
  expect(file.status.connectivity).toBe("online")
})

test("C12: a token that comes when its connection is gone is not shown on the next one", async () => {
  network.server.access = { role: "editor", expiresAt: network.server.nowMillis + 10 * minute }
  let give: (token: string) => void = () => undefined
  const token = vi.fn<() => string | Promise<string>>(() => "fresh")
  await open({ token })
  token.mockImplementationOnce(() => new Promise((resolve) => (give = resolve)))
  await passes(8 * minute)
  network.cut()
  await passes(1_000)
  give("stale")
  await network.settle()
  expect(network.shown.map((frame) => frame.token)).toEqual(["fresh", "fresh"])
})

test("C12: a token that is no function is not replaced", async () => {
  network.server.access = { role: "editor", expiresAt: network.server.nowMillis + minute }
  const { file } = await open({ token: "plain" })
  await passes(59_000)
  expect(network.shown).toHaveLength(1)
  expect(file.status.connectivity).toBe("online")
})

test("C13: a server that does not take the token is asked again with another one, when there is a function", async () => {
  network.refusedTokens.add("token-1")
  const { failures, file } = await open({ token: tokens() })
  file.create("group")
  await passes()
  expect(file.status).toMatchObject({ connectivity: "online", waiting: 0 })
  expect(failures).toEqual([])
})

test.each([{ token: "plain" }, {}])("C13: with %j a server that does not take it ends the tries, and what waits is kept", async (credentials) => {
  const { failures, file } = await open(credentials)
  network.refusedTokens.add(credentials.token)
  network.cut()
  file.create("group")
  await passes()
  expect(failures).toEqual([{ code: "unauthenticated", message: "the token has expired" }])
  await passes(minute)
  expect(file.status).toMatchObject({ connectivity: "failed", waiting: 1 })
  expect(network.shown).toHaveLength(2)
  await expect(file.saved()).rejects.toThrow("1 operations were not saved")
})

test.each([[4001, "unauthenticated"], [4003, "forbidden"]])("C13: a close with %i alone says %s", async (code, reason) => {
  const { failures, file } = await open()
  network.cut(code)
  await passes()
  expect(failures).toEqual([expect.objectContaining({ code: reason })])
  expect([file.status.connectivity, network.shown.length]).toEqual(["failed", 1])
})

test("C13: who may not open the file does not try again, with a function either", async () => {
  const { failures } = await open({ token: tokens() })
  network.tell({ type: "error", payload: { code: "forbidden", message: "you may not open this file" } })
  await passes()
  expect(failures).toEqual([{ code: "forbidden", message: "you may not open this file" }])
  expect(network.shown).toHaveLength(1)
})

test("C14: while the role does not allow it, a change throws and changes nothing, until the role does", async () => {
  const { file } = await open()
  expect(file.status.role).toBe("owner")
  const id = file.create("group", { name: "mine" })
  await network.settle()
  network.grant({ role: "commenter" })
  expect(file.status).toMatchObject({ role: "commenter", mode: "readonly" })
  const attempts = [
    () => file.create("group"),
    () => file.update(id, { name: "other" }),
    () => file.move(id, null),
    () => file.delete(id),
    () => file.restore(id),
    () => file.undo(),
    () => file.redo()
  ]
  for (const attempt of attempts) expect(attempt).toThrow(new EditForbidden("commenter"))
  expect(() => file.delete(id)).toThrow("a commenter may not edit this file")
  await network.settle()
  expect([file.get(id)?.name, file.status.waiting, network.server.seq, file.canUndo]).toEqual(["mine", 0, 1, true])
  network.grant({ role: "editor" })
  expect(file.status.mode).toBe("normal")
  file.undo()
  expect(file.document.get(id)?.deleted).toBe(true)
})

test("C14: what was made before the demotion was heard of leaves the view when it is rejected, and the step it was in closes", async () => {
  const { file } = await open()
  const rejected: Array<string | undefined> = []
  file.on("rejected", ({ reason }) => rejected.push(reason))
  const id = file.create("group", { name: "first" })
  await network.settle()
  const step = file.startStep()
  network.server.access = { role: "viewer" }
  file.update(id, { name: "second" })
  network.grant({ role: "viewer" })
  step.cancel()
  await network.settle()
  expect([rejected, file.get(id)?.name, file.status.waiting]).toEqual([["forbidden"], "first", 0])
  network.grant({ role: "editor" })
  file.transact(() => file.update(id, { name: "third" }))
  expect(file.get(id)?.name).toBe("third")
})

test("C14: without a server changes are made, for it to decide", async () => {
  network.server.access = { role: "viewer" }
  const { file } = await open()
  network.cut()
  const id = file.create("group")
  expect(file.status).toMatchObject({ connectivity: "offline", role: "viewer", mode: "readonly", waiting: 1 })
  await passes()
  expect([file.get(id), file.status.waiting]).toEqual([undefined, 0])
  network.cut()
  file.create("group", {}, { id })
  network.server.access = { role: "editor" }
  await passes()
  expect([file.get(id)?.id, file.status.mode]).toEqual([id, "normal"])
})

test("C11: a guest's id is not shown to others as a name", async () => {
  const sent: Array<string> = []
  class Recorded extends network.WebSocket {
    override send(data: string | Uint8Array<ArrayBuffer>): void {
      sent.push(String(data))
      super.send(data)
    }
  }
  await open({ userId: "a secret of this browser", WebSocket: Recorded })
  expect(JSON.parse(sent[0] ?? "").payload).not.toHaveProperty("userName")
})
