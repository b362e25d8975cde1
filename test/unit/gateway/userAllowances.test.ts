/** P18: what a user may send by all connections, on one node and on several. */
import { type Usage, UsageStore } from "@easel/store"
import { it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as TestClock from "effect/testing/TestClock"
import { expect, test } from "vitest"
import { UserAllowances } from "../../../packages/gateway/src/UserAllowances.ts"

/** Five connections are worth 50 frames and 500 operations a second. */
const rates = { framesPerSecond: 10, operationsPerSecond: 100 }

test("P18: all connections of a user share what five may send, and others have their own", () => {
  const users = new UserAllowances(rates)
  const [one, two, other] = [users.enter("ada"), users.enter("ada"), users.enter("bob")]
  let taken = 0
  while ((taken % 2 === 0 ? one : two).take(0, 0)) taken++
  expect(taken).toBe(100)
  expect([one.take(0, 0), two.take(0, 0), other.take(0, 0)]).toEqual([false, false, true])
  expect(two.take(0, 20)).toBe(true)
})

test("P18: a user is forgotten with the last connection", () => {
  const users = new UserAllowances(rates)
  const first = users.enter("ada")
  users.enter("ada")
  while (first.take(0, 0));
  users.leave("ada")
  expect(users.enter("ada").take(0, 0)).toBe(false)
  users.leave("ada")
  users.leave("ada")
  expect(users.enter("ada").take(0, 0)).toBe(true)
})

/** Redis, as far as it matters here. */
const layerCounting = Layer.sync(UsageStore, () => {
  const totals = new Map<string, Usage>()
  return UsageStore.of({
    add: ({ index }, used) =>
      Effect.sync(() => {
        for (const [userId, { frames, operations }] of used) {
          const before = totals.get(`${index} ${userId}`) ?? { frames: 0, operations: 0 }
          totals.set(`${index} ${userId}`, { frames: before.frames + frames, operations: before.operations + operations })
        }
        return new Map([...used.keys()].map((userId) => [userId, totals.get(`${index} ${userId}`) ?? { frames: 0, operations: 0 }]))
      })
  })
})

it.effect("P18: who sends on several nodes at once has used up a window's share on all, until the next", () =>
  Effect.gen(function*() {
    const nodes = Array.from({ length: 4 }, () => new UserAllowances(rates))
    const allowances = nodes.map((users) => users.enter("ada"))
    for (const users of nodes) yield* Effect.forkScoped(users.watch)
    let sent = 0
    const send = (nowMillis: number) => {
      for (const allowance of allowances) if (allowance.take(10, nowMillis)) sent += 10
    }
    for (let now = 0; now < 5_000; now += 50) {
      send(now)
      if (now % 250 === 0) yield* TestClock.setTime(now)
    }
    // 2,500 is a window's share; a look comes up to 250 ms late on each of four nodes.
    expect(sent).toBeGreaterThanOrEqual(2_500)
    expect(sent).toBeLessThan(3_200)
    sent = 0
    yield* TestClock.setTime(5_000)
    send(5_000)
    expect(sent).toBe(40)
  }).pipe(Effect.scoped, Effect.provide(layerCounting)))
