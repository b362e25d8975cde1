/** Which of several nodes an editor connects to. */
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

  private emit(type: string, code: number): void {
    for (const [wanted, listen] of this.listeners) if (wanted === type) listen({ code, data: undefined })
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
