/** Frames to editors that the gateway makes itself, as whole WebSocket messages. */
import type { ErrorCode, FrameFormat, OperationResult, ServerFrame } from "@easel/protocol"
import * as msgpack from "@easel/protocol/msgpack"
import { binaryMessage, type Message, textMessage } from "./webSocketFrame.ts"

export const encode = (frame: ServerFrame, format: FrameFormat): Message =>
  format === "json" ? textMessage(JSON.stringify(frame), [], "") : binaryMessage(msgpack.encode(frame))

/** A frame for many editors, encoded once for each format that one of them has. */
export class SharedFrame {
  private readonly frame: ServerFrame
  private readonly encoded: { [Format in FrameFormat]?: Message } = {}

  constructor(frame: ServerFrame) {
    this.frame = frame
  }

  in(format: FrameFormat): Message {
    return this.encoded[format] ??= encode(this.frame, format)
  }
}

export const errorFrame = (code: ErrorCode, message: string, operationIds?: ReadonlyArray<string>): ServerFrame =>
  ({ type: "error", payload: operationIds === undefined ? { code, message } : { code, message, operationIds } })

export const ackFrame = (results: ReadonlyArray<OperationResult>, seq: number): ServerFrame =>
  ({ type: "ack", payload: { operationIds: results.map(({ id }) => id), results, seq } })

/** Why a file does not open, by the tag of what went wrong. */
export const unopened = (tag: string): ServerFrame => {
  switch (tag) {
    case "FileMissing":
      return errorFrame("file_missing", "no file has this id, or it is in the trash")
    case "Forbidden":
      return errorFrame("forbidden", "you may not open this file")
    case "FileDamaged":
      return errorFrame("file_damaged", "the file is damaged and cannot be opened: tell its operator")
    default:
      return errorFrame("file_unavailable", "the file cannot be opened now: try again")
  }
}
