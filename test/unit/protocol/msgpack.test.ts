/** P15: the codec, against the specification's bytes, against another implementation, and against strangers. */
import { binaryContent, binaryHeader, decode, encode, Writer } from "@easel/protocol/msgpack"
import * as fc from "fast-check"
import { Packr, Unpackr } from "msgpackr"
import { describe, expect, test } from "vitest"
import { anyJson, json, runs } from "../../harness/arbitraries.ts"

const hexOf = (bytes: Uint8Array): string => Buffer.from(bytes).toString("hex")
const bytesOf = (hex: string): Uint8Array => Buffer.from(hex.replaceAll(" ", ""), "hex")

/** Any JSON, with numbers around every border between two forms. */
const borders = [7, 8, 15, 16, 31, 32, 52, 53].flatMap((bits) => [-1, 0, 1].flatMap((near) => [2 ** bits + near, -(2 ** bits) + near]))
const value = fc.oneof(json, anyJson, fc.constantFrom(...borders), fc.string({ unit: "grapheme", maxLength: 300 }))

describe("golden bytes", () => {
  const golden: ReadonlyArray<readonly [value: unknown, hex: string]> = [
    [null, "c0"], [false, "c2"], [true, "c3"],
    [0, "00"], [-0, "00"], [127, "7f"], [128, "cc80"], [255, "ccff"], [256, "cd0100"], [65_535, "cdffff"],
    [65_536, "ce00010000"], [4_294_967_295, "ceffffffff"], [4_294_967_296, "cf0000000100000000"],
    [1_700_000_000_000, "cf0000018bcfe56800"], [Number.MAX_SAFE_INTEGER, "cf001fffffffffffff"],
    [-1, "ff"], [-32, "e0"], [-33, "d0df"], [-128, "d080"], [-129, "d1ff7f"], [-32_768, "d18000"],
    [-32_769, "d2ffff7fff"], [-2_147_483_648, "d280000000"], [-2_147_483_649, "d3ffffffff7fffffff"],
    [Number.MIN_SAFE_INTEGER, "d3ffe0000000000001"],
    [2 ** 53, "cb4340000000000000"], [1.5, "cb3ff8000000000000"], [1e300, "cb7e37e43c8800759c"],
    ["", "a0"], ["a", "a161"], ["é", "a2c3a9"], ["\u{1f600}", "a4f09f9880"], ["\ufeffa", "a4efbbbf61"],
    ["x".repeat(31), `bf${"78".repeat(31)}`], ["x".repeat(32), `d920${"78".repeat(32)}`],
    ["é".repeat(16), `d920${"c3a9".repeat(16)}`], ["é".repeat(15), `be${"c3a9".repeat(15)}`],
    ["x".repeat(256), `da0100${"78".repeat(256)}`], ["x".repeat(65_536), `db00010000${"78".repeat(65_536)}`],
    [[], "90"], [[1, [null]], "920191c0"], [Array.from({ length: 16 }, () => 1), `dc0010${"01".repeat(16)}`],
    [Array.from({ length: 65_536 }, () => 1), `dd00010000${"01".repeat(65_536)}`],
    [{}, "80"], [{ a: { b: [true] } }, "81a16181a16291c3"],
    [Object.fromEntries(Array.from({ length: 16 }, (_, n) => [String.fromCharCode(97 + n), n])), `de0010${Array.from({ length: 16 }, (_, n) => `a1${(97 + n).toString(16)}${n.toString(16).padStart(2, "0")}`).join("")}`]
  ]

  test.each(golden)("P15: %j is written in its shortest form", (item, hex) => {
    expect(hexOf(encode(item))).toBe(hex)
    expect(decode(bytesOf(hex))).toEqual(Object.is(item, -0) ? 0 : item)
  })

  test("P15: what JSON leaves out or has no word for is written as JSON.stringify writes it", () => {
    expect(hexOf(encode({ a: undefined, b: 1 }))).toBe("81a16201")
    expect(hexOf(encode([undefined, Number.NaN, Infinity, -Infinity]))).toBe("94c0c0c0c0")
    expect(() => encode({ a: 1n })).toThrow(TypeError)
    expect(() => encode([Symbol.iterator])).toThrow(TypeError)
  })

  test("P15: longer forms than necessary are read, too", () => {
    for (const hex of ["cc01", "cd0001", "ce00000001", "cf0000000000000001", "d001", "d10001", "d200000001", "d30000000000000001", "ca3f800000", "cb3ff0000000000000"]) {
      expect(decode(bytesOf(hex))).toBe(1)
    }
    for (const hex of ["d90161", "da000161", "db0000000161"]) expect(decode(bytesOf(hex))).toBe("a")
    for (const hex of ["dc000101", "dd0000000101"]) expect(decode(bytesOf(hex))).toEqual([1])
    for (const hex of ["de0001d9016101", "df00000001da00016101"]) expect(decode(bytesOf(hex))).toEqual({ a: 1 })
  })

  test("P15: numbers beyond exactness are rounded, as JSON.parse does", () => {
    expect(decode(bytesOf("cf0020000000000001"))).toBe(JSON.parse("9007199254740993"))
    expect(decode(bytesOf("cfffffffffffffffff"))).toBe(JSON.parse("18446744073709551615"))
    expect(decode(bytesOf("d38000000000000000"))).toBe(JSON.parse("-9223372036854775808"))
  })
})

describe("laws", () => {
  test("P15: what is read of what was written is what JSON would have made of it", () => {
    fc.assert(fc.property(value, (item) => {
      expect(decode(encode(item))).toEqual(JSON.parse(JSON.stringify(item)))
    }), runs(5000))
  })

  test("P15: another implementation reads what is written, and is read", () => {
    const packr = new Packr({ useRecords: false })
    const unpackr = new Unpackr({ useRecords: false, int64AsType: "number" })
    // It renames this key.
    const plain = json.filter((item) => !JSON.stringify(item).includes("__proto__"))
    fc.assert(fc.property(fc.oneof(plain, fc.constantFrom(...borders)), (item) => {
      expect(unpackr.unpack(Buffer.from(encode(item)))).toEqual(JSON.parse(JSON.stringify(item)))
      expect(decode(packr.pack(item))).toEqual(JSON.parse(JSON.stringify(item)))
    }), runs(3000))
  })

  test("P15: a writer's parts, one after the other, are the value", () => {
    fc.assert(fc.property(fc.array(json, { maxLength: 20 }), (items) => {
      const writer = new Writer(1).map(1).text("items").array(items.length)
      for (const item of items) writer.value(item)
      expect(hexOf(writer.written)).toBe(hexOf(encode({ items })))
      expect(writer.size).toBe(writer.written.length)
    }), runs(500))
  })

  test("P15: equal values have equal bytes, and a shorter piece of them is no value", () => {
    fc.assert(fc.property(value, (item) => {
      const bytes = encode(item)
      expect(hexOf(encode(decode(bytes)))).toBe(hexOf(bytes))
      for (let length = 0; length < Math.min(bytes.length, 40); length++) expect(() => decode(bytes.subarray(0, length))).toThrow()
      expect(() => decode(Buffer.concat([bytes, bytes]))).toThrow("something follows")
    }), runs(500))
  })
})

describe("strangers", () => {
  const refused: ReadonlyArray<readonly [what: string, hex: string]> = [
    ["nothing", ""],
    ["the type that is never used", "c1"],
    ["binary", "c403010203"],
    ["binary inside", "91c403010203"],
    ["an extension", "d40000"],
    ["a timestamp", "d6ff00000000"],
    ["an extension of 2^32 bytes", "c9ffffffff01"],
    ["a key that is a number", "810101"],
    ["a key that is nil", "81c001"],
    ["a key that is a map", "818001"],
    ["a key that is binary", "81c4016101"],
    ["broken UTF-8", "a2c328"],
    ["UTF-8 of half a character", "a3eda080"],
    ["overlong UTF-8", "a2c080"],
    ["broken UTF-8 in a key", "81a2c32801"],
    ["broken UTF-8 in a long text", `d928${"c3".repeat(40)}`],
    ["a text of 2^32 bytes", "dbffffffff61"],
    ["an array of 2^32 values", "ddffffffff01"],
    ["a map of 2^32 pairs", "dfffffffffa16101"],
    ["a map of more pairs than bytes", "de0004a16101a16201"]
  ]

  test.each(refused)("P15: %s is refused", (_, hex) => {
    expect(() => decode(bytesOf(hex))).toThrow(/^it |^something/)
  })

  test("P15: 64 levels are read, 65 are refused, and so is any number more", () => {
    const nested = (levels: number): Uint8Array => Buffer.concat([Buffer.alloc(levels, 0x91), Buffer.from([1])])
    expect(JSON.stringify(decode(nested(64)))).toBe(`${"[".repeat(64)}1${"]".repeat(64)}`)
    for (const levels of [65, 1_000, 500_000]) expect(() => decode(nested(levels))).toThrow("nested deeper")
    expect(() => decode(Buffer.from(`81a161`.repeat(65) + "01", "hex"))).toThrow("nested deeper")
  })

  test("P15: headers that promise more than there is cost nothing", () => {
    const bomb = (head: string, levels: number): Uint8Array => Buffer.from(`${head}`.repeat(levels), "hex")
    const before = process.memoryUsage().heapUsed
    const startedMillis = performance.now()
    for (const head of ["dd00ffffff", "df00ffffff", "dcffff", "dd0007ffff"]) {
      for (const levels of [1, 20, 64, 100_000]) expect(() => decode(bomb(head, levels))).toThrow()
    }
    expect(process.memoryUsage().heapUsed - before).toBeLessThan(50_000_000)
    expect(performance.now() - startedMillis).toBeLessThan(1_000)
  })

  test("P15: __proto__ is a member like any other, as JSON.parse has it", () => {
    const item = decode(encode(JSON.parse(`{"__proto__":{"x":1},"a":2}`)))
    expect(JSON.stringify(item)).toBe(`{"__proto__":{"x":1},"a":2}`)
    expect(Object.getPrototypeOf(item)).toBe(Object.prototype)
  })

  test("P15: numbers that are not finite are read as they are; what they stand in is refused (D12)", () => {
    expect(decode(bytesOf("cb7ff8000000000000"))).toBeNaN()
    expect(decode(bytesOf("cb7ff0000000000000"))).toBe(Infinity)
    expect(decode(bytesOf("caff800000"))).toBe(-Infinity)
  })

  test("P15: whatever bytes arrive, they are a value of JSON or an error, quickly", () => {
    const spoiled = fc.tuple(value, fc.nat(), fc.nat(255)).map(([item, at, byte]) => {
      const bytes = encode(item).slice()
      if (bytes.length > 0) bytes[at % bytes.length] = byte
      return bytes
    })
    fc.assert(fc.property(fc.oneof(fc.uint8Array({ maxLength: 64 }), spoiled), (bytes) => {
      let item: unknown
      try {
        item = decode(bytes)
      } catch (error) {
        expect(String(error)).toMatch(/^Error: (it |something|nested)/)
        return
      }
      if (bytes.length < 1_000) JSON.stringify(item)
    }), runs(20_000))
  })

  test("P15: a compressed frame is a binary value, and nothing else is taken for one", () => {
    const content = Buffer.from("deflated")
    expect(binaryContent(Buffer.concat([binaryHeader(content.length), content]))).toEqual(content)
    for (const hex of ["c408", "c50008", "c600000008"]) expect(binaryContent(Buffer.concat([bytesOf(hex), content]))).toEqual(content)
    expect(binaryContent(encode({ type: "pong", payload: {} }))).toBeUndefined()
    expect(binaryContent(new Uint8Array())).toBeUndefined()
    expect(() => binaryContent(Buffer.concat([binaryHeader(9), content]))).toThrow()
    expect(() => binaryContent(Buffer.concat([binaryHeader(7), content]))).toThrow()
  })
})
