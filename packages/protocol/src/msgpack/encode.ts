/**
 * Writes MessagePack (https://github.com/msgpack/msgpack/blob/master/spec.md), the part of it that JSON has: nil,
 * booleans, numbers, strings, arrays and maps with string keys. What it writes of a value is what `JSON.stringify`
 * would: members that are `undefined` are left out, numbers that are not finite become nil, `-0` is 0. Each value has
 * its shortest form, so equal values have equal bytes. Runs in a browser.
 */

const utf8 = new TextEncoder()

/** Shorter strings are written unit by unit while they are ASCII, which is faster than a call to the encoder. */
const asciiCharsMax = 64

export class Writer {
  private bytes: Uint8Array<ArrayBuffer>
  private view: DataView
  private at = 0

  /** The size is a guess; the buffer doubles when it is too small. */
  constructor(bytesGuess = 256) {
    this.bytes = new Uint8Array(bytesGuess)
    this.view = new DataView(this.bytes.buffer)
  }

  /** Bytes written so far. */
  get size(): number {
    return this.at
  }

  /** Everything written so far, until more is written. */
  get written(): Uint8Array<ArrayBuffer> {
    return this.bytes.subarray(0, this.at)
  }

  /** So many pairs of a key and a value follow. */
  map(pairs: number): this {
    return this.header(pairs, 0x80, 0xde)
  }

  /** So many values follow. */
  array(values: number): this {
    return this.header(values, 0x90, 0xdc)
  }

  /** A key of a map, or any string. */
  text(text: string): this {
    const { length } = text
    // A UTF-16 unit is three bytes at most.
    this.reserve(5 + length * 3)
    if (length <= asciiCharsMax && this.ascii(text)) return this
    const start = this.at + (length <= 10 ? 1 : length * 3 < 0x100 ? 2 : length * 3 < 0x10000 ? 3 : 5)
    const bytes = utf8.encodeInto(text, this.bytes.subarray(start)).written
    const header = bytes < 32 ? 1 : bytes < 0x100 ? 2 : bytes < 0x10000 ? 3 : 5
    // The guess of the header's size was too large for a string of few bytes.
    if (this.at + header !== start) this.bytes.copyWithin(this.at + header, start, start + bytes)
    this.textHeader(bytes)
    this.at += bytes
    return this
  }

  value(value: unknown): this {
    switch (typeof value) {
      case "string":
        return this.text(value)
      case "number":
        return this.number(value)
      case "boolean":
        return this.byte(value ? 0xc3 : 0xc2)
      case "object":
        if (value === null) return this.byte(0xc0)
        if (Array.isArray(value)) {
          this.array(value.length)
          for (const item of value) this.value(item)
          return this
        }
        return this.members(value)
      case "undefined":
        return this.byte(0xc0)
      default:
        throw new TypeError(`MessagePack as JSON has it knows no ${typeof value}`)
    }
  }

  private members(value: object): this {
    const entries = Object.entries(value)
    let pairs = 0
    for (const entry of entries) if (entry[1] !== undefined) pairs++
    this.map(pairs)
    for (const [key, item] of entries) if (item !== undefined) this.text(key).value(item)
    return this
  }

  private number(value: number): this {
    if (!Number.isFinite(value)) return this.byte(0xc0)
    this.reserve(9)
    if (!Number.isSafeInteger(value)) {
      this.view.setUint8(this.at, 0xcb)
      this.view.setFloat64(this.at + 1, value)
      this.at += 9
    } else if (value >= 0) this.natural(value)
    else this.negative(value)
    return this
  }

  private natural(value: number): void {
    const { at, view } = this
    if (value < 0x80) view.setUint8(this.at++, value)
    else if (value < 0x100) {
      view.setUint16(at, 0xcc00 | value)
      this.at += 2
    } else if (value < 0x10000) {
      view.setUint8(at, 0xcd)
      view.setUint16(at + 1, value)
      this.at += 3
    } else if (value < 0x100000000) {
      view.setUint8(at, 0xce)
      view.setUint32(at + 1, value)
      this.at += 5
    } else {
      view.setUint8(at, 0xcf)
      this.long(value)
    }
  }

  private negative(value: number): void {
    const { at, view } = this
    if (value >= -0x20) view.setInt8(this.at++, value)
    else if (value >= -0x80) {
      view.setUint8(at, 0xd0)
      view.setInt8(at + 1, value)
      this.at += 2
    } else if (value >= -0x8000) {
      view.setUint8(at, 0xd1)
      view.setInt16(at + 1, value)
      this.at += 3
    } else if (value >= -0x80000000) {
      view.setUint8(at, 0xd2)
      view.setInt32(at + 1, value)
      this.at += 5
    } else {
      view.setUint8(at, 0xd3)
      this.long(value)
    }
  }

  private long(value: number): void {
    this.view.setInt32(this.at + 1, Math.floor(value / 0x100000000))
    this.view.setUint32(this.at + 5, value >>> 0)
    this.at += 9
  }

  /** Writes a short string if it is ASCII; else nothing. */
  private ascii(text: string): boolean {
    const { bytes } = this
    const { length } = text
    const start = this.at + (length < 32 ? 1 : 2)
    for (let index = 0; index < length; index++) {
      const unit = text.charCodeAt(index)
      if (unit >= 0x80) return false
      bytes[start + index] = unit
    }
    this.textHeader(length)
    this.at += length
    return true
  }

  private textHeader(bytes: number): void {
    if (bytes < 32) this.view.setUint8(this.at++, 0xa0 | bytes)
    else if (bytes < 0x100) {
      this.view.setUint16(this.at, 0xd900 | bytes)
      this.at += 2
    } else this.header(bytes, 0, 0xda)
  }

  /** A count: in the first byte when there is room, else in two or four bytes after `long` or the byte that follows it. */
  private header(count: number, short: number, long: number): this {
    this.reserve(5)
    if (short !== 0 && count < 16) this.view.setUint8(this.at++, short | count)
    else if (count < 0x10000) {
      this.view.setUint8(this.at, long)
      this.view.setUint16(this.at + 1, count)
      this.at += 3
    } else {
      this.view.setUint8(this.at, long + 1)
      this.view.setUint32(this.at + 1, count)
      this.at += 5
    }
    return this
  }

  private byte(byte: number): this {
    this.reserve(1)
    this.view.setUint8(this.at++, byte)
    return this
  }

  private reserve(bytes: number): void {
    const needed = this.at + bytes
    if (needed <= this.bytes.length) return
    const grown = new Uint8Array(Math.max(needed, this.bytes.length * 2))
    grown.set(this.bytes.subarray(0, this.at))
    this.bytes = grown
    this.view = new DataView(grown.buffer)
  }
}

export const encode = (value: unknown): Uint8Array<ArrayBuffer> => new Writer().value(value).written

/** The head of a binary value, as one that holds a compressed frame begins. */
export const binaryHeader = (bytes: number): Uint8Array<ArrayBuffer> => {
  const header = new Uint8Array(5)
  header[0] = 0xc6
  new DataView(header.buffer).setUint32(1, bytes)
  return header
}
