/**
 * One editor attached to a file's hub: what it may be told, in order and without gaps. While its `sync` is on the way
 * events are held back; then those that the `sync` already contains are skipped.
 */
import type { Committed, Editor, OperationResult, PresenceChanged } from "@easel/protocol"
import { ackFrame, type EventFrames } from "./serverFrames.ts"
import type { Message } from "./webSocketFrame.ts"

/** Where frames go, as whole WebSocket messages: the outbox of a socket. */
export interface Outbox {
  /** Sends an operation, ack or sync frame; closes the socket instead when its budget is spent. */
  readonly send: (message: Message) => void
  /** Sends a frame that may be dropped when the socket is behind. */
  readonly sendLossy: (message: Message) => void
  /** Sends a snapshot, which may be larger than the budget. */
  readonly sendSnapshot: (message: Message) => void
  /** Closes the socket with 4008: the editor comes back with `sinceSeq`. */
  readonly closeSlow: () => void
  /** Closes the socket with 4010: its editor is connected elsewhere. */
  readonly closeReplaced: () => void
}

/** Operations held back while a `sync` is made, in bytes. The bytes are shared by all editors of the file. */
const heldBytesMax = 16 * 1024 * 1024

interface HeldEvent {
  readonly event: Committed | PresenceChanged
  readonly frames: EventFrames
}

export class Attachment {
  readonly editor: Editor
  /** Whether it takes compressed snapshots. */
  readonly compressed: boolean
  readonly outbox: Outbox
  /** Operations handed to the hub and not yet acknowledged. */
  unacknowledged = 0
  private held: Array<HeldEvent> | undefined = []
  private heldBytes = 0
  /** Everything up to here was in the last `sync`; the watch stream may still be on its way there. */
  private syncedSeq = 0

  constructor(editor: Editor, compressed: boolean, outbox: Outbox) {
    this.editor = editor
    this.compressed = compressed
    this.outbox = outbox
  }

  /** Holds events back until `synced`: a (new) `sync` is on its way. */
  hold(): void {
    this.held ??= []
  }

  /** Called right after the `sync` frame was sent: everything up to `seq` is in it. */
  synced(seq: number): void {
    const held = this.held ?? []
    this.held = undefined
    this.heldBytes = 0
    this.syncedSeq = seq
    for (const { event, frames } of held) this.deliver(event, frames)
  }

  deliver(event: Committed | PresenceChanged, frames: EventFrames): void {
    if (this.held !== undefined) {
      // Presence is in the `sync` too, so only operations have to be kept.
      if (event._tag !== "Committed") return
      this.heldBytes += event.body.length
      if (this.heldBytes > heldBytesMax) this.outbox.closeSlow()
      else this.held.push({ event, frames })
      return
    }
    if (event._tag === "Committed" && event.seq <= this.syncedSeq) return
    const frame = frames.for(this.editor.clientId)
    if (frame === undefined) return
    if (event._tag === "Committed") this.outbox.send(frame)
    else this.outbox.sendLossy(frame)
  }

  acknowledge(results: ReadonlyArray<OperationResult>, seq: number): void {
    this.unacknowledged -= results.length
    this.outbox.send(ackFrame(results, seq))
  }
}
