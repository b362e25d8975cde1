import { OrderKey } from "@easel/document"
import * as fc from "fast-check"
import { expect, test } from "vitest"
import { runs } from "../../harness/arbitraries.ts"

const insertsMax = 10_000

/** The keys of siblings in order. Throws at the first insert that breaks a rule. */
class Siblings {
  readonly keys: Array<string> = []
  respacedCount = 0

  insert(index: number): void {
    const { key, respaced } = OrderKey.place(this.keys, index)
    for (const { index: at, key: fresh } of respaced) this.keys[at] = fresh
    this.keys.splice(index, 0, key)
    this.respacedCount += respaced.length
    this.checkAround(index)
    for (const { index: at } of respaced) this.checkAround(at < index ? at : at + 1)
  }

  /** The key is valid and stands strictly between its neighbours. */
  private checkAround(index: number): void {
    const key = this.keys[index] ?? ""
    if (!OrderKey.isOrderKey(key)) throw new Error(`${key} at ${index} is not an order key`)
    const [before, after] = [this.keys[index - 1], this.keys[index + 1]]
    if (before !== undefined && before >= key) throw new Error(`${before} stands before ${key}`)
    if (after !== undefined && key >= after) throw new Error(`${after} stands after ${key}`)
  }
}

const faultsOf = ({ keys }: Siblings) => ({
  unordered: keys.filter((key, index) => index > 0 && (keys[index - 1] ?? "") >= key),
  invalid: keys.filter((key) => !OrderKey.isOrderKey(key)),
  long: keys.filter((key) => key.length > 128),
  repeated: keys.length - new Set(keys).size
})

const noFaults = { unordered: [], invalid: [], long: [], repeated: 0 }

const spots: Readonly<Record<string, (count: number, last: number) => number>> = {
  "always first": () => 0,
  "always last": (count) => count,
  "always before the same neighbour": (count) => Math.max(0, count - 1),
  "always after the same neighbour": (count) => Math.min(1, count),
  "always in the middle": (count) => count >> 1,
  "alternating halves": (count, last) => (count % 2 === 0 ? last : last + 1),
  "runs of thirty to and fro": (count, last) => (Math.floor(count / 30) % 2 === 0 ? last : last + 1)
}

test.each(Object.keys(spots))("D8: ten thousand inserts %s keep order, stay within 128 characters and never collide", (name) => {
  const siblings = new Siblings()
  let last = 0
  for (let count = 0; count < insertsMax; count++) {
    last = Math.min(spots[name]?.(count, last) ?? 0, count)
    siblings.insert(last)
  }
  expect(faultsOf(siblings)).toEqual(noFaults)
  // Re-spacing is rare and does not grow with the number of siblings.
  expect(siblings.respacedCount).toBeLessThan(3 * insertsMax)
})

test("D8: whatever spots an adversary chooses, order, length and uniqueness hold", () => {
  const step = fc.record({ at: fc.double({ min: 0, max: 1, noNaN: true }), times: fc.integer({ min: 1, max: 300 }), drift: fc.constantFrom(0, 1) })
  fc.assert(
    fc.property(fc.array(step, { minLength: 1, maxLength: 10 }), (steps) => {
      const siblings = new Siblings()
      for (const { at, drift, times } of steps) {
        let index = Math.floor(at * siblings.keys.length)
        for (let time = 0; time < times; time++, index += drift) siblings.insert(Math.min(index, siblings.keys.length))
      }
      expect(faultsOf(siblings)).toEqual(noFaults)
    }),
    runs(200)
  )
})

/** Valid keys an editor may have sent, the extremes of the grammar included. */
const sentKey = fc.oneof(
  fc.constantFrom("a0", "Zz", "zzzzzzzzzzzzzzzzzzzzzzzzzzz", "A00000000000000000000000001", "A000000000000000000000000001", `a0${"0".repeat(125)}1`, `a0${"z".repeat(126)}`),
  fc.tuple(fc.constantFrom("a", "b", "Z", "Y"), fc.string({ unit: fc.constantFrom("0", "1", "V", "z"), minLength: 1, maxLength: 127 })).map(([head, rest]) => head + rest)
).filter(OrderKey.isOrderKey)

test("D8: a key between two valid ones is valid and strictly between them, or there is none", () => {
  fc.assert(
    fc.property(fc.option(sentKey), fc.option(sentKey), (before, after) => {
      const key = OrderKey.between(before, after)
      if (key === undefined) return
      expect(OrderKey.isOrderKey(key)).toBe(true)
      if (before !== null) expect(key > before).toBe(true)
      if (after !== null) expect(key < after).toBe(true)
    }),
    runs(5000)
  )
})

test("D8: among any valid keys, equal ones too, there is a place at every spot, and respacing keeps the order", () => {
  fc.assert(
    fc.property(fc.array(sentKey, { maxLength: 8 }), fc.nat(8), (sent, spot) => {
      const keys = sent.toSorted()
      const index = Math.min(spot, keys.length)
      const { key, respaced } = OrderKey.place(keys, index)
      const after = keys.slice()
      for (const { index: at, key: fresh } of respaced) after[at] = fresh
      after.splice(index, 0, key)
      expect(after.every(OrderKey.isOrderKey)).toBe(true)
      expect(after).toEqual(after.toSorted())
      // The newcomer collides with nobody; equal keys elsewhere are left alone.
      expect(after.filter((other) => other === key)).toHaveLength(1)
    }),
    runs(5000)
  )
})

test("D8: what is not a fractional index of at most 128 characters is not an order key", () => {
  for (const key of ["", "a", "0", "a00", "a0V0", "b0", "zzz", "a0-", "a0 ", "a0\n", "é0", "a0😀", `A${"0".repeat(26)}`, `a0${"1".repeat(127)}`, "__proto__"]) {
    expect([key, OrderKey.isOrderKey(key)]).toEqual([key, false])
  }
  for (const key of ["a0", "Zz", "b00", "a0V", `a0${"1".repeat(126)}`]) expect([key, OrderKey.isOrderKey(key)]).toEqual([key, true])
  fc.assert(
    fc.property(fc.string(), (text) => {
      if (OrderKey.isOrderKey(text)) expect(text).toMatch(/^[A-Za-z][0-9A-Za-z]{1,127}$/)
    }),
    runs(1000)
  )
})
