/** The answer to `subscribe`: a snapshot or what was missed, both encoded by the actor, and what concerns one editor alone. */
import { constants, deflateRawSync } from "node:zlib"
import { type Access, type FrameFormat, type Joined, protocolVersion, type Snapshot } from "@easel/protocol"
import * as msgpack from "@easel/protocol/msgpack"
import { jsonValues } from "./EventFrames.ts"
import { binaryMessage, type Message, textMessage } from "./webSocketFrame.ts"

/** Whom a frame is for, and what `sync` says of them. */
export interface Recipient {
  readonly clientId: string
  readonly serverTime: number
  readonly format: FrameFormat
  readonly access: Access
}

/** `sync` with a snapshot, or with what was missed when there is none. */
export const syncFrame = (joined: Joined, fileId: string, sinceSeq: number, recipient: Recipient): Message =>
  recipient.format === "json" ? jsonSync(joined, fileId, sinceSeq, recipient) : msgpackSync(joined, fileId, sinceSeq, recipient)

const jsonSync = (joined: Joined, fileId: string, sinceSeq: number, recipient: Recipient): Message => {
  const presence = Buffer.from(joined.presence).toString("utf8")
  const { snapshot } = joined
  const about = Object.entries(aboutOf(joined, recipient)).map(([key, value]) => `,"${key}":${JSON.stringify(value)}`).join("")
  const tail = `,"presence":[${presence}]${about}}}`
  if (snapshot === undefined) {
    const missed = joined.missed === undefined ? [] : [joined.missed.body]
    return textMessage(`{"type":"sync","payload":{"fileId":"${fileId}","fromSeq":${sinceSeq},"operations":[`, missed, `]${tail}`)
  }
  const head = `{"type":"sync","payload":{"file":`
  if (snapshot.encoding === "identity") return textMessage(head, [snapshot.body], tail)
  const [first, ...rest] = deflated(head, snapshot, tail)
  return binaryMessage(first, rest)
}

const msgpackSync = (joined: Joined, fileId: string, sinceSeq: number, recipient: Recipient): Message => {
  const { snapshot } = joined
  const about = Object.entries(aboutOf(joined, recipient))
  const head = new msgpack.Writer().map(2).text("type").text("sync").text("payload")
  const tail = new msgpack.Writer()
  if (snapshot === undefined) {
    head.map(4 + about.length).text("fileId").text(fileId).text("fromSeq").value(sinceSeq)
    head.text("operations").value(joined.missed === undefined ? [] : jsonValues(joined.missed.body))
  } else head.map(2 + about.length).text("file")
  tail.text("presence").value(jsonValues(joined.presence))
  for (const [key, value] of about) tail.text(key).value(value)
  if (snapshot === undefined) return binaryMessage(head.written, [tail.written])
  if (snapshot.encoding === "identity") return binaryMessage(head.written, [snapshot.body, tail.written])
  const pieces = deflated(head.written, snapshot, tail.written)
  return binaryMessage(msgpack.binaryHeader(pieces.reduce((sum, piece) => sum + piece.length, 0)), pieces)
}

const aboutOf = (joined: Joined, { access, clientId, serverTime }: Recipient) => ({
  seq: joined.snapshot?.seq ?? joined.seq,
  yourColor: joined.color,
  clientId,
  epoch: joined.epoch,
  ...access,
  serverTime,
  latestTimestamp: joined.latestTimestamp,
  protocolVersion
})

/** Head and tail compressed around a snapshot that is (see `Snapshot`). */
const deflated = (head: string | Uint8Array, { body }: Snapshot, tail: string | Uint8Array): readonly [Uint8Array, Uint8Array, Uint8Array] =>
  [deflateRawSync(head, { finishFlush: constants.Z_SYNC_FLUSH }), body, deflateRawSync(tail)]
