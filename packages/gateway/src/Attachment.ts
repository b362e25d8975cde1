/**
 * One editor attached to a file's hub: what it may be told, in order and without gaps. While its `sync` is on the way
 * events are held back; then those that the `sync` already contains are skipped.
 */
import type { Access, Committed, Editor, FrameFormat, Identity, OperationResult, Role, ServerFrame } from "@easel/protocol"
import { eventAfter } from "./eventAfter.ts"
import { type Event, EventFrames } from "./EventFrames.ts"
import { ackFrame, encode, SharedFrame } from "./serverFrames.ts"
import { bytesOf, type Message } from "./webSocketFrame.ts"

/** Time that a socket has to take what fills its budget, before it is closed. */
const lagMillisMax = 10_000

/** Where frames go, as whole WebSocket messages: the outbox of a socket. */
export interface Outbox {
  readonly format: FrameFormat
  /** Keeps what is sent until `uncork`, so that it leaves in one system call. */
  readonly cork: () => void
  readonly uncork: () => void
  /** Whether an operation or ack frame of this size would exceed the budget. One that is alone never does. */
  readonly full: (bytes: number) => boolean
  /** Calls back once when everything has been taken, or gives up the socket after a while. */
  readonly whenTaken: (millisMax: number, taken: () => void) => void
  /** Sends an operation, ack or sync frame; closes the socket instead when its budget is spent. */
  readonly send: (message: Message) => void
  /** Sends a frame of this editor alone, as `send` does. */
  readonly tell: (frame: ServerFrame) => void
  /** Sends a frame that may be dropped when the socket is behind. */
  readonly sendLossy: (message: Message) => void
  /** Sends a snapshot, which may be larger than the budget. */
  readonly sendSnapshot: (message: Message) => void
  /** Closes the socket with 4008: the editor comes back with `sinceSeq`. */
  readonly closeSlow: () => void
  /** Closes the socket with 4010: its editor is connected elsewhere. */
  readonly closeReplaced: () => void
  /** Closes the socket with 4003: its user has no role in the file any more. */
  readonly closeForbidden: () => void
  /** Closes the socket with 4004: the file has gone into the trash. */
  readonly closeMissing: () => void
}

/** Operations held back while a `sync` is made, in bytes. The bytes are shared by all editors of the file. */
const heldBytesMax = 16 * 1024 * 1024

interface HeldEvent {
  readonly event: Committed
  readonly frames: EventFrames
}

/** Whose connection it is. */
export interface Seat {
  readonly editor: Editor
  /** Present when a token was shown. */
  identity: Identity | undefined
}

export class Attachment {
  readonly seat: Seat
  /** Names this connection as the author of operations: a client that comes back on another one has a new name. */
  readonly connectionId = crypto.randomUUID()
  /** Whether it takes compressed snapshots. */
  readonly compressed: boolean
  readonly outbox: Outbox
  /** Operations handed to the hub and not yet acknowledged. */
  unacknowledged = 0
  /** Whether operations of it were refused while the file was read-only: what follows them on this connection must not pass them. */
  wasRefused = false
  /** Whether it has asked for comments, and so is told of each. */
  wantsComments = false
  private held: Array<HeldEvent> | undefined = []
  private heldBytes = 0
  private lagging = false
  /** The newest name, role and comment, when they came while a `sync` was on its way that may hold the old ones. */
  private readonly heldNews = new Map<"name" | "access" | "comments", SharedFrame>()
  /** What its user may do, and when a share link ends that. */
  private role: Role | undefined
  private roleUntilMillis: number | undefined
  /** Everything up to here has been sent. The watch stream may still be on its way there. */
  private sentSeq = 0
  /** Results that wait until the operations before them have been sent. */
  private answers: Array<{ readonly results: ReadonlyArray<OperationResult>; readonly seq: number }> = []
  private readonly resync: (attachment: Attachment, sinceSeq: number) => void

  /** `resync` sends what follows a seq, after the socket had fallen behind. */
  constructor(seat: Seat, compressed: boolean, outbox: Outbox, resync: (attachment: Attachment, sinceSeq: number) => void) {
    this.resync = resync
    this.seat = seat
    this.compressed = compressed
    this.outbox = outbox
  }

  get editor(): Editor {
    return this.seat.editor
  }

  /** Whether it has been given its file. */
  get hasSynced(): boolean {
    return this.role !== undefined
  }

  /** What it may do, and until when it is who it says. */
  get access(): Access {
    const ends = [this.seat.identity?.expiresAtMillis, this.roleUntilMillis].filter((end) => end !== undefined)
    return { role: this.role ?? "viewer", ...(ends.length === 0 ? {} : { expiresAt: Math.floor(Math.min(...ends)) }) }
  }

  /** Whether a share link has expired, and roles must be asked for again. */
  roleHasEnded(nowMillis: number): boolean {
    return this.roleUntilMillis !== undefined && this.roleUntilMillis <= nowMillis
  }

  /** Takes what its user may do, for `sync` to tell. */
  grant(role: Role, untilMillis: number | undefined): void {
    this.role = role
    this.roleUntilMillis = untilMillis
  }

  /** What its user may do has changed. Without a role it is sent away. */
  regrant(role: Role | undefined, untilMillis: number | undefined): void {
    if (!this.hasSynced || (this.role === role && this.roleUntilMillis === untilMillis)) return
    if (role === undefined) return this.outbox.closeForbidden()
    this.grant(role, untilMillis)
    this.tellAccess()
  }

  tellAccess(): void {
    this.tellNews("access", new SharedFrame({ type: "access", payload: this.access }))
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
    this.sentSeq = seq
    for (const { event, frames } of held) this.deliver(event, frames)
    const answers = this.answers
    this.answers = []
    for (const answer of answers) this.acknowledge(answer.results, answer.seq)
    for (const frame of this.heldNews.values()) this.outbox.send(frame.in(this.outbox.format))
    this.heldNews.clear()
  }

  deliver(event: Event, frames: EventFrames): void {
    if (this.lagging) return
    if (this.held !== undefined) {
      // Presence is in the `sync`, and what is tentative follows it, so only operations have to be kept.
      if (event._tag !== "Committed") return
      this.heldBytes += event.body.length
      if (this.heldBytes > heldBytesMax) this.outbox.closeSlow()
      else this.held.push({ event, frames })
      return
    }
    if (event._tag !== "Committed") {
      const author = event._tag === "Tentative" ? this.connectionId : this.editor.clientId
      const lossy = frames.for(author, this.outbox.format)
      if (lossy !== undefined && !this.outbox.full(bytesOf(lossy))) this.outbox.sendLossy(lossy)
      return
    }
    if (event.seq <= this.sentSeq) return
    if (event.fromSeq < this.sentSeq) {
      const rest = eventAfter(event, this.sentSeq)
      return this.deliver(rest, new EventFrames(rest))
    }
    const frame = frames.for(this.connectionId, this.outbox.format)
    if (frame !== undefined && this.outbox.full(bytesOf(frame))) return this.lag()
    this.sentSeq = event.seq
    if (frame !== undefined) this.outbox.send(frame)
  }

  /** Tells the file's new name. */
  rename(frame: SharedFrame): void {
    this.tellNews("name", frame)
  }

  /** Tells of a comment. Of those that come while a `sync` is on its way only the last is told; its seq shows the gap. */
  comment(frame: SharedFrame): void {
    if (this.wantsComments) this.tellNews("comments", frame)
  }

  private tellNews(of: "name" | "access" | "comments", frame: SharedFrame): void {
    if (this.held !== undefined || this.lagging) this.heldNews.set(of, frame)
    else this.outbox.send(frame.in(this.outbox.format))
  }

  acknowledge(results: ReadonlyArray<OperationResult>, seq: number): void {
    if (this.held !== undefined || this.lagging) {
      this.answers.push({ results, seq })
      return
    }
    const frame = encode(ackFrame(results, seq), this.outbox.format)
    if (this.outbox.full(bytesOf(frame))) {
      this.answers.push({ results, seq })
      return this.lag()
    }
    this.unacknowledged -= results.length
    this.outbox.send(frame)
  }

  /** The socket takes less than there is. Nothing is kept for it; when it has caught up it gets what it missed. */
  private lag(): void {
    this.lagging = true
    this.outbox.whenTaken(lagMillisMax, () => {
      this.lagging = false
      this.hold()
      this.resync(this, this.sentSeq)
    })
  }
}
