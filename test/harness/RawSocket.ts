/**
 * A WebSocket below the level of any library: an upgrade by hand and then bytes, so that frames can be wrong in every
 * way that RFC 6455 forbids. It reads just enough to know what the server said and with which code it closed.
 */
import { randomBytes } from "node:crypto"
import { connect, type Socket } from "node:net"
import { deadlineMillis } from "./RawEditor.ts"
import { waitUntil } from "./waitUntil.ts"

export const opcodes = { continuation: 0, text: 1, binary: 2, close: 8, ping: 9, pong: 10 } as const

export interface FrameOptions {
  readonly fin?: boolean
  readonly masked?: boolean
  readonly rsv?: number
  /** The length that the header claims, where it is not that of the payload. */
  readonly claimedBytes?: number
}

/** One frame as bytes. */
export const frameBytes = (opcode: number, payload: Uint8Array, options: FrameOptions = {}): Buffer => {
  const { claimedBytes = payload.length, fin = true, masked = true, rsv = 0 } = options
  const first = (fin ? 0x80 : 0) | (rsv << 4) | opcode
  const maskBit = masked ? 0x80 : 0
  let head: Buffer
  if (claimedBytes < 126) head = Buffer.from([first, maskBit | claimedBytes])
  else if (claimedBytes < 65_536) head = Buffer.from([first, maskBit | 126, claimedBytes >> 8, claimedBytes & 0xff])
  else {
    head = Buffer.alloc(10)
    head.writeUInt8(first, 0)
    head.writeUInt8(maskBit | 127, 1)
    head.writeBigUInt64BE(BigInt(claimedBytes), 2)
  }
  if (!masked) return Buffer.concat([head, payload])
  const mask = randomBytes(4)
  return Buffer.concat([head, mask, payload.map((byte, index) => byte ^ (mask[index % 4] ?? 0))])
}

/** A TCP connection that has sent the given bytes, and what came back so far. */
export class RawSocket {
  readonly socket: Socket
  #received = Buffer.alloc(0)
  #hasEnded = false

  private constructor(socket: Socket) {
    this.socket = socket
    socket.on("data", (chunk: Buffer) => {
      this.#received = Buffer.concat([this.#received, chunk])
    })
    socket.on("error", () => undefined)
    socket.on("close", () => {
      this.#hasEnded = true
    })
  }

  static async connect(url: string): Promise<RawSocket> {
    const { hostname, port } = new URL(url)
    const socket = connect(Number(port), hostname)
    const raw = new RawSocket(socket)
    await raw.until(() => !socket.connecting, "a TCP connection")
    return raw
  }

  /** A connection after a successful upgrade. */
  static async webSocket(url: string): Promise<RawSocket> {
    const raw = await RawSocket.connect(url)
    raw.write(upgradeRequest("/ws"))
    await raw.until(() => raw.#received.includes("\r\n\r\n") || raw.hasEnded, "the answer to the upgrade")
    if (!raw.text.startsWith("HTTP/1.1 101 ")) throw new Error(`no upgrade: ${raw.text}`)
    raw.#received = raw.#received.subarray(raw.#received.indexOf("\r\n\r\n") + 4)
    return raw
  }

  get text(): string {
    return this.#received.toString("latin1")
  }

  get hasEnded(): boolean {
    return this.#hasEnded
  }

  write(bytes: Uint8Array | string): void {
    this.socket.write(bytes)
  }

  /** Whether the server has sent a close frame or hung up. */
  get isClosed(): boolean {
    return this.#hasEnded || closeCodeIn(this.#received) !== undefined
  }

  /** The close code that the server sent, awaited; 1006 when it hung up without one. */
  async closeCode(): Promise<number> {
    await this.until(() => this.isClosed, "a close frame")
    return closeCodeIn(this.#received) ?? 1006
  }

  until(predicate: () => boolean, what: string): Promise<void> {
    return waitUntil(predicate, { deadlineMillis, what, state: () => this.text.slice(-500) })
  }
}

export const upgradeRequest = (path: string): string =>
  `GET ${path} HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n` +
  `Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: ${randomBytes(16).toString("base64")}\r\n\r\n`

/** Servers send frames without mask. */
const closeCodeIn = (bytes: Buffer): number | undefined => {
  let at = 0
  while (at + 2 <= bytes.length) {
    const opcode = bytes.readUInt8(at) & 0x0f
    const short = bytes.readUInt8(at + 1)
    const lengthBytes = short === 126 ? 2 : short === 127 ? 8 : 0
    if (at + 2 + lengthBytes > bytes.length) return undefined
    const length = lengthBytes === 0 ? short : bytes.readUIntBE(at + 2 + lengthBytes - Math.min(lengthBytes, 6), Math.min(lengthBytes, 6))
    const start = at + 2 + lengthBytes
    if (opcode === opcodes.close && start + 2 <= bytes.length) return bytes.readUInt16BE(start)
    at = start + length
  }
  return undefined
}
