/**
 * Whole WebSocket messages as bytes (RFC 6455, section 5.2). A server's frames are not masked, so one message serves
 * every socket: what goes to 200 editors is framed once and written 200 times. A message may be in pieces, so that
 * parts of a shared body need no copy.
 */

export type Message = ReadonlyArray<Uint8Array>

export const textMessage = (head: string, body: ReadonlyArray<Uint8Array>, tail: string): Message => {
  const headBytes = Buffer.from(head, "utf8")
  if (body.length === 0 && tail === "") return [withHeader(finText, headBytes.length, headBytes)]
  const tailBytes = Buffer.from(tail, "utf8")
  const length = body.reduce((sum, piece) => sum + piece.length, headBytes.length + tailBytes.length)
  return [withHeader(finText, length, headBytes), ...body, tailBytes]
}

/** The first piece is copied behind the header, so it had better be small; the others are not. */
export const binaryMessage = (first: Uint8Array, rest: ReadonlyArray<Uint8Array> = []): Message => {
  const length = rest.reduce((sum, piece) => sum + piece.length, first.length)
  return [withHeader(finBinary, length, first), ...rest]
}

/** The payload of a message made here. */
export const payloadOf = (message: Message): Buffer => {
  const frame = Buffer.concat(message)
  const length = (frame[1] ?? 0) & 0x7f
  return frame.subarray(length === 127 ? 10 : length === 126 ? 4 : 2)
}

export const bytesOf = (message: Message): number => message.reduce((sum, piece) => sum + piece.length, 0)

const finText = 0x81
const finBinary = 0x82

const withHeader = (opcode: number, length: number, head: Uint8Array): Buffer => {
  const size = length < 126 ? 2 : length < 65_536 ? 4 : 10
  const bytes = Buffer.allocUnsafe(size + head.length)
  bytes[0] = opcode
  if (size === 2) bytes[1] = length
  else if (size === 4) {
    bytes[1] = 126
    bytes.writeUInt16BE(length, 2)
  } else {
    bytes[1] = 127
    bytes.writeBigUInt64BE(BigInt(length), 2)
  }
  bytes.set(head, size)
  return bytes
}
