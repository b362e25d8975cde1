/** A WebSocket for the SDK that ends in a simulated server. Frames move when the test says so. */
import type { Access, ServerFrame } from "@easel/protocol"
import type { WebSocketConstructor, WebSocketLike } from "@easel/client"
import { SimulatedServer, type SimulatedSocket } from "./SimulatedServer.ts"

interface EditorFrame {
  readonly type: string
  readonly payload: {
    readonly operations?: ReadonlyArray<unknown>
    readonly clientId?: string
    readonly sinceSeq?: number
    readonly token?: string
    readonly link?: string
  }
}

type Listener = (event: { readonly data: unknown; readonly code: number }) => void

export class FakeNetwork {
  readonly server = new SimulatedServer()
  private readonly sockets = new Set<FakeSocket>()
  /** The identities given to editors that name none. */
  readonly clientIds = ["client-0", "client-1", "client-2", "client-3"]

  /** What editors have shown of who they are, with each `subscribe` and `authenticate`. */
  readonly shown: Array<{ readonly type: string; readonly token?: string | undefined; readonly link?: string | undefined }> = []
  /** Answers these tokens with `error unauthenticated` and 4001. */
  readonly refusedTokens = new Set<string | undefined>()

  /** How many frames of a connection that breaks still arrive, when `receiveLate` lets them. */
  framesArrivingLate = 0
  private readonly late: Array<SimulatedSocket> = []

  readonly WebSocket: WebSocketConstructor = socketsOf(this)

  newClientId(): string {
    return this.clientIds.shift() ?? "another client"
  }

  remember(socket: FakeSocket): void {
    this.sockets.add(socket)
  }

  forget(socket: FakeSocket): void {
    this.sockets.delete(socket)
  }

  /** Everything that is sent so far arrives and is answered, on every connection. */
  async settle(): Promise<void> {
    for (let quiet = 0; quiet < 3; quiet++) {
      await Promise.resolve()
      for (const socket of this.sockets) if (this.carry(socket)) quiet = 0
    }
  }

  /** Operations reach the server, and no answer or announcement the editor. */
  receive(): void {
    for (const { link } of this.sockets) {
      while (link !== undefined && link.toServer.length > 0) this.server.receive([link])
    }
  }

  /** Frames of connections that are gone reach the server after all. */
  receiveLate(): void {
    for (const link of this.late.splice(0)) while (link.toServer.length > 0) this.server.receive([link])
  }

  lose(link: SimulatedSocket): void {
    this.server.disconnect(link, this.framesArrivingLate)
    this.late.push(link)
  }

  /** What waits for the editors arrives, and nothing else. */
  deliver(): void {
    for (const socket of this.sockets) {
      for (let frame = socket.link?.toEditor.shift(); frame !== undefined; frame = socket.link?.toEditor.shift()) socket.hear(frame)
    }
  }

  /** A frame to all editors that have the file. */
  tell(frame: ServerFrame): void {
    for (const { link } of this.sockets) link?.toEditor.push(frame)
    this.deliver()
  }

  /** What is on its way to the server is refused there. */
  drop(): void {
    for (const { link } of this.sockets) link?.toServer.splice(0)
  }

  /** Everybody's role changes. */
  grant(access: Access): void {
    this.server.access = access
    this.tell({ type: "access", payload: access })
  }

  /** All connections break; what was sent and has not arrived is lost. */
  cut(code = 1006): void {
    for (const socket of this.sockets) socket.end(code)
  }

  private carry(socket: FakeSocket): boolean {
    const { link } = socket
    if (link === undefined) return false
    let isBusy = false
    while (link.toServer.length > 0) {
      // Time passes while frames travel.
      this.server.nowMillis++
      this.server.receive([link])
      isBusy = true
    }
    while (link.unannounced.length > 0) this.server.acknowledge(link)
    for (let frame = link.toEditor.shift(); frame !== undefined; frame = link.toEditor.shift()) {
      isBusy = true
      socket.hear(frame)
    }
    return isBusy
  }
}

class FakeSocket implements WebSocketLike {
  readyState = 0
  binaryType = ""
  link: SimulatedSocket | undefined
  private readonly network: FakeNetwork
  private readonly listeners: Array<readonly [type: string, listener: Listener]> = []

  constructor(network: FakeNetwork) {
    this.network = network
    network.remember(this)
    queueMicrotask(() => {
      if (this.readyState !== 0) return
      this.readyState = 1
      this.emit("open", { data: undefined, code: 0 })
    })
  }

  send(data: string): void {
    const { payload, type }: EditorFrame = JSON.parse(data)
    const { clientId, link, operations, sinceSeq, token } = payload
    if (type === "subscribe" || type === "authenticate") {
      this.network.shown.push({ type, token, link })
      if (this.network.refusedTokens.has(token)) return this.dismiss()
    }
    if (type === "subscribe") this.link = this.network.server.connect(clientId ?? this.network.newClientId(), { sinceSeq })
    else if (type === "ping") this.hear({ type: "pong", payload: { serverTime: this.network.server.nowMillis } })
    else if (type === "operation") this.link?.toServer.push(JSON.stringify(operations))
  }

  close(code = 1005): void {
    this.end(code)
  }

  addEventListener(type: string, listener: Listener): void {
    this.listeners.push([type, listener])
  }

  hear(frame: ServerFrame): void {
    this.emit("message", { data: JSON.stringify(frame), code: 0 })
  }

  private dismiss(): void {
    this.hear({ type: "error", payload: { code: "unauthenticated", message: "the token has expired" } })
    this.end(4001)
  }

  end(code: number): void {
    if (this.readyState === 3) return
    this.readyState = 3
    this.network.forget(this)
    if (this.link !== undefined) this.network.lose(this.link)
    this.link = undefined
    this.emit("close", { data: undefined, code })
  }

  private emit(type: string, event: { readonly data: unknown; readonly code: number }): void {
    for (const [wanted, listener] of this.listeners) if (wanted === type) listener(event)
  }
}

const socketsOf = (network: FakeNetwork): WebSocketConstructor =>
  class extends FakeSocket {
    constructor(_url: string) {
      super(network)
    }
  }
