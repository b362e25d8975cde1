/**
 * An editor on a raw WebSocket that knows only the contract. It keeps every frame, hands them out in order by type,
 * and feeds its replica. It speaks JSON, or MessagePack by somebody else's library. Nothing waits without a deadline; a wait that fails shows what came instead.
 */
import { inflateRawSync } from "node:zlib"
import { pack, Unpackr } from "msgpackr"
import { type RawData, WebSocket } from "ws"
import type { Frame, FrameType, Payloads, Result, SentOperation, Subscription, Sync } from "./contract.ts"
import { EditorReplica } from "./EditorReplica.ts"
import { waitUntil } from "./waitUntil.ts"

export const deadlineMillis = 15_000

export type Format = "json" | "msgpack"

/** Frames shown when a wait fails. */
const framesShown = 12

export class RawEditor {
  readonly webSocket: WebSocket
  readonly frames: Array<Frame> = []
  readonly closed: Promise<number>
  closeCode: number | undefined
  clientId = ""
  /** Frames that came compressed (P14). */
  compressedFrames = 0
  replica: EditorReplica
  readonly format: Format
  onFrame: ((frame: Frame) => void) | undefined
  readonly #results = new Map<string, Result>()
  readonly #byType = new Map<FrameType, Array<Frame>>()
  readonly #read = new Map<FrameType, number>()

  private constructor(url: string, replica: EditorReplica, format: Format) {
    this.replica = replica
    this.format = format
    this.webSocket = new WebSocket(url, format === "msgpack" ? ["easel.msgpack.v1"] : [])
    // What ends a connection is seen in its close code.
    this.webSocket.on("error", () => undefined)
    this.webSocket.on("message", (data: RawData, isBinary: boolean) => this.#receive(data, isBinary))
    this.closed = new Promise((resolve) =>
      this.webSocket.once("close", (code) => {
        this.closeCode = code
        resolve(code)
      })
    )
  }

  /** Connects and says nothing. A replica of an earlier connection goes on where that one ended. */
  static async connect(url: string, replica = new EditorReplica(), format: Format = "json"): Promise<RawEditor> {
    const editor = new RawEditor(url, replica, format)
    await editor.until(() => editor.webSocket.readyState !== WebSocket.CONNECTING, "the socket is open")
    if (editor.webSocket.readyState !== WebSocket.OPEN) throw new Error(`no connection to ${url}`)
    return editor
  }

  get isOpen(): boolean {
    return this.webSocket.readyState === WebSocket.OPEN
  }

  send(type: string, payload: unknown): void {
    const text = JSON.stringify({ type, payload })
    if (this.format === "json") this.sendText(text)
    // Without what JSON leaves out, such as `undefined`.
    else this.sendBytes(pack(JSON.parse(text)))
  }

  sendText(text: string): void {
    this.webSocket.send(text)
  }

  sendBytes(bytes: Uint8Array): void {
    this.webSocket.send(bytes)
  }

  async subscribe(subscription: Subscription): Promise<Sync> {
    this.send("subscribe", subscription)
    return this.next("sync")
  }

  /** Sends operations in one frame. */
  submit(...operations: ReadonlyArray<SentOperation>): void {
    this.replica.onSend(operations)
    this.send("operation", { operations })
  }

  /** Sends operations in one frame and waits for their answers. */
  async edit(...operations: ReadonlyArray<SentOperation>): Promise<ReadonlyArray<Result>> {
    this.submit(...operations)
    return Promise.all(operations.map(({ id }) => this.ackOf(id)))
  }

  /** The oldest frame of the type that was not yet handed out. */
  async next<Type extends FrameType>(type: Type): Promise<Payloads[Type]> {
    const index = this.#read.get(type) ?? 0
    this.#read.set(type, index + 1)
    await this.until(() => (this.#byType.get(type)?.length ?? 0) > index, `frame ${index + 1} of type ${type}`)
    const frame = this.#byType.get(type)?.[index]
    // SAFETY: `#byType` holds under each type frames of that type.
    return frame?.payload as Payloads[Type]
  }

  /** All payloads of a type so far, handed out or not. */
  all<Type extends FrameType>(type: Type): ReadonlyArray<Payloads[Type]> {
    // SAFETY: as above.
    return (this.#byType.get(type) ?? []).map(({ payload }) => payload as Payloads[Type])
  }

  /** The latest answer to an operation, awaited. */
  async ackOf(id: string): Promise<Result> {
    await this.until(() => this.#results.has(id), `an ack of ${id}`)
    const result = this.#results.get(id)
    if (result === undefined) throw new Error("unreachable")
    return result
  }

  /** Forgets the answer to an operation that is about to be sent again. */
  forgetAck(id: string): void {
    this.#results.delete(id)
  }

  /** Everything up to `seq` has been told. */
  async reaches(seq: number): Promise<void> {
    await this.until(() => this.replica.seq >= seq, `seq ${seq}`)
  }

  /** The server has answered everything that was sent before: frames are handled in order. */
  async settled(): Promise<void> {
    const index = this.all("pong").length
    this.send("ping", {})
    await this.until(() => this.all("pong").length > index, "a pong")
  }

  async closedWith(): Promise<number> {
    await this.until(() => this.closeCode !== undefined, "the server closes the socket")
    return this.closeCode ?? 0
  }

  /** Closes as a browser does that leaves the page. */
  async close(): Promise<void> {
    this.webSocket.close()
    await this.closed
  }

  /** The line is cut: no close frame. */
  terminate(): void {
    this.webSocket.terminate()
  }

  until(predicate: () => boolean, what: string): Promise<void> {
    return waitUntil(predicate, {
      deadlineMillis,
      what,
      state: () => ({ seq: this.replica.seq, closeCode: this.closeCode, frames: this.frames.slice(-framesShown).map(shorten) })
    })
  }

  #frameOf(data: Buffer, isBinary: boolean): Frame {
    if (this.format === "msgpack" && !isBinary) throw new Error("text on a connection of MessagePack")
    if (this.format === "msgpack") {
      if (data[0] !== bin32) return unpackr.unpack(data)
      this.compressedFrames++
      return unpackr.unpack(inflateRawSync(unpackr.unpack(data)))
    }
    if (!isBinary) return JSON.parse(data.toString())
    this.compressedFrames++
    return JSON.parse(inflateRawSync(data).toString())
  }

  #receive(data: RawData, isBinary: boolean): void {
    if (!(data instanceof Buffer)) throw new Error("ws gives Buffers unless told otherwise")
    const frame = this.#frameOf(data, isBinary)
    this.frames.push(frame)
    const sameType = this.#byType.get(frame.type)
    if (sameType === undefined) this.#byType.set(frame.type, [frame])
    else sameType.push(frame)
    if (frame.type === "sync") {
      this.clientId = frame.payload.clientId
      this.replica.onSync(frame.payload)
    } else if (frame.type === "operation") {
      this.replica.onOperation(frame.payload)
    } else if (frame.type === "ack") {
      this.replica.onAck(frame.payload, this.clientId)
      for (const result of frame.payload.results) this.#results.set(result.id, result)
    }
    this.onFrame?.(frame)
  }
}

const unpackr = new Unpackr({ useRecords: false, int64AsType: "number" })

/** MessagePack: `bin` with a length in four bytes. */
const bin32 = 0xc6

const shorten = (frame: Frame): string => JSON.stringify(frame).slice(0, 400)
