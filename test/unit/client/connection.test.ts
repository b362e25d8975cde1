/** Which of several nodes an editor connects to, and what ends a connection. */
import { afterEach, beforeEach, expect, test, vi } from "vitest"
import { Connection, type WebSocketLike } from "../../../packages/client/src/Connection.ts"

type Listener = (event: { readonly data: unknown; readonly code: number }) => void

let opened: Array<RecordedSocket> = []

class RecordedSocket implements WebSocketLike {
  readyState = 0
  binaryType = ""
  readonly url: string
  private readonly listeners: Array<readonly [type: string, listener: Listener]> = []

  constructor(url: string) {
    this.url = url
    opened.push(this)
  }

  send(): void {}

  close(): void {
    this.end(1000)
  }

  addEventListener(type: string, listener: Listener): void {
    this.listeners.push([type, listener])
  }

  answer(): void {
    this.readyState = 1
    this.emit("open", 0)
  }

  end(code: number): void {
    this.readyState = 3
    this.emit("close", code)
  }

  say(data: unknown): void {
    this.emit("message", 0, data)
  }

  private emit(type: string, code: number, data?: unknown): void {
    for (const [wanted, listen] of this.listeners) if (wanted === type) listen({ code, data })
  }
}

beforeEach(() => {
  vi.useFakeTimers()
  opened = []
})
afterEach(() => {
  vi.useRealTimers()
})

const connect = (...urls: ReadonlyArray<string>): Connection =>
  new Connection(urls, RecordedSocket, "json", { prepare: () => undefined, onOpen: () => undefined, onFrame: () => undefined, onClose: () => undefined })

/** The newest socket; waits for it when the former one has ended. */
const newest = (): RecordedSocket => {
  if (opened.at(-1)?.readyState === 3) vi.advanceTimersByTime(10_000)
  const socket = opened.at(-1)
  if (socket === undefined) throw new Error("no socket")
  return socket
}

test("C10: a node that sends its editors away is left for the next one, and one that is not reached as well", () => {
  const connection = connect("a", "b", "c")
  newest().answer()
  connection.settled()
  newest().end(1012)
  expect(newest().url).toBe("b")
  newest().end(1006)
  expect(newest().url).toBe("c")
  newest().end(1006)
  expect(newest().url).toBe("a")
  connection.close()
})

test("C10: a connection that served and then breaks is made again to the same node first", () => {
  const connection = connect("a", "b")
  for (const code of [1006, 4008]) {
    newest().answer()
    connection.settled()
    newest().end(code)
    expect(newest().url).toBe("a")
  }
  newest().end(1006)
  expect(newest().url).toBe("b")
  connection.close()
})

test.each([
  ["text", `{"type":"pong","payl`],
  ["compressed", new Uint8Array([0x4b, 0x4c]).buffer]
])("C2: a frame of %s that is cut short is as good as a broken line, and what follows it is not heard", async (_, frame) => {
  vi.useRealTimers()
  const heard: Array<unknown> = []
  const closes: Array<number> = []
  const connection = new Connection(["a"], RecordedSocket, "json", {
    prepare: () => undefined,
    onOpen: () => undefined,
    onFrame: (each) => heard.push(each),
    onClose: ({ code }) => closes.push(code)
  })
  const socket = newest()
  socket.answer()
  socket.say(`{"type":"pong","payload":{"serverTime":1}}`)
  socket.say(frame)
  socket.say(`{"type":"pong","payload":{"serverTime":2}}`)
  await vi.waitUntil(() => closes.length > 0)
  expect([heard, closes]).toEqual([[{ type: "pong", payload: { serverTime: 1 } }], [1006]])
  connection.close()
})
