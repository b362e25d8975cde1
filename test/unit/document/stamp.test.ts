import { Stamp } from "@easel/document"
import * as fc from "fast-check"
import { expect, test } from "vitest"
import { runs, stamp } from "../../harness/arbitraries.ts"

/** Any client id at all, to compare code units and not letters of some language. */
const wildStamp = fc.record({
  timestamp: fc.oneof(fc.integer({ min: 0, max: 2 }), fc.constant(Number.MAX_SAFE_INTEGER)),
  clientId: fc.string({ unit: fc.constantFrom("a", "B", "_", "é", "z\u0301", "\uffee", "😀"), maxLength: 3 }),
  counter: fc.integer({ min: 0, max: 3 })
})

const anyStamp = fc.oneof(stamp, wildStamp)

test("D2: stamps are totally ordered: antisymmetric, transitive, and equal only to themselves", () => {
  fc.assert(
    fc.property(anyStamp, anyStamp, anyStamp, (a, b, c) => {
      expect(Math.sign(Stamp.compare(a, b))).toBe(0 - Math.sign(Stamp.compare(b, a)))
      if (Stamp.compare(a, b) <= 0 && Stamp.compare(b, c) <= 0) expect(Stamp.compare(a, c)).toBeLessThanOrEqual(0)
      const same = a.timestamp === b.timestamp && a.clientId === b.clientId && a.counter === b.counter
      expect(Stamp.compare(a, b) === 0).toBe(same)
    }),
    runs(5000)
  )
})

test("D2: the timestamp decides first, then the client id by code units, then the counter", () => {
  fc.assert(
    fc.property(anyStamp, anyStamp, (a, b) => {
      const first = a.timestamp - b.timestamp
      const second = a.clientId === b.clientId ? 0 : a.clientId < b.clientId ? -1 : 1
      expect(Math.sign(Stamp.compare(a, b))).toBe(Math.sign(first || second || a.counter - b.counter))
    }),
    runs(5000)
  )
})

test("D2: case and accents are compared as code units, not as a language would", () => {
  const at = (clientId: string) => ({ timestamp: 1, clientId, counter: 1 })
  expect(Stamp.compare(at("a"), at("B"))).toBeGreaterThan(0)
  expect(Stamp.compare(at("é"), at("z"))).toBeGreaterThan(0)
  // A surrogate pair starts below U+FFEE, although its code point is above.
  expect(Stamp.compare(at("😀"), at("\uffee"))).toBeLessThan(0)
})

test("D2: the stamp of a snapshot is older than that of any operation", () => {
  fc.assert(
    fc.property(anyStamp, (a) => {
      expect(Stamp.compare(Stamp.zero, a)).toBeLessThan(0)
    }),
    runs(1000)
  )
})
