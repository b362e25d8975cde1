/**
 * Frames to editors, as UTF-8 bytes. Bodies come from the actor already encoded; here they are only put between head
 * and tail, once per event, and once more for each editor whose own part has to be left out.
 */
import { constants, deflateRawSync } from "node:zlib"
import type { Committed, ErrorCode, Joined, OperationResult, PresenceChanged, ServerFrame } from "@easel/protocol"
import { protocolVersion } from "@easel/protocol"

export const encode = (frame: ServerFrame): Buffer => Buffer.from(JSON.stringify(frame), "utf8")

export const errorFrame = (code: ErrorCode, message: string, operationIds?: ReadonlyArray<string>): Buffer =>
  encode({ type: "error", payload: operationIds === undefined ? { code, message } : { code, message, operationIds } })

export const ackFrame = (results: ReadonlyArray<OperationResult>, seq: number): Buffer =>
  encode({ type: "ack", payload: { operationIds: results.map(({ id }) => id), results, seq } })

/** Whom a frame is for, and what `sync` says of them. */
export interface Recipient {
  readonly clientId: string
  readonly serverTime: number
}

/** `sync` with a snapshot, or with what was missed when there is none. */
export const syncFrame = (joined: Joined, fileId: string, sinceSeq: number, recipient: Recipient): Buffer => {
  const about = `"yourColor":"${joined.color}","clientId":"${recipient.clientId}","epoch":${joined.epoch},"role":"editor",`
    + `"serverTime":${recipient.serverTime},"protocolVersion":${protocolVersion}`
  const presence = [`,"presence":[`, joined.presence, `],`]
  if (joined.snapshot !== undefined) {
    const { body, encoding, seq } = joined.snapshot
    const head = bytes([`{"type":"sync","payload":{"file":`])
    const tail = bytes([...presence, `"seq":${seq},${about}}}`])
    if (encoding === "identity") return bytes([head, body, tail])
    return bytes([deflateRawSync(head, { finishFlush: constants.Z_SYNC_FLUSH }), body, deflateRawSync(tail)])
  }
  const body = joined.missed?.body ?? new Uint8Array()
  return bytes([
    `{"type":"sync","payload":{"fileId":"${fileId}","fromSeq":${sinceSeq},"operations":[`,
    body,
    `]`,
    ...presence,
    `"seq":${joined.seq},${about}}}`
  ])
}

type Part = (Committed | PresenceChanged)["parts"][number]

/** An event as frames: one shared by all editors it is news to, others made for those who caused part of it. */
export class EventFrames {
  private readonly event: Committed | PresenceChanged
  private shared: Buffer | undefined

  constructor(event: Committed | PresenceChanged) {
    this.event = event
  }

  /** The frame with everybody's parts. */
  get whole(): Buffer {
    this.shared ??= frameOf(this.event, [this.event.body])
    return this.shared
  }

  /** The frame for an editor, or `undefined` when the event holds nothing but its own. */
  for(clientId: string): Buffer | undefined {
    const { event } = this
    const isOwn = (part: Part) => part.clientId === clientId
    if (!event.parts.some(isOwn)) {
      if (event.parts.length === 0 && (event._tag === "Committed" || event.left.length === 0)) return undefined
      return this.whole
    }
    const others = withoutOwn(event.body, event.parts, isOwn)
    if (others.length === 0 && (event._tag === "Committed" || event.left.length === 0)) return undefined
    return frameOf(event, others)
  }
}

/** The stretches of a body between an editor's own parts, joined by commas again. */
const withoutOwn = (body: Uint8Array, parts: ReadonlyArray<Part>, isOwn: (part: Part) => boolean): ReadonlyArray<Uint8Array | string> => {
  const kept: Array<Uint8Array | string> = []
  let from = -1
  let to = -1
  const close = () => {
    if (from === -1) return
    if (kept.length > 0) kept.push(",")
    kept.push(body.subarray(from, to))
    from = -1
  }
  for (const part of parts) {
    if (isOwn(part)) {
      close()
      continue
    }
    if (from === -1) from = part.start
    to = part.end
  }
  close()
  return kept
}

const frameOf = (event: Committed | PresenceChanged, body: ReadonlyArray<Uint8Array | string>): Buffer =>
  event._tag === "Committed"
    ? bytes([`{"type":"operation","payload":{"operations":[`, ...body, `],"seq":${event.seq},"epoch":${event.epoch}}}`])
    : bytes([`{"type":"presence","payload":{"presence":[`, ...body, `],"left":${JSON.stringify(event.left)}}}`])

const bytes = (pieces: ReadonlyArray<Uint8Array | string>): Buffer =>
  Buffer.concat(pieces.map((piece) => typeof piece === "string" ? Buffer.from(piece, "utf8") : piece))
