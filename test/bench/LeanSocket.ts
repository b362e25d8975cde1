/**
 * A WebSocket client that costs the load generator as little as one can, so that what is measured is the server: 200
 * editors who hear each other are sent 350 MB/s, and with `ws` the copies of that took a core.
 *
 * All sockets of the process are read into one buffer, and a message is handed over where it lies in it: **its bytes
 * are gone when the listener returns**. Only what is cut off at the end of a read is copied. It knows what the servers
 * under test send: messages in one frame, pings, a close.
 */
import { randomBytes } from "node:crypto"
import { EventEmitter } from "node:events"
import { connect, type Socket } from "node:net"

const opcodes = { text: 1, binary: 2, close: 8, ping: 9, pong: 10 } as const
const everybodys = Buffer.allocUnsafeSlow(1024 * 1024)
const endOfHead = Buffer.from("\r\n\r\n")

interface Events {
  open: []
  message: [data: Buffer, isBinary: boolean]
  /** Once; 1006 when the server hung up without a word, or never answered. */
  close: [code: number, reason: string]
}

export class LeanSocket extends EventEmitter<Events> {
  readonly #socket: Socket
  /** The beginning of a frame, of which the rest is to come: the first `#keptBytes` bytes. */
  #kept = Buffer.alloc(0)
  #keptBytes = 0
  #isUpgraded = false
  #closedWith: readonly [code: number, reason: string] | undefined

  /** Of a server that listens without TLS. */
  constructor(url: string) {
    super()
    const { hostname, pathname, port } = new URL(url)
    this.#socket = connect({
      host: hostname,
      port: Number(port),
      noDelay: true,
      onread: {
        buffer: everybodys,
        callback: (bytes) => {
          this.#read(bytes)
          return true
        }
      }
    })
    this.#socket.on("error", (error) => {
      this.#closedWith ??= [1006, error.message]
    })
    this.#socket.on("close", () => this.emit("close", ...this.#closedWith ?? [1006, ""]))
    this.#socket.write(
      `GET ${pathname} HTTP/1.1\r\nHost: ${hostname}:${port}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n` +
        `Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: ${randomBytes(16).toString("base64")}\r\n\r\n`
    )
  }

  get isOpen(): boolean {
    return this.#isUpgraded && this.#closedWith === undefined && this.#socket.readyState === "open"
  }

  /** Read so far, HTTP included. */
  get bytesRead(): number {
    return this.#socket.bytesRead
  }

  send(text: string): void {
    this.#write(opcodes.text, Buffer.from(text))
  }

  close(): void {
    if (this.isOpen) this.#write(opcodes.close, Buffer.from([1000 >> 8, 1000 & 0xff]))
    this.#socket.end()
  }

  terminate(): void {
    this.#socket.destroy()
  }

  pause(): void {
    this.#socket.pause()
  }

  #read(bytes: number): void {
    const whole = this.#keptBytes === 0 ? everybodys.subarray(0, bytes) : this.#keep(everybodys.subarray(0, bytes))
    let at = 0
    while (at < whole.length && !this.#socket.destroyed) {
      const next = this.#isUpgraded ? this.#frameAt(whole, at) : this.#headAt(whole)
      if (next === undefined) break
      at = next
    }
    this.#keptBytes = 0
    if (at < whole.length) this.#keep(whole.subarray(at))
  }

  /** Appends to what is kept, and returns all of it. */
  #keep(bytes: Buffer): Buffer {
    const length = this.#keptBytes + bytes.length
    if (length > this.#kept.length) {
      const larger = Buffer.allocUnsafeSlow(2 * length)
      this.#kept.copy(larger, 0, 0, this.#keptBytes)
      this.#kept = larger
    }
    bytes.copy(this.#kept, this.#keptBytes)
    this.#keptBytes = length
    return this.#kept.subarray(0, length)
  }

  /** Where the first frame begins, when all of the HTTP answer is there. */
  #headAt(bytes: Buffer): number | undefined {
    const end = bytes.indexOf(endOfHead)
    if (end === -1) return undefined
    const status = bytes.toString("latin1", 0, bytes.indexOf("\r\n"))
    if (!status.startsWith("HTTP/1.1 101")) {
      this.#closedWith = [1006, status]
      this.#socket.destroy()
      return undefined
    }
    this.#isUpgraded = true
    this.emit("open")
    return end + endOfHead.length
  }

  /** Where the next frame begins, when all of this one is there. */
  #frameAt(bytes: Buffer, at: number): number | undefined {
    if (bytes.length < at + 2) return undefined
    const short = bytes.readUInt8(at + 1)
    const start = at + (short === 126 ? 4 : short === 127 ? 10 : 2)
    if (bytes.length < start) return undefined
    const length = short === 126 ? bytes.readUInt16BE(at + 2) : short === 127 ? Number(bytes.readBigUInt64BE(at + 2)) : short
    const end = start + length
    if (bytes.length < end) return undefined
    this.#receive(bytes.readUInt8(at), bytes.subarray(start, end))
    return end
  }

  #receive(first: number, payload: Buffer): void {
    const opcode = first & 0x7f
    if (first < 0x80) throw new Error("a message in more than one frame")
    if (opcode === opcodes.text || opcode === opcodes.binary) this.emit("message", payload, opcode === opcodes.binary)
    else if (opcode === opcodes.ping) this.#write(opcodes.pong, payload)
    else if (opcode === opcodes.close) {
      this.#closedWith ??= payload.length < 2 ? [1005, ""] : [payload.readUInt16BE(0), payload.toString("utf8", 2)]
      this.#socket.end()
    } else if (opcode !== opcodes.pong) throw new Error(`a frame with opcode ${opcode}`)
  }

  /** Masked, as clients must. */
  #write(opcode: number, payload: Buffer): void {
    const { length } = payload
    const headBytes = length < 126 ? 2 : length < 65_536 ? 4 : 10
    const frame = Buffer.allocUnsafe(headBytes + 4 + length)
    frame[0] = 0x80 | opcode
    frame[1] = 0x80 | (headBytes === 2 ? length : headBytes === 4 ? 126 : 127)
    if (headBytes === 4) frame.writeUInt16BE(length, 2)
    if (headBytes === 10) frame.writeBigUInt64BE(BigInt(length), 2)
    const mask = Math.floor(Math.random() * 2 ** 32)
    frame.writeUInt32BE(mask, headBytes)
    const start = headBytes + 4
    payload.copy(frame, start)
    for (let at = start; at < frame.length; at++) frame.writeUInt8(frame.readUInt8(at) ^ (mask >>> (24 - 8 * ((at - start) & 3)) & 0xff), at)
    this.#socket.write(frame)
  }
}
