/**
 * A way to a node that hands on WebSocket messages and, by its seed, some of them twice, some behind the next one, some
 * cut short, and some not at all. What is lost on a connection takes everything behind it along, and soon the
 * connection, as on a network that breaks. Messages of snapshots and of joining are never put behind others: their
 * order is the protocol's.
 */
import { type RawData, WebSocket, WebSocketServer } from "ws"
import { mulberry32 } from "./mulberry32.ts"

type Fate = "doubled" | "swapped" | "dropped" | "truncated"

/** Chances of one message, the rest passes as it is. */
const chances: ReadonlyArray<readonly [Fate, number]> = [["doubled", 0.04], ["swapped", 0.04], ["dropped", 0.008], ["truncated", 0.008]]

/** How long a message may wait for one to go before it, and a broken connection for its end. */
const heldMillis = 30
const brokenMillis = 50

/** Merging by D2 makes their order a matter of indifference. */
const mayBeSwapped = /^\{"type":"(?:operation|ack|presence)"/

interface Message {
  readonly data: Buffer
  readonly isBinary: boolean
}

export class FrameProxy {
  /** In place of the node's. */
  readonly url: string
  /** What was done to messages, to the node and from it. */
  readonly counts = { toNode: noneYet(), toEditor: noneYet() }
  /** Codes of the errors that the node answered with. */
  readonly codes = new Set<string>()
  readonly #server: WebSocketServer
  readonly #random: () => number
  #isHealed = false

  private constructor(server: WebSocketServer, url: string, seed: number) {
    this.#server = server
    this.url = url
    this.#random = mulberry32(seed)
  }

  static async start(nodeUrl: string, seed: number): Promise<FrameProxy> {
    const server = new WebSocketServer({ host: "127.0.0.1", port: 0 })
    await new Promise<void>((resolve) => server.once("listening", resolve))
    const address = server.address()
    if (address === null || typeof address === "string") throw new Error("a TCP server has a port")
    const proxy = new FrameProxy(server, `http://127.0.0.1:${address.port}`, seed)
    server.on("connection", (near) => proxy.#connect(near, `${nodeUrl.replace("http", "ws")}/ws`))
    return proxy
  }

  /** From now on messages pass as they are. Connections that lost some end. */
  heal(): void {
    this.#isHealed = true
  }

  async stop(): Promise<void> {
    for (const socket of this.#server.clients) socket.terminate()
    await new Promise((resolve) => this.#server.close(resolve))
  }

  #connect(near: WebSocket, url: string): void {
    const far = new WebSocket(url)
    const waiting: Array<Message> = []
    const breakSoon = () => void setTimeout(() => [near, far].forEach((socket) => socket.close()), brokenMillis)
    const toNode = this.#lane(this.counts.toNode, (message) => send(far, message), breakSoon)
    const toEditor = this.#lane(this.counts.toEditor, (message) => send(near, message), breakSoon)
    near.on("message", (data: RawData, isBinary) => {
      const message = { data: bytesOf(data), isBinary }
      if (far.readyState === WebSocket.CONNECTING) waiting.push(message)
      else toNode(message)
    })
    far.on("open", () => waiting.forEach(toNode))
    far.on("message", (data: RawData, isBinary) => {
      const message = { data: bytesOf(data), isBinary }
      const code = /^\{"type":"error","payload":\{"code":"(\w+)"/.exec(message.data.toString("utf8"))?.[1]
      if (code !== undefined) this.codes.add(code)
      toEditor(message)
    })
    for (const [socket, other] of [[near, far], [far, near]] as const) {
      socket.on("error", () => undefined)
      socket.on("close", () => other.close())
    }
  }

  /** One direction of one connection. */
  #lane(counts: Record<Fate, number>, forward: (message: Message) => void, breakSoon: () => void) {
    let held: Message | undefined
    let isBroken = false
    const release = () => {
      if (held !== undefined && !isBroken) forward(held)
      held = undefined
    }
    return (message: Message): void => {
      if (isBroken) return
      const fate = this.#fateOf(message, held !== undefined)
      if (fate !== undefined) counts[fate]++
      if (fate === "swapped") {
        held = message
        setTimeout(release, heldMillis)
        return
      }
      if (fate === "truncated") forward({ ...message, data: message.data.subarray(0, message.data.length >> 1) })
      else if (fate !== "dropped") forward(message)
      if (fate === "doubled") forward(message)
      if (fate === "dropped" || fate === "truncated") {
        isBroken = true
        return breakSoon()
      }
      release()
    }
  }

  #fateOf({ data, isBinary }: Message, isHolding: boolean): Fate | undefined {
    let chance = this.#isHealed ? 1 : this.#random()
    for (const [fate, part] of chances) {
      chance -= part
      if (chance < 0) return fate === "swapped" && (isHolding || isBinary || !mayBeSwapped.test(data.toString("utf8"))) ? undefined : fate
    }
    return undefined
  }
}

const noneYet = (): Record<Fate, number> => ({ doubled: 0, swapped: 0, dropped: 0, truncated: 0 })

const bytesOf = (data: RawData): Buffer => {
  if (!(data instanceof Buffer)) throw new Error("ws gives Buffers unless told otherwise")
  return data
}

const send = (socket: WebSocket, { data, isBinary }: Message): void => {
  if (socket.readyState === WebSocket.OPEN) socket.send(data, { binary: isBinary })
}
