/**
 * A node seen through a door that can be shut for WebSockets while pages still load: what a browser with the page in
 * its cache sees of a server that is away.
 */
import { createServer, request as askFor, type Server } from "node:http"
import { connect, type Socket } from "node:net"

export class WebSocketGate {
  readonly url: string
  readonly #server: Server
  readonly #sockets = new Set<Socket>()
  #isShut = false

  private constructor(server: Server, url: string) {
    this.#server = server
    this.url = url
  }

  static async start(targetUrl: string): Promise<WebSocketGate> {
    const { hostname, port } = new URL(targetUrl)
    const server = createServer((incoming, outgoing) => {
      const asked = askFor({ hostname, port, path: incoming.url, method: incoming.method, headers: incoming.headers }, (answer) => {
        outgoing.writeHead(answer.statusCode ?? 502, answer.headers)
        answer.pipe(outgoing)
      })
      asked.on("error", () => outgoing.destroy())
      incoming.pipe(asked)
    })
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
    const address = server.address()
    if (address === null || typeof address === "string") throw new Error("a TCP server has a port")
    const gate = new WebSocketGate(server, `http://127.0.0.1:${address.port}`)
    server.on("upgrade", ({ headers, method, url }, near: Socket, head: Buffer) => {
      if (gate.#isShut) return void near.destroy()
      const far = connect(Number(port), hostname, () => {
        const lines = Object.entries(headers).map(([name, value]) => `${name}: ${String(value)}`)
        far.write(`${method} ${url} HTTP/1.1\r\n${lines.join("\r\n")}\r\n\r\n`)
        far.write(head)
        near.pipe(far).pipe(near)
      })
      gate.#hold(near, far)
    })
    return gate
  }

  /** Breaks every WebSocket, and refuses new ones. */
  shut(): void {
    this.#isShut = true
    for (const socket of this.#sockets) socket.destroy()
  }

  open(): void {
    this.#isShut = false
  }

  async stop(): Promise<void> {
    this.shut()
    await new Promise<void>((resolve) => {
      this.#server.close(() => resolve())
      this.#server.closeAllConnections()
    })
  }

  #hold(near: Socket, far: Socket): void {
    for (const [socket, other] of [[near, far], [far, near]] as const) {
      this.#sockets.add(socket)
      socket.on("error", () => other.destroy())
      socket.on("close", () => {
        this.#sockets.delete(socket)
        other.destroy()
      })
    }
  }
}
