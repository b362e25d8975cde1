/**
 * The conversation with one editor, from its first frame to its last: `idle` until it subscribes, `subscribing` while
 * its `sync` is made (frames that come meanwhile wait their turn), `subscribed` from then on. A bad message costs an
 * `error` frame and nothing else, unless there are too many of them.
 */
import { isRefusal, type Operation, validateOperation } from "@easel/document"
import {
  type Caller,
  closeCodes,
  decodeEditorFrame,
  type EditorFrame,
  type ErrorCode,
  type Identity,
  Limits,
  type OperationResult,
  type Principal,
  type Subscribe
} from "@easel/protocol"
import * as Context from "effect/Context"
import type { Allowance } from "./Allowance.ts"
import { Attachment } from "./Attachment.ts"
import { refused } from "./CommentLane.ts"
import type { FileHub } from "./FileHub.ts"
import { refusedFrames } from "./gatewayMetrics.ts"
import { ackFrame, errorFrame } from "./serverFrames.ts"
import type { SocketOutbox } from "./SocketOutbox.ts"

/** What a session asks of the world around it. */
export interface SessionHost {
  /**
   * Finds out who it is, opens the file's hub and attaches an editor made for it. Resolves when `sync` was sent, or to
   * `undefined` when an error frame was sent instead. `release` lets go of the hub.
   */
  readonly open: (subscribe: Subscribe, attach: (hub: FileHub, caller: Caller) => Attachment) => Promise<OpenFile | undefined>
  /** Whom a token names, or why nobody. */
  readonly identify: (token: string) => Promise<Identity | { readonly refused: string }>
  readonly nowMillis: () => number
  /** What this connection may send. */
  readonly allowance: Allowance
}

export interface OpenFile {
  readonly hub: FileHub
  readonly attachment: Attachment
  readonly release: () => void
}

/** Frames that wait while `sync` is made, and their bytes. */
const heldFramesMax = 64
const heldBytesMax = Limits.frameBytesMax

const kinds = { json: "text", msgpack: "binary" } as const

const badMessagesWindowMillis = 10_000

/** Without a refused frame for so long, a connection keeps to what it may send. */
const excessPauseMillis = 1_000

type State =
  | { readonly _tag: "idle" }
  | { readonly _tag: "subscribing"; readonly held: Array<EditorFrame>; heldBytes: number }
  | { readonly _tag: "subscribed"; readonly file: OpenFile }
  | { readonly _tag: "closed" }

export class Session {
  private readonly host: SessionHost
  private readonly outbox: SocketOutbox
  private state: State = { _tag: "idle" }
  private badMessages = 0
  private badMessagesSinceMillis = 0
  private excess = { frames: 0, sinceMillis: 0, lastMillis: 0 }
  /** Whether it has ever had a file. */
  private hasSubscribed = false

  constructor(host: SessionHost, outbox: SocketOutbox) {
    this.host = host
    this.outbox = outbox
  }

  get subscribed(): boolean {
    return this.state._tag === "subscribed"
  }

  /** Whether it has not told yet which file it wants. */
  get isStranger(): boolean {
    return this.idle && !this.hasSubscribed
  }

  get idle(): boolean {
    return this.state._tag === "idle"
  }

  /** A whole message: text, or bytes. */
  onMessage(data: Uint8Array, kind: "text" | "binary"): void {
    const { format } = this.outbox
    if (this.idle && data.length > Limits.handshakeBytesMax) {
      return this.refuse("bad_frame", `a frame before subscribe has at most ${Limits.handshakeBytesMax} bytes`)
    }
    if (kind !== kinds[format]) return this.refuse("bad_frame", `frames are ${kinds[format]} in this protocol`)
    const frame = decodeEditorFrame(data, format)
    if (frame.type === "fault") return this.refuse(frame.code, frame.message)
    const operations = frame.type === "operation" ? frame.operations.length : 0
    if (this.host.allowance.take(operations, this.host.nowMillis())) this.onFrame(frame, data.length)
    else this.onExcess(frame)
  }

  close(): void {
    this.leave()
    this.state = { _tag: "closed" }
  }

  private onFrame(frame: EditorFrame, bytes = 0): void {
    if (frame.type === "ping") {
      const echo = frame.echo === undefined ? {} : { echo: frame.echo }
      this.outbox.tell({ type: "pong", payload: { serverTime: this.host.nowMillis(), ...echo } })
      return
    }
    switch (this.state._tag) {
      case "closed":
        return
      case "subscribing":
        if (frame.type === "subscribe") this.refuse("already_subscribing", "wait for sync before the next subscribe")
        else if (this.state.held.length >= heldFramesMax || this.state.heldBytes + bytes > heldBytesMax) {
          this.refuse("busy", "wait for sync", idsOf(frame))
        } else {
          this.state.heldBytes += bytes
          this.state.held.push(frame)
        }
        return
      case "idle":
        if (frame.type === "subscribe") this.subscribe(frame.payload)
        else if (frame.type !== "unsubscribe") this.refuse("not_subscribed", "subscribe first", idsOf(frame))
        return
      case "subscribed":
        this.onSubscribedFrame(frame, this.state.file)
    }
  }

  private onSubscribedFrame(frame: EditorFrame, file: OpenFile): void {
    switch (frame.type) {
      case "subscribe":
        this.leave()
        this.subscribe(frame.payload)
        return
      case "unsubscribe":
        this.leave()
        this.state = { _tag: "idle" }
        return
      case "authenticate":
        void this.refresh(frame.token, file)
        return
      case "presence":
        file.hub.presence.move(file.attachment.editor.clientId, frame.presence)
        return
      case "comments":
      case "comment":
      case "commentsRead":
        file.hub.comments.on(file.attachment, frame)
        return
      case "operation":
        this.submit(frame.operations, file)
    }
  }

  private subscribe(subscribe: Subscribe): void {
    const held: Array<EditorFrame> = []
    const subscribing: State = { _tag: "subscribing", held, heldBytes: 0 }
    this.state = subscribing
    const attach = (hub: FileHub, { identity, principal, userName }: Caller) =>
      new Attachment({ editor: { clientId: clientIdOf(subscribe, hub, principal), ...principal, userName }, identity }, subscribe.compression !== undefined, this.outbox, hub.resync)
    this.host.open(subscribe, attach).then((file) => {
      if (this.state !== subscribing) {
        if (file !== undefined) release(file)
        return
      }
      this.state = file === undefined ? { _tag: "idle" } : { _tag: "subscribed", file }
      if (file !== undefined) this.hasSubscribed = true
      for (const frame of held) this.onFrame(frame)
    })
  }

  /** Takes a newer token of the same user. */
  private async refresh(token: string, { attachment }: OpenFile): Promise<void> {
    const { seat } = attachment
    const found = await this.host.identify(token)
    if (this.state._tag === "closed") return
    if ("refused" in found) return this.dismiss(found.refused)
    const { identity } = seat
    if (found.userId !== identity?.userId) return this.dismiss("the token is another user's")
    if (found.isAdmin !== identity.isAdmin) return this.dismiss("the token's scope is another: connect with it anew")
    seat.identity = found
    attachment.tellAccess()
  }

  /** Sends the editor away when its token does not hold any more: it comes back with another one. */
  checkIdentity(nowMillis: number, isRevoked: (identity: Identity) => boolean): void {
    if (this.state._tag !== "subscribed") return
    const { attachment, hub } = this.state.file
    const { identity } = attachment.seat
    if (identity !== undefined && isRevoked(identity)) return this.dismiss("the token was revoked")
    if (identity !== undefined && identity.expiresAtMillis <= nowMillis) return this.dismiss("the token has expired")
    if (attachment.roleHasEnded(nowMillis)) hub.regrantSoon()
  }

  private dismiss(reason: string): void {
    this.outbox.tell(errorFrame("unauthenticated", reason))
    this.outbox.close(closeCodes.unauthenticated, reason)
    this.close()
  }

  private leave(): void {
    if (this.state._tag !== "subscribed") return
    release(this.state.file)
  }

  private submit(sent: ReadonlyArray<unknown>, { attachment, hub }: OpenFile): void {
    if (sent.length === 0) return this.refuse("bad_frame", "an operation frame has at least one operation")
    if (sent.length > Limits.frameOperationsMax) {
      this.refuse("too_many_operations", `at most ${Limits.frameOperationsMax} operations in one frame`, sent.map(idOf))
      return
    }
    if (hub.submissions.full || attachment.unacknowledged + sent.length > Limits.socketOperationsMax) {
      this.outbox.tell(errorFrame("busy", "too many operations wait for their commit: send these again later", sent.map(idOf)))
      return
    }
    const operations: Array<Operation.Operation> = []
    const results = sent.map((input): OperationResult | undefined => {
      const operation = validateOperation(input)
      if (isRefusal(operation)) {
        return { id: idOf(input), status: "rejected", seq: 0, reason: operation.code, message: operation.message }
      }
      operations.push(operation)
      return undefined
    })
    if (operations.length === 0) {
      this.outbox.tell(ackFrame(results.filter((result) => result !== undefined), hub.watchedSeq))
      return
    }
    if (!hub.submit({ attachment, operations, results, arrivedMillis: performance.now() })) {
      this.outbox.tell(errorFrame("busy", "the file is read-only until its database is back: send these again, on a new connection, when status says so", sent.map(idOf)))
    }
  }

  /** Presence may be lost. Whatever else exceeds what may be sent is to be sent again, later (P9). */
  private onExcess(frame: EditorFrame): void {
    const now = this.host.nowMillis()
    if (now - this.excess.lastMillis > excessPauseMillis) this.excess = { frames: 0, sinceMillis: now, lastMillis: now }
    this.excess.lastMillis = now
    refusedFrames.updateUnsafe(1, Context.empty())
    if (frame.type === "comment") this.outbox.tell(refused(frame.requestId, "busy"))
    else if (frame.type !== "presence") this.outbox.tell(errorFrame("busy", "more than one connection may send: send this again later", idsOf(frame)))
    if (++this.excess.frames > Limits.excessFramesMax || now - this.excess.sinceMillis > Limits.excessMillisMax) {
      this.outbox.close(closeCodes.abusive, "sends too much")
    }
  }

  private refuse(code: ErrorCode, message: string, operationIds?: ReadonlyArray<string>): void {
    const now = this.host.nowMillis()
    if (now - this.badMessagesSinceMillis > badMessagesWindowMillis) {
      this.badMessagesSinceMillis = now
      this.badMessages = 0
    }
    this.outbox.tell(errorFrame(code, message, operationIds))
    if (++this.badMessages > Limits.badMessagesMax) this.outbox.close(closeCodes.abusive, "too many bad messages")
  }
}

const release = ({ attachment, hub, release: letGo }: OpenFile): void => {
  hub.detach(attachment)
  letGo()
}

/** A client id is kept across reconnects, and is refused, by giving another, when it belongs to somebody else. */
const clientIdOf = ({ clientId }: Subscribe, hub: FileHub, { userId }: Principal): string => {
  const holder = clientId === undefined ? undefined : hub.userOf(clientId)
  return clientId !== undefined && (holder === undefined || holder === userId) ? clientId : crypto.randomUUID()
}

const idsOf = (frame: EditorFrame): ReadonlyArray<string> | undefined =>
  frame.type === "operation" ? frame.operations.map(idOf) : undefined

const idOf = (input: unknown): string =>
  typeof input === "object" && input !== null && "id" in input && typeof input.id === "string" ? input.id.slice(0, 64) : ""
