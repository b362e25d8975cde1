/**
 * Decodes what an editor sent into an `EditorFrame`, or says what is wrong with it. The only place where frames from
 * outside are parsed; operations inside are validated one by one by `@easel/document`, so that one bad operation does
 * not cost its neighbours.
 */
import { isId, type Json, jsonFault } from "@easel/document"
import * as Exit from "effect/Exit"
import * as Schema from "effect/Schema"
import { type CommentFrame, decodeCommentFrame } from "./commentFrames.ts"
import type { ErrorCode } from "./codes.ts"
import type { FrameFormat } from "./frameFormats.ts"
import { presenceBytesMax, secretCharsMax, userTextCharsMax } from "./limits.ts"
import { decode } from "./msgpack/decode.ts"
import { protocolVersion } from "./version.ts"

const UserText = Schema.String.check(Schema.isMinLength(1), Schema.isMaxLength(userTextCharsMax))
const StorableText = UserText.check(Schema.makeFilter((text) => jsonFault(text) === undefined || "holds NUL or a lone surrogate"))
const Id = Schema.String.check(Schema.makeFilter((text) => isId(text) || "is not an id"))
const Secret = Schema.String.check(Schema.isMinLength(1), Schema.isMaxLength(secretCharsMax))
const Storable = Schema.Unknown.check(Schema.makeFilter((value) => jsonFault(value) ?? true))

export const Subscribe = Schema.Struct({
  fileId: Schema.String.check(Schema.isUUID()),
  userId: StorableText,
  userName: Schema.optional(StorableText),
  /** The last seq this editor has applied; asks for what it missed instead of a snapshot. */
  sinceSeq: Schema.optional(Schema.Int.check(Schema.isGreaterThanOrEqualTo(0))),
  /** The identity of an earlier connection, kept across a reconnect. */
  clientId: Schema.optional(Id),
  protocolVersion: Schema.optional(Schema.Int),
  /** Large `sync` frames come as binary frames that hold the frame's text in this encoding. */
  compression: Schema.optional(Schema.Literal("deflate-raw")),
  /** A JSON Web Token, or a ticket. The user is who it names. */
  token: Schema.optional(Secret),
  /** The secret of a share link. */
  link: Schema.optional(Secret)
})
export type Subscribe = typeof Subscribe.Type

export const PresenceUpdate = Schema.Struct({
  cursor: Schema.optional(Storable),
  selection: Schema.optional(Storable),
  viewport: Schema.optional(Storable)
})

export interface PresenceFields {
  readonly cursor: Json
  readonly selection: Json
  readonly viewport: Json
}

export type EditorFrame =
  | { readonly type: "subscribe"; readonly payload: Subscribe }
  | { readonly type: "operation"; readonly operations: ReadonlyArray<unknown> }
  | { readonly type: "presence"; readonly presence: PresenceFields }
  | { readonly type: "authenticate"; readonly token: string }
  | CommentFrame
  | { readonly type: "unsubscribe" }
  | { readonly type: "ping"; readonly echo: Json | undefined }

export interface FrameFault {
  readonly type: "fault"
  readonly code: ErrorCode
  readonly message: string
}

const shapes = {
  json: "a frame is JSON text {type, payload}",
  msgpack: "a frame is {type, payload} in MessagePack, of the values that JSON has, nested at most 64 deep"
} as const satisfies Record<FrameFormat, string>

export const decodeEditorFrame = (data: Uint8Array, format: FrameFormat): EditorFrame | FrameFault => {
  let frame: unknown
  try {
    // Broken UTF-8 has ended the connection before (P10).
    frame = format === "json" ? JSON.parse(Buffer.from(data.buffer, data.byteOffset, data.byteLength).toString("utf8")) : decode(data)
  } catch {
    return fault("bad_frame", shapes[format])
  }
  if (!isRecord(frame) || typeof frame.type !== "string") return fault("bad_frame", shapes[format])
  const payload = frame.payload
  switch (frame.type) {
    case "operation":
      if (!isRecord(payload) || !Array.isArray(payload.operations)) return fault("bad_frame", "payload is {operations: [...]}")
      return { type: "operation", operations: payload.operations }
    case "presence":
      if (data.length > presenceBytesMax) return fault("bad_presence", `presence has at most ${presenceBytesMax} bytes`)
      return decodePresence(payload)
    case "subscribe":
      return decodeSubscribe(payload)
    case "authenticate":
      if (!isRecord(payload) || typeof payload.token !== "string" || payload.token.length > secretCharsMax) return fault("bad_frame", "payload is {token}")
      return { type: "authenticate", token: payload.token }
    case "comments":
    case "comment":
    case "commentsRead": {
      const decoded = decodeCommentFrame(frame.type, payload)
      return "expected" in decoded ? fault("bad_comment", `payload is ${decoded.expected}`) : decoded
    }
    case "unsubscribe":
      return { type: "unsubscribe" }
    case "ping": {
      const echo = isRecord(payload) ? payload.echo : undefined
      // SAFETY: jsonFault found nothing, so the value is Json.
      return { type: "ping", echo: jsonFault(echo) === undefined ? echo as Json : undefined }
    }
    default:
      return fault("unknown_type", "type is subscribe, operation, presence, authenticate, comments, comment, commentsRead, unsubscribe or ping")
  }
}

const decodeSubscribeExit = Schema.decodeUnknownExit(Subscribe)
const decodePresenceExit = Schema.decodeUnknownExit(PresenceUpdate)

const decodeSubscribe = (payload: unknown): EditorFrame | FrameFault => {
  const decoded = decodeSubscribeExit(payload)
  if (Exit.isFailure(decoded)) {
    return fault("bad_subscribe", "payload is {fileId: UUID, userId, userName?, sinceSeq?, clientId?, token?, link?}")
  }
  const wanted = decoded.value.protocolVersion ?? protocolVersion
  if (wanted !== protocolVersion) {
    return fault("unsupported_version", `this server speaks protocol version ${protocolVersion}, not ${wanted}`)
  }
  // One spelling per file: actors and hubs are found by it.
  return { type: "subscribe", payload: { ...decoded.value, fileId: decoded.value.fileId.toLowerCase() } }
}

const decodePresence = (payload: unknown): EditorFrame | FrameFault => {
  const decoded = decodePresenceExit(payload)
  if (Exit.isFailure(decoded)) return fault("bad_presence", "payload is {cursor?, selection?, viewport?} of JSON values")
  const { cursor = null, selection = null, viewport = null } = decoded.value
  // SAFETY: the schema's filter found each of them to be Json.
  return { type: "presence", presence: { cursor, selection, viewport } as PresenceFields }
}

const fault = (code: ErrorCode, message: string): FrameFault => ({ type: "fault", code, message })
const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value)
