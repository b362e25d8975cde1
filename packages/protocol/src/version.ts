/**
 * The version of everything that crosses a boundary, with its history. A change that an old editor cannot read raises
 * the major number; `subscribe` may name the version it was written for and is refused when it cannot be served.
 *
 * 1  2026-11  first protocol: subscribe, operation, presence, unsubscribe, ping; JSON text frames
 *    2026-11  beside it, the same frames as MessagePack, for who asks for the subprotocol easel.msgpack.v1
 *    2026-11  frames `tentative` and modes of `status` while the database is away, for who cares
 */
export const protocolVersion = 1
