/** The formats of frames. Which one a connection has is agreed on with its upgrade, by the subprotocol (P15). */

export type FrameFormat = "json" | "msgpack"

/** Asks for MessagePack; who names no subprotocol speaks JSON. */
export const msgpackSubprotocol = "easel.msgpack.v1"
