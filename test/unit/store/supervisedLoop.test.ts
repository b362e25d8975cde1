/** Loops of a node outlive the defects of their turns. */
import { expect, it } from "@effect/vitest"
import { supervisedLoop } from "@easel/store"
import * as Effect from "effect/Effect"
import * as TestClock from "effect/testing/TestClock"

it.effect("a turn that fails is followed by another, after a pause that grows and begins anew after a turn that did not", () =>
  Effect.gen(function*() {
    let [turns, fails] = [0, 3]
    yield* supervisedLoop("test", Effect.suspend(() => {
      turns++
      return fails-- > 0 ? Effect.die(new Error("a defect, for the test")) : Effect.sleep("1 minute")
    }))
    yield* TestClock.adjust(0)
    expect(turns).toBe(1)
    // 100, 200 and 400 ms, a fifth more or less.
    yield* TestClock.adjust(79)
    expect(turns).toBe(1)
    yield* TestClock.adjust(41)
    expect(turns).toBe(2)
    yield* TestClock.adjust(720)
    expect(turns).toBe(4)
    fails = 1
    yield* TestClock.adjust(60_120)
    expect(turns).toBe(6)
  }))

it.effect("it ends with its scope", () =>
  Effect.gen(function*() {
    let turns = 0
    yield* Effect.scoped(Effect.gen(function*() {
      yield* supervisedLoop("test", Effect.andThen(Effect.sync(() => void turns++), Effect.sleep("1 second")))
      yield* TestClock.adjust("2500 millis")
    }))
    yield* TestClock.adjust("10 seconds")
    expect(turns).toBe(3)
  }))
