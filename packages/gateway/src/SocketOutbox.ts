/**
 * The outbox of one socket, with a budget in bytes. For a socket that does not read, presence is dropped first; when
 * the budget is spent nothing more is kept, and once it has taken everything it gets what it missed (`Attachment`). One
 * that does not get there in time is closed with 4008, and its editor comes back with `sinceSeq`. Snapshots may exceed
 * the budget.
 *
 * Messages are framed already and written to the stream itself: `ws` would frame each of them again for each socket.
 * It writes its own control frames whole and at once, so the two never mix.
 */
import type { Duplex } from "node:stream"
import { closeCodes, type FrameFormat, Limits, type ServerFrame } from "@easel/protocol"
import * as Context from "effect/Context"
import type { WebSocket } from "ws"
import type { Outbox } from "./Attachment.ts"
import { slowConsumers } from "./gatewayMetrics.ts"
import { encode, errorFrame } from "./serverFrames.ts"
import { bytesOf, type Message } from "./webSocketFrame.ts"

/** Unsent bytes beyond which presence is dropped. */
const lossyBytesMax = 64 * 1024

/** What operations and acks leave of the budget to small frames, so that one of these does not close the socket. */
const reserveBytes = 64 * 1024

export class SocketOutbox implements Outbox {
  readonly format: FrameFormat
  private readonly webSocket: WebSocket
  private readonly stream: Duplex
  private snapshotBytes = 0
  /** Bytes that were unsent when it was corked. */
  private unsentBefore: number | undefined

  constructor(webSocket: WebSocket, stream: Duplex, format: FrameFormat) {
    this.format = format
    this.webSocket = webSocket
    this.stream = stream
  }

  /** Bytes that the socket has not taken yet. It has not been asked to take what is corked. */
  get unsentBytes(): number {
    return this.unsentBefore ?? this.stream.writableLength
  }

  cork(): void {
    this.unsentBefore = this.stream.writableLength
    this.stream.cork()
  }

  uncork(): void {
    this.unsentBefore = undefined
    this.stream.uncork()
  }

  full(bytes: number): boolean {
    return this.exceeds(Limits.outboxBytesMax - reserveBytes, bytes)
  }

  whenTaken(millisMax: number, taken: () => void): void {
    if (!this.stream.writableNeedDrain) return taken()
    // Those that lag since the same moment end one after the other: a thousand ends at once would hold up everybody.
    const giveUp = setTimeout(() => {
      this.stream.off("drain", onDrain)
      this.closeSlow()
    }, millisMax * (1 + Math.random() * patienceSpread))
    const onDrain = () => {
      clearTimeout(giveUp)
      taken()
    }
    giveUp.unref()
    // `ws` and we are the only writers, and both stop writing when the socket closes.
    this.stream.once("close", () => clearTimeout(giveUp))
    this.stream.once("drain", onDrain)
  }

  send(message: Message): void {
    if (this.webSocket.readyState !== this.webSocket.OPEN) return
    if (this.exceeds(Limits.outboxBytesMax, bytesOf(message))) this.closeSlow()
    else this.write(message)
  }

  tell(frame: ServerFrame): void {
    this.send(encode(frame, this.format))
  }

  sendLossy(message: Message): void {
    if (this.unsentBytes <= lossyBytesMax) this.send(message)
  }

  sendSnapshot(message: Message): void {
    if (this.webSocket.readyState !== this.webSocket.OPEN) return
    if (this.unsentBytes > Limits.outboxBytesMax + this.snapshotBytes) return this.closeSlow()
    const bytes = bytesOf(message)
    this.snapshotBytes += bytes
    this.write(message, () => {
      this.snapshotBytes -= bytes
    })
  }

  closeSlow(): void {
    if (this.webSocket.readyState !== this.webSocket.OPEN) return
    slowConsumers.updateUnsafe(1, Context.empty())
    this.close(closeCodes.tooSlow, "reads too slowly: reconnect with sinceSeq")
    // What is queued before the close frame may never be read: the peer gets as long as a reader would need.
    setTimeout(() => this.webSocket.terminate(), slowCloseMillis).unref()
  }

  closeReplaced(): void {
    this.close(closeCodes.replaced, "this client id is connected elsewhere")
  }

  closeForbidden(): void {
    this.tell(errorFrame("forbidden", "you may not open this file any more"))
    this.close(closeCodes.forbidden, "you may not open this file any more")
  }

  closeMissing(): void {
    this.tell(errorFrame("file_missing", "the file is in the trash"))
    this.close(closeCodes.fileMissing, "the file is in the trash")
  }

  close(code: number, reason: string): void {
    this.webSocket.close(code, reason)
  }

  private exceeds(bytesMax: number, bytes: number): boolean {
    const { unsentBytes } = this
    return unsentBytes > 0 && unsentBytes + bytes > bytesMax + this.snapshotBytes
  }

  /** Pieces leave in one system call. */
  private write(message: Message, onWritten?: () => void): void {
    const [first, ...rest] = message
    if (first === undefined) return
    if (rest.length === 0) {
      this.stream.write(first, onWritten)
      return
    }
    this.stream.cork()
    const last = rest.pop()
    this.stream.write(first)
    for (const piece of rest) this.stream.write(piece)
    this.stream.write(last, onWritten)
    this.stream.uncork()
  }
}

/** By how much of it the patience with one socket may be longer than with another. */
const patienceSpread = 0.5

/** Time for a slow peer to read its way to the close frame. */
const slowCloseMillis = 2_000
