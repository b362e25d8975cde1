/**
 * The outbox of one socket, with a budget in bytes. A socket that does not read is closed with 4008 before it costs
 * more than its budget, and its editor comes back with `sinceSeq`; presence is dropped long before. Snapshots may
 * exceed the budget.
 */
import { closeCodes, Limits } from "@easel/protocol"
import * as Context from "effect/Context"
import type { WebSocket } from "ws"
import type { Outbox } from "./Attachment.ts"
import { slowConsumers } from "./gatewayMetrics.ts"

/** Unsent bytes beyond which presence is dropped. */
const lossyBytesMax = 64 * 1024

export class SocketOutbox implements Outbox {
  private readonly socket: WebSocket
  private snapshotBytes = 0

  constructor(socket: WebSocket) {
    this.socket = socket
  }

  send(frame: Buffer): void {
    if (this.socket.readyState !== this.socket.OPEN) return
    if (this.socket.bufferedAmount + frame.length > Limits.outboxBytesMax + this.snapshotBytes) return this.closeSlow()
    this.socket.send(frame, text)
  }

  sendLossy(frame: Buffer): void {
    if (this.socket.bufferedAmount <= lossyBytesMax) this.send(frame)
  }

  sendSnapshot(frame: Buffer, binary: boolean): void {
    if (this.socket.readyState !== this.socket.OPEN) return
    if (this.socket.bufferedAmount > Limits.outboxBytesMax + this.snapshotBytes) return this.closeSlow()
    this.snapshotBytes += frame.length
    this.socket.send(frame, { binary }, () => {
      this.snapshotBytes -= frame.length
    })
  }

  closeSlow(): void {
    slowConsumers.updateUnsafe(1, Context.empty())
    this.close(closeCodes.tooSlow, "reads too slowly: reconnect with sinceSeq")
    // A peer that does not read will not answer the close either.
    this.socket.terminate()
  }

  close(code: number, reason: string): void {
    this.socket.close(code, reason)
  }
}

const text = { binary: false }
