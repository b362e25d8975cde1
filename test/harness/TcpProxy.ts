/**
 * A way to a server that can fail: refuse, cut, hold back what the server says, and swallow everything. Everything passes unchanged until
 * a verb says otherwise.
 */
import { createConnection, createServer, type Server, type Socket } from "node:net"

interface Line {
  silent: boolean
  readonly near: Socket
  readonly far: Socket
  /** What the server said while its words were held back. */
  readonly held: Array<Buffer>
}

export class TcpProxy {
  /** The way through the proxy to the same database. */
  readonly url: string
  readonly #server: Server
  readonly #lines = new Set<Line>()
  #refusing = false
  #holding = false
  #isBlackHole = false

  private constructor(server: Server, url: string) {
    this.#server = server
    this.url = url
  }

  /** On a free port of this machine, unless it is to be somewhere else. */
  static async start(targetUrl: string, at = { host: "127.0.0.1", port: 0 }): Promise<TcpProxy> {
    const target = new URL(targetUrl)
    const server = createServer()
    await new Promise<void>((resolve) => server.listen(at.port, at.host, resolve))
    const address = server.address()
    if (address === null || typeof address === "string") throw new Error("a TCP server has a port")
    const url = new URL(targetUrl)
    url.hostname = at.host
    url.port = String(address.port)
    const proxy = new TcpProxy(server, url.href)
    server.on("connection", (near) => proxy.#connect(near, Number(target.port), target.hostname))
    return proxy
  }

  /** Connections that are open. */
  get size(): number {
    return this.#lines.size
  }

  /** Bytes of the server that are held back. */
  get heldBytes(): number {
    let bytes = 0
    for (const { held } of this.#lines) for (const chunk of held) bytes += chunk.length
    return bytes
  }

  /** Resets every connection, with whatever was held back. */
  cut(): void {
    for (const { far, near } of this.#lines) {
      near.resetAndDestroy()
      far.destroy()
    }
    this.#lines.clear()
  }

  /** New connections are reset; those that are open go on. */
  refuseNew(): void {
    this.#refusing = true
  }

  /** The server is not there: connections are cut and new ones are reset. */
  refuse(): void {
    this.refuseNew()
    this.cut()
  }

  accept(): void {
    this.#refusing = false
  }

  /** From now on the server hears everything and its answers do not arrive. */
  holdReplies(): void {
    this.#holding = true
  }

  /** Connections that are open now hear nothing more from the server; new ones are as ever. */
  silenceOpen(): void {
    for (const line of this.#lines) line.silent = true
  }

  /** Lets go of what was held back, in order. */
  releaseReplies(): void {
    this.#holding = false
    for (const { held, near } of this.#lines) for (const chunk of held.splice(0)) near.write(chunk)
  }

  /** Packets are dropped in both directions from now on, of connections old and new, and nobody is told. */
  blackhole(): void {
    this.#isBlackHole = true
  }

  /** The network is back. Connections that lost bytes are reset, as the peers' own retries would find them. */
  heal(): void {
    this.#isBlackHole = false
    this.cut()
  }

  async stop(): Promise<void> {
    this.refuse()
    await new Promise((resolve) => this.#server.close(resolve))
  }

  #connect(near: Socket, port: number, host: string): void {
    if (this.#refusing) {
      near.resetAndDestroy()
      return
    }
    const far = createConnection({ port, host })
    const line: Line = { silent: false, near, far, held: [] }
    this.#lines.add(line)
    const end = () => {
      this.#lines.delete(line)
      near.destroy()
      far.destroy()
    }
    for (const socket of [near, far]) {
      socket.setNoDelay(true)
      socket.on("error", end)
      socket.on("close", end)
    }
    near.on("data", (chunk) => {
      if (!this.#isBlackHole) far.write(chunk)
    })
    far.on("data", (chunk: Buffer) => {
      if (line.silent || this.#isBlackHole) return
      if (this.#holding) line.held.push(chunk)
      else near.write(chunk)
    })
  }
}
