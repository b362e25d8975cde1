/**
 * Reads MessagePack, strictly, the part of it that JSON has. Bytes from strangers: what it returns is what
 * `JSON.parse` could return (but for numbers that are not finite, which no value passes with, D12), and it never takes
 * more memory than the bytes pay for, as no length is believed that exceeds what is left. Libraries fall short of that:
 * one ended the process at 320 bytes of nested array headers, another renames `__proto__`, turns extensions into dates
 * and broken UTF-8 into other text. Runs in a browser.
 */

/** Deepest nesting of a frame: that of a value (32), and what stands around it. */
const depthMax = 64

/** Why bytes are not what they should be. */
export class MsgpackInvalid extends Error {}

// A byte order mark is a character like any other.
const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true })

/** Longer strings are cheaper to decode by a call to the decoder. */
const asciiBytesMax = 32

export const decode = (bytes: Uint8Array): unknown => {
  const reader = new Reader(bytes)
  const value = reader.value(1)
  if (!reader.atEnd) throw new MsgpackInvalid("something follows the value")
  return value
}

/** What a binary value holds, or `undefined` when the bytes are something else. */
export const binaryContent = <Memory extends ArrayBufferLike>(bytes: Uint8Array<Memory>): Uint8Array<Memory> | undefined => {
  const first = bytes[0]
  if (first === undefined || first < 0xc4 || first > 0xc6) return undefined
  return bytes.subarray(new Reader(bytes).binaryStart())
}

class Reader {
  private readonly bytes: Uint8Array
  private readonly view: DataView
  private at = 0

  constructor(bytes: Uint8Array) {
    this.bytes = bytes
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  }

  get atEnd(): boolean {
    return this.at === this.bytes.length
  }

  value(depth: number): unknown {
    const first = this.byte()
    if (first < 0x80) return first
    if (first < 0x90) return this.map(first & 0x0f, depth)
    if (first < 0xa0) return this.array(first & 0x0f, depth)
    if (first < 0xc0) return this.text(first & 0x1f)
    if (first >= 0xe0) return first - 0x100
    switch (first) {
      case 0xc0:
        return null
      case 0xc2:
        return false
      case 0xc3:
        return true
      case 0xca:
        return this.view.getFloat32(this.skip(4))
      case 0xcb:
        return this.view.getFloat64(this.skip(8))
      case 0xcc:
        return this.byte()
      case 0xcd:
        return this.view.getUint16(this.skip(2))
      case 0xce:
        return this.view.getUint32(this.skip(4))
      case 0xcf:
        return Number(this.view.getBigUint64(this.skip(8)))
      case 0xd0:
        return this.view.getInt8(this.skip(1))
      case 0xd1:
        return this.view.getInt16(this.skip(2))
      case 0xd2:
        return this.view.getInt32(this.skip(4))
      case 0xd3:
        return Number(this.view.getBigInt64(this.skip(8)))
      case 0xdc:
        return this.array(this.view.getUint16(this.skip(2)), depth)
      case 0xdd:
        return this.array(this.view.getUint32(this.skip(4)), depth)
      case 0xde:
        return this.map(this.view.getUint16(this.skip(2)), depth)
      case 0xdf:
        return this.map(this.view.getUint32(this.skip(4)), depth)
      default:
        return this.text(this.textBytes(first))
    }
  }

  /** Where the content begins of a binary value that is all there is. */
  binaryStart(): number {
    const first = this.byte()
    const bytes = first === 0xc4 ? this.byte() : first === 0xc5 ? this.view.getUint16(this.skip(2)) : this.view.getUint32(this.skip(4))
    const start = this.skip(bytes)
    if (!this.atEnd) throw new MsgpackInvalid("something follows the value")
    return start
  }

  private array(length: number, depth: number): unknown {
    this.enter(length, depth)
    const values: Array<unknown> = []
    for (let index = 0; index < length; index++) values.push(this.value(depth + 1))
    return values
  }

  private map(pairs: number, depth: number): unknown {
    this.enter(pairs * 2, depth)
    const object: Record<string, unknown> = {}
    for (let index = 0; index < pairs; index++) {
      const first = this.byte()
      const key = this.text(first >= 0xa0 && first < 0xc0 ? first & 0x1f : this.textBytes(first))
      const value = this.value(depth + 1)
      // As JSON.parse does: an own member, which is refused where values are checked.
      if (key === "__proto__") Object.defineProperty(object, key, { value, writable: true, enumerable: true, configurable: true })
      else object[key] = value
    }
    return object
  }

  /** Every value has a byte at least. */
  private enter(values: number, depth: number): void {
    if (values > this.bytes.length - this.at) throw new MsgpackInvalid("it ends too early")
    if (depth > depthMax) throw new MsgpackInvalid(`nested deeper than ${depthMax}`)
  }

  private textBytes(first: number): number {
    if (first === 0xd9) return this.byte()
    if (first === 0xda) return this.view.getUint16(this.skip(2))
    if (first === 0xdb) return this.view.getUint32(this.skip(4))
    throw new MsgpackInvalid("it holds something else than JSON has")
  }

  private text(length: number): string {
    const start = this.skip(length)
    const end = start + length
    const { bytes } = this
    if (length > asciiBytesMax) return decodeUtf8(bytes.subarray(start, end))
    let text = ""
    for (let index = start; index < end; index++) {
      const byte = bytes[index] ?? 0
      if (byte >= 0x80) return decodeUtf8(bytes.subarray(start, end))
      text += String.fromCharCode(byte)
    }
    return text
  }

  private byte(): number {
    return this.bytes[this.skip(1)] ?? 0
  }

  /** Where the next so many bytes begin. */
  private skip(bytes: number): number {
    const start = this.at
    if (bytes > this.bytes.length - start) throw new MsgpackInvalid("it ends too early")
    this.at = start + bytes
    return start
  }
}

const decodeUtf8 = (bytes: Uint8Array): string => {
  try {
    return utf8.decode(bytes)
  } catch {
    throw new MsgpackInvalid("it holds text that is not UTF-8")
  }
}
