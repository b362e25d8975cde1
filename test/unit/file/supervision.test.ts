/** A11: how often an actor begins again, and when its file is given up. */
import { expect, it } from "@effect/vitest"
import { StoreUnavailable } from "@easel/store"
import * as Effect from "effect/Effect"
import * as TestClock from "effect/testing/TestClock"
import { supervised } from "../../../cluster/file/supervision.ts"

/** An actor that lives so long each time before it fails, and a store that answers what it is told to. */
const world = (livesMillis: number, answers: ReadonlyArray<boolean | "away"> = []) => {
  const seen = { failures: 0, forgotten: 0, quarantined: new Array<string>(), asked: 0 }
  const running = supervised({
    fileId: "f",
    loop: Effect.andThen(Effect.sleep(livesMillis), Effect.suspend(() => Effect.die(new Error(`failure ${++seen.failures}\nwith more`)))),
    forget: Effect.sync(() => void seen.forgotten++),
    quarantine: (reason) =>
      Effect.suspend(() => {
        const answer = answers[seen.asked++] ?? true
        if (answer === "away") return Effect.fail(new StoreUnavailable({ service: "postgres", operation: "add", reason: "away" }))
        if (answer) seen.quarantined.push(reason)
        return Effect.succeed(answer)
      })
  })
  return { seen, running: Effect.forkChild(running) }
}

it.effect("A11: it begins again after pauses that double, and the fifth failure in a row is the last", () =>
  Effect.gen(function*() {
    const { running, seen } = world(0)
    yield* running
    for (const [millis, failures] of [[0, 1], [249, 1], [1, 2], [499, 2], [1, 3], [1_000, 4], [1_999, 4]] as const) {
      yield* TestClock.adjust(millis)
      expect([seen.failures, seen.forgotten, seen.quarantined]).toEqual([failures, failures, []])
    }
    yield* TestClock.adjust(1)
    expect(seen.quarantined).toEqual(["failure 5"])
  }))

it.effect("A11: failures that are a minute apart are not in a row", () =>
  Effect.gen(function*() {
    const { running, seen } = world(60_000)
    yield* running
    yield* TestClock.adjust("20 minutes")
    expect([seen.failures, seen.quarantined]).toEqual([20, []])
  }))

it.effect("A11: a file of somebody else is left alone, and a store that is away is asked again", () =>
  Effect.gen(function*() {
    const { running, seen } = world(1, [false, "away", "away", true])
    yield* running
    yield* TestClock.adjust("3755 millis")
    expect([seen.failures, seen.asked, seen.quarantined]).toEqual([5, 1, []])
    yield* TestClock.adjust("3755 millis")
    expect(seen.asked).toBe(2)
    yield* TestClock.adjust("2 seconds")
    expect([seen.asked, seen.quarantined]).toEqual([4, ["failure 10"]])
  }))
