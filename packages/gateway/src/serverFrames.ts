/**
 * Frames to editors, as whole WebSocket messages. Bodies come from the actor already encoded; here they are only put between head
 * and tail, once per event, and once more for each editor whose own part has to be left out.
 */
import { constants, deflateRawSync } from "node:zlib"
import type { Committed, ErrorCode, Joined, OperationResult, PresenceChanged, ServerFrame } from "@easel/protocol"
import { protocolVersion } from "@easel/protocol"
import { binaryMessage, type Message, textMessage } from "./webSocketFrame.ts"

export const encode = (frame: ServerFrame): Message => textMessage(JSON.stringify(frame), [], "")

export const errorFrame = (code: ErrorCode, message: string, operationIds?: ReadonlyArray<string>): Message =>
  encode({ type: "error", payload: operationIds === undefined ? { code, message } : { code, message, operationIds } })

export const ackFrame = (results: ReadonlyArray<OperationResult>, seq: number): Message =>
  encode({ type: "ack", payload: { operationIds: results.map(({ id }) => id), results, seq } })

/** Whom a frame is for, and what `sync` says of them. */
export interface Recipient {
  readonly clientId: string
  readonly serverTime: number
}

/** `sync` with a snapshot, or with what was missed when there is none. */
export const syncFrame = (joined: Joined, fileId: string, sinceSeq: number, recipient: Recipient): Message => {
  const about = `"yourColor":"${joined.color}","clientId":"${recipient.clientId}","epoch":${joined.epoch},"role":"editor",`
    + `"serverTime":${recipient.serverTime},"latestTimestamp":${joined.latestTimestamp},"protocolVersion":${protocolVersion}`
  const presence = Buffer.from(joined.presence).toString("utf8")
  if (joined.snapshot !== undefined) {
    const { body, encoding, seq } = joined.snapshot
    const head = `{"type":"sync","payload":{"file":`
    const tail = `,"presence":[${presence}],"seq":${seq},${about}}}`
    if (encoding === "identity") return textMessage(head, [body], tail)
    return binaryMessage([deflateRawSync(head, { finishFlush: constants.Z_SYNC_FLUSH }), body, deflateRawSync(tail)])
  }
  return textMessage(
    `{"type":"sync","payload":{"fileId":"${fileId}","fromSeq":${sinceSeq},"operations":[`,
    joined.missed === undefined ? [] : [joined.missed.body],
    `],"presence":[${presence}],"seq":${joined.seq},${about}}}`
  )
}

/** An event as frames: one shared by all editors it is news to, others put together for those who caused part of it. */
export class EventFrames {
  private readonly event: Committed | PresenceChanged
  private readonly authors: ReadonlySet<string>
  private shared: Message | undefined

  constructor(event: Committed | PresenceChanged) {
    this.event = event
    this.authors = new Set(event.parts.map(({ author }) => author))
  }

  /** The frame with everybody's parts. */
  get whole(): Message {
    this.shared ??= [Buffer.concat(frameOf(this.event, [this.event.body]))]
    return this.shared
  }

  /** The frame for an editor, or `undefined` when the event holds nothing but its own. */
  for(author: string): Message | undefined {
    const { event } = this
    if (this.authors.has(author)) {
      const others = withoutOwn(event, author)
      return others.length === 0 && !someLeft(event) ? undefined : frameOf(event, others)
    }
    return event.parts.length === 0 && !someLeft(event) ? undefined : this.whole
  }
}

const someLeft = (event: Committed | PresenceChanged): boolean => event._tag === "PresenceChanged" && event.left.length > 0

/**
 * The stretches of a body between an editor's own parts. They are views of the body, not copies; one that is followed
 * by another takes the comma behind it along.
 */
const withoutOwn = ({ body, parts }: Committed | PresenceChanged, author: string): ReadonlyArray<Uint8Array> => {
  const stretches: Array<{ readonly start: number; end: number }> = []
  let joins = false
  for (const part of parts) {
    const last = stretches.at(-1)
    if (part.author === author) joins = false
    else if (last !== undefined && joins) last.end = part.end
    else {
      stretches.push({ start: part.start, end: part.end })
      joins = true
    }
  }
  return stretches.map(({ end, start }, index) => body.subarray(start, index === stretches.length - 1 ? end : end + 1))
}

const frameOf = (event: Committed | PresenceChanged, body: ReadonlyArray<Uint8Array>): Message =>
  event._tag === "Committed"
    ? textMessage(`{"type":"operation","payload":{"operations":[`, body, `],"seq":${event.seq},"epoch":${event.epoch}}}`)
    : textMessage(`{"type":"presence","payload":{"presence":[`, body, `],"left":${JSON.stringify(event.left)}}}`)

/** Why a file does not open, by the tag of what went wrong. */
export const unopened = (tag: string): Message => {
  switch (tag) {
    case "FileMissing":
      return errorFrame("file_missing", "no file has this id")
    case "FileDamaged":
      return errorFrame("file_damaged", "the file is damaged and cannot be opened: tell its operator")
    default:
      return errorFrame("file_unavailable", "the file cannot be opened now: try again")
  }
}
