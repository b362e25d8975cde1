/**
 * One connection between two members: frames in both directions, those of one turn of the event loop in one system call.
 * What the other side does not read waits in the connection; who sends much asks for `room` first.
 */
import type { Socket } from "node:net"
import * as Effect from "effect/Effect"
import { corked } from "./corked.ts"
import { encodeFrame, type Frame, FrameReader, type Kind } from "./linkFrames.ts"

/** Unsent bytes of a connection from which on it has no room. */
export const unsentBytesMax = 1024 * 1024

export class Link {
  private readonly connection: Socket
  private readonly waiting = new Set<() => void>()

  /** `onEnd` is called once, however it ends. */
  constructor(connection: Socket, onFrame: (frame: Frame) => void, onEnd: () => void) {
    this.connection = corked(connection)
    const reader = new FrameReader()
    connection.on("data", (piece: Buffer) => {
      try {
        for (const frame of reader.read(piece)) onFrame(frame)
      } catch (cause) {
        connection.destroy(cause instanceof Error ? cause : new Error(String(cause)))
      }
    })
    // The server accepts paused.
    connection.resume()
    connection.on("drain", this.resumeAll)
    // Whatever is wrong, `close` follows.
    connection.on("error", () => {})
    connection.on("end", () => connection.destroy())
    connection.once("close", () => {
      this.resumeAll()
      onEnd()
    })
  }

  get isConnecting(): boolean {
    return this.connection.connecting
  }

  /** Goes nowhere when the connection has ended, which both sides are told. */
  send(kind: Kind, requestId?: bigint, body?: Uint8Array): void {
    if (!this.connection.destroyed) this.connection.write(encodeFrame(kind, requestId, body))
  }

  /** Waits until more may be sent, or nothing can be any more. */
  readonly room: Effect.Effect<void> = Effect.suspend(() => {
    if (!this.connection.writableNeedDrain || this.connection.destroyed) return Effect.void
    return Effect.callback<void>((resume) => {
      const waiter = () => resume(Effect.void)
      this.waiting.add(waiter)
      return Effect.sync(() => this.waiting.delete(waiter))
    })
  })

  /** What was sent in this turn is on its way, as far as there is room. */
  hangUp(): void {
    this.connection.uncork()
    this.connection.destroy()
  }

  private readonly resumeAll = (): void => {
    const all = [...this.waiting]
    this.waiting.clear()
    for (const resume of all) resume()
  }
}
