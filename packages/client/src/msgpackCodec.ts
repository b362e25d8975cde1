/** Frames as MessagePack. Loaded when an editor asks for it, so that the others need not carry it. */
import { msgpackSubprotocol } from "@easel/protocol/editor"
import { binaryContent, decode, encode } from "@easel/protocol/msgpack"
import type { FrameCodec } from "./frameCodec.ts"

export const msgpackCodec: FrameCodec = {
  subprotocol: msgpackSubprotocol,
  encode,
  compressedIn: (message) => message instanceof ArrayBuffer ? binaryContent(new Uint8Array(message)) : undefined,
  decode: (data) => {
    if (!(data instanceof ArrayBuffer)) throw new TypeError("a frame of MessagePack is binary")
    return decode(new Uint8Array(data))
  }
}
