import { Stamp } from "@easel/document"
import * as fc from "fast-check"
import { expect, test } from "vitest"
import { ServerClock } from "../../../packages/client/src/ServerClock.ts"
import { clientId, runs } from "../../harness/arbitraries.ts"

test("C1: timestamps follow the server's clock as measured half-way between question and answer", () => {
  let local = 10_000
  const clock = new ServerClock(() => local)
  expect(clock.next()).toBe(10_000)
  // Asked at 10,000, answered at 10,200: the server said 50,000 at about 10,100.
  local = 10_200
  clock.measure(50_000, 10_000)
  expect(clock.next()).toBe(50_100)
  local = 10_700
  expect(clock.next()).toBe(50_600)
})

test("C1: timestamps never run backwards, whatever the clocks do, and are whole numbers from 0", () => {
  const event = fc.oneof(
    fc.record({ type: fc.constant("local"), millis: fc.integer({ min: -5_000, max: 5_000 }) }),
    fc.record({ type: fc.constant("measure"), millis: fc.integer({ min: 0, max: 200_000 }) }),
    fc.record({ type: fc.constant("saw"), millis: fc.integer({ min: 0, max: 200_000 }) })
  )
  fc.assert(
    fc.property(fc.array(event, { maxLength: 30, size: "max" }), (events) => {
      let local = 1_000
      const clock = new ServerClock(() => local)
      let latest = clock.next()
      for (const { millis, type } of events) {
        if (type === "local") local += millis + 0.25
        else if (type === "measure") clock.measure(millis, local - 10)
        else clock.saw(millis)
        const next = clock.next()
        expect(next).toBeGreaterThanOrEqual(Math.max(latest, type === "saw" ? millis : 0))
        expect(Number.isSafeInteger(next)).toBe(true)
        latest = next
      }
    }),
    runs(2000)
  )
})

test("C1: an edit of what has been seen wins over it, whoever wrote it", () => {
  fc.assert(
    fc.property(fc.nat(2_000), clientId, clientId, (timestamp, other, own) => {
      const clock = new ServerClock(() => 1_000)
      clock.saw(timestamp)
      const seen = { timestamp, clientId: other, counter: 1 }
      const edit = { timestamp: clock.next(), clientId: own, counter: 2 }
      expect(Stamp.compare(edit, seen)).toBeGreaterThan(0)
    }),
    runs(1000)
  )
})
