/**
 * What runners and gateways say to each other: frames of a length, a kind, the request that it is about, and a body.
 *
 *     u32 length of the rest | u8 kind | u64 request | body
 *
 * The body of a call is the JSON text of its `CallHead` behind a u16 with its length, and then the payload. All numbers
 * are little-endian.
 */

export const kinds = { call: 1, interrupt: 2, ping: 3, reply: 4, refusal: 5, pong: 6 } as const
export type Kind = (typeof kinds)[keyof typeof kinds]

export interface Frame {
  /** One of `kinds`, unless the other side is of another version. */
  readonly kind: number
  readonly requestId: bigint
  readonly body: Uint8Array
}

/** Whom a call is for and what it asks. */
export interface CallHead {
  readonly tag: string
  readonly entityType: string
  readonly entityId: string
  readonly shardGroup: string
  readonly shard: number
}

/** Largest frame: a snapshot of a very big document, uncompressed. */
const frameBytesMax = 512 * 1024 * 1024

const lengthBytes = 4
const headBytes = 13

const nothing = new Uint8Array()

export const encodeFrame = (kind: Kind, requestId = 0n, body: Uint8Array = nothing): Buffer => {
  const frame = Buffer.allocUnsafe(headBytes + body.length)
  frame.writeUInt32LE(headBytes - lengthBytes + body.length, 0)
  frame.writeUInt8(kind, 4)
  frame.writeBigUInt64LE(requestId, 5)
  frame.set(body, headBytes)
  return frame
}

export const encodeCall = (head: CallHead, payload: Uint8Array): Uint8Array => {
  const text = Buffer.from(JSON.stringify(head), "utf8")
  const body = Buffer.allocUnsafe(2 + text.length + payload.length)
  body.writeUInt16LE(text.length, 0)
  body.set(text, 2)
  body.set(payload, 2 + text.length)
  return body
}

export const decodeCall = (body: Uint8Array): { readonly head: CallHead; readonly payload: Uint8Array } => {
  const bytes = Buffer.from(body.buffer, body.byteOffset, body.byteLength)
  const end = 2 + bytes.readUInt16LE(0)
  // SAFETY: written by `encodeCall` on another node of the same version.
  const head = JSON.parse(bytes.toString("utf8", 2, end)) as CallHead
  return { head, payload: body.subarray(end) }
}

/** Cuts what arrives into frames; throws at one that is too large. */
export class FrameReader {
  private pieces: Array<Buffer> = []
  private bytes = 0
  private bytesNeeded = lengthBytes

  read(piece: Buffer): ReadonlyArray<Frame> {
    this.pieces.push(piece)
    this.bytes += piece.length
    if (this.bytes < this.bytesNeeded) return []
    const all = this.pieces.length === 1 ? piece : Buffer.concat(this.pieces)
    const frames: Array<Frame> = []
    let start = 0
    while (true) {
      this.bytesNeeded = lengthBytes
      if (all.length - start < this.bytesNeeded) break
      this.bytesNeeded += all.readUInt32LE(start)
      if (this.bytesNeeded > frameBytesMax) throw new Error(`a frame of ${this.bytesNeeded} bytes`)
      if (all.length - start < this.bytesNeeded) break
      const end = start + this.bytesNeeded
      frames.push({ kind: all.readUInt8(start + 4), requestId: all.readBigUInt64LE(start + 5), body: all.subarray(start + headBytes, end) })
      start = end
    }
    this.pieces = start === all.length ? [] : [all.subarray(start)]
    this.bytes = all.length - start
    return frames
  }
}
