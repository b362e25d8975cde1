/** P18: what a connection may send, and that the SDK keeps to it. */
import { Limits, TokenBucket } from "@easel/protocol"
import * as fc from "fast-check"
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest"
import { OperationSender } from "../../../packages/client/src/OperationSender.ts"
import type { Pending } from "../../../packages/client/src/Replica.ts"
import { ConnectionAllowance } from "../../../packages/gateway/src/Allowance.ts"
import { runs } from "../../harness/arbitraries.ts"
import { update } from "../../harness/operations.ts"

const rates = { framesPerSecond: Limits.framesPerSecond, operationsPerSecond: Limits.operationsPerSecond }

describe("token bucket", () => {
  test("P18: over any time no more is taken than was there at first and came since", () => {
    const steps = fc.array(fc.tuple(fc.integer({ min: -50, max: 500 }), fc.integer({ min: 1, max: 30 })), { maxLength: 100 })
    fc.assert(fc.property(steps, (pauses) => {
      const bucket = new TokenBucket(100, 50)
      let [now, latest, taken] = [1_000, 1_000, 0]
      for (const [pause, count] of pauses) {
        now += pause
        latest = Math.max(latest, now)
        if (bucket.available(now) < count) continue
        bucket.take(count)
        taken += count
        // A clock that goes back and forth again gives the time between twice, and no more than that.
      }
      const back = pauses.reduce((sum, [pause]) => sum + Math.max(0, -pause), 0)
      expect(taken).toBeLessThanOrEqual(50 + (latest - 1_000 + back) / 10 + 1e-6)
    }), runs(1000))
  })

  test("P18: who waits as long as it says finds what it waited for", () => {
    const bucket = new TokenBucket(200, 400)
    bucket.available(0)
    bucket.take(400)
    expect(bucket.waitMillis(1, 0)).toBe(5)
    expect(bucket.available(4.9)).toBeLessThan(1)
    expect(bucket.available(5)).toBeGreaterThanOrEqual(1)
  })
})

test("P18: 50 operations a frame, 60 frames a second, are allowed for ever; four times that are not", () => {
  const allowance = new ConnectionAllowance(rates)
  for (let n = 0; n < 60 * 60; n++) expect(allowance.take(50, n * 1_000 / 60)).toBe(true)
  const results = Array.from({ length: 60 * 60 }, (_, n) => allowance.take(200, 60_000 + n * 1_000 / 60))
  expect(results.filter((result) => !result).length).toBeGreaterThan(1_000)
})

describe("the SDK", () => {
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "performance"] })
  })
  afterEach(() => {
    vi.useRealTimers()
  })

  const pendingOf = (count: number): Array<Pending> => Array.from({ length: count }, (_, n) => ({ operation: update("a", "x", n), sent: false }))

  /** Sends all of them to a server that answers at once, calling `send` so often, and returns what was refused and how long it took. */
  const run = (pending: Array<Pending>, visibleAfter: (call: number) => number) => {
    const allowance = new ConnectionAllowance(rates)
    const refused: Array<number> = []
    let [sent, answered, call, visible] = [0, 0, 0, 0]
    const flush = (): void => {
      sender.send(pending.slice(sent, visible))
      sender.answered(sent - answered)
      answered = sent
    }
    const sender = new OperationSender((operations) => {
      sent += operations.length
      if (!allowance.take(operations.length, performance.now())) refused.push(operations.length)
    }, flush)
    const startedMillis = performance.now()
    while (answered < pending.length) {
      visible = Math.min(pending.length, visibleAfter(++call))
      flush()
      vi.advanceTimersByTime(1)
      if (call > 100_000) throw new Error("it never ends")
    }
    return { refused, seconds: (performance.now() - startedMillis) / 1_000 }
  }

  test("P18: an import is sent as fast as is allowed, and nothing of it is refused", () => {
    const { refused, seconds } = run(pendingOf(30_000), () => 30_000)
    expect(refused).toEqual([])
    expect(seconds).toBeGreaterThan((30_000 - 20_000) / 5_000)
    expect(seconds).toBeLessThan((30_000 - 19_000) / 4_750 + 1)
  })

  test("P18: a thousand changes a second, each by itself, share frames instead of being refused", () => {
    const { refused, seconds } = run(pendingOf(5_000), (call) => call)
    expect(refused).toEqual([])
    expect(seconds).toBeLessThan(6)
  })
})
