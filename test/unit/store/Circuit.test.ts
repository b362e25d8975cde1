/** Every transition of a circuit, on a clock of the test's own: what opens it, what it refuses, and how it closes. */
import { expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as Logger from "effect/Logger"
import * as Metric from "effect/Metric"
import * as References from "effect/References"
import * as TestClock from "effect/testing/TestClock"
import * as Circuit from "../../../packages/store/src/Circuit.ts"
import { openSchedules } from "../../../packages/store/src/Policy.ts"

type Fault = "passing" | "a bug"

const open = Circuit.make("postgres", openSchedules.postgres)

const ask = ({ guard }: Circuit.Circuit, call: Effect.Effect<string, Fault>) =>
  guard("test", call, (error) => error === "passing").pipe(
    Effect.catch((error) => Effect.succeed(typeof error === "string" ? error : error._tag))
  )

const works = Effect.succeed("works")
const fails = Effect.fail<Fault>("passing")

const repeatedly = (count: number, asking: Effect.Effect<string>) => Effect.forEach(Array.from({ length: count }), () => asking)

/** A circuit that has just opened for the first time, for half a second. */
const opened = Effect.gen(function*() {
  const circuit = yield* open
  yield* repeatedly(10, ask(circuit, fails))
  return circuit
})

/** Waits so long, and then sends a probe. */
const probe = (circuit: Circuit.Circuit, afterMillis: number, call: Effect.Effect<string, Fault>) =>
  Effect.andThen(TestClock.adjust(afterMillis), ask(circuit, call))

it.effect("B1: a circuit opens when half of at least ten calls failed, and then refuses at once", () =>
  Effect.gen(function*() {
    const circuit = yield* open
    yield* repeatedly(5, ask(circuit, works))
    yield* repeatedly(4, ask(circuit, fails))
    expect(yield* ask(circuit, works)).toBe("works")
    // Five of eleven, and then six of twelve.
    expect(yield* repeatedly(3, ask(circuit, fails))).toEqual(["passing", "passing", "StoreUnavailable"])
    expect(yield* ask(circuit, Effect.die("not reached"))).toBe("StoreUnavailable")
  }))

it.effect("B1: nine failures do not open it, nor does half of what was long ago", () =>
  Effect.gen(function*() {
    const circuit = yield* open
    const nineFail = repeatedly(9, ask(circuit, fails))
    yield* repeatedly(10, ask(circuit, works))
    yield* nineFail
    yield* repeatedly(20, ask(circuit, works))
    expect(yield* nineFail).toEqual(Array.from({ length: 9 }, () => "passing"))
    expect(yield* ask(circuit, works)).toBe("works")
  }))

it.effect("B1: refusals, bugs and calls that nobody waits for any longer never open it", () =>
  Effect.gen(function*() {
    const circuit = yield* open
    yield* repeatedly(30, ask(circuit, Effect.fail("a bug")))
    yield* Effect.forEach(Array.from({ length: 30 }), () => Effect.exit(ask(circuit, Effect.die("a defect"))))
    for (let call = 0; call < 30; call++) {
      const fiber = yield* Effect.forkChild(ask(circuit, Effect.never), { startImmediately: true })
      yield* Fiber.interrupt(fiber)
    }
    expect(yield* ask(circuit, works)).toBe("works")
  }))

it.effect("B2: after its time one probe goes through, and others are refused while it is under way", () =>
  Effect.gen(function*() {
    const circuit = yield* opened
    expect(yield* probe(circuit, 499, works)).toBe("StoreUnavailable")
    yield* TestClock.adjust(1)
    const slow = yield* Effect.forkChild(ask(circuit, Effect.delay(works, "1 second")), { startImmediately: true })
    expect(yield* ask(circuit, works)).toBe("StoreUnavailable")
    yield* TestClock.adjust("1 second")
    expect(yield* Fiber.join(slow)).toBe("works")
    expect(yield* repeatedly(2, ask(circuit, works))).toEqual(["works", "works"])
  }))

it.effect("B2: a probe that nobody waits for, or that is refused, leaves its place to the next", () =>
  Effect.gen(function*() {
    const circuit = yield* opened
    yield* TestClock.adjust(500)
    const fiber = yield* Effect.forkChild(ask(circuit, Effect.never), { startImmediately: true })
    yield* Fiber.interrupt(fiber)
    expect(yield* ask(circuit, Effect.fail("a bug"))).toBe("a bug")
    expect(yield* ask(circuit, works)).toBe("works")
  }))

it.effect("B2: each probe that fails opens it for twice as long, two seconds at most", () =>
  Effect.gen(function*() {
    const circuit = yield* opened
    for (const millis of [500, 1_000, 2_000, 2_000, 2_000]) {
      expect(yield* probe(circuit, millis - 1, fails)).toBe("StoreUnavailable")
      expect(yield* probe(circuit, 1, fails)).toBe("passing")
    }
  }))

it.effect("B2: it opens for as short as at first once it has been closed for as long as it was open", () =>
  Effect.gen(function*() {
    const circuit = yield* opened
    yield* probe(circuit, 500, fails)
    expect(yield* probe(circuit, 1_000, works)).toBe("works")
    // At once again: it goes on doubling.
    yield* repeatedly(10, ask(circuit, fails))
    expect(yield* probe(circuit, 1_999, works)).toBe("StoreUnavailable")
    expect(yield* probe(circuit, 1, works)).toBe("works")
    yield* TestClock.adjust("2 seconds")
    yield* repeatedly(10, ask(circuit, fails))
    expect(yield* probe(circuit, 500, works)).toBe("works")
  }))

it.effect("B3: its state is a metric, and what is said is when it opens and when it closes", () => {
  const said: Array<string> = []
  const heard = Layer.merge(
    Logger.layer([Logger.make(({ logLevel, message }) => {
      said.push(`${logLevel} ${JSON.stringify(message)}`)
    })]),
    Layer.succeed(References.MinimumLogLevel, "Info")
  )
  const shown = Effect.andThen(
    Effect.yieldNow,
    Effect.map(Metric.snapshot, (metrics) =>
      metrics.flatMap((metric) => metric.id === "figma_circuit_breaker" && metric.type === "Gauge" ? [metric.state.value] : []))
  )
  return Effect.gen(function*() {
    const circuit = yield* open
    expect(yield* shown).toEqual([0])
    yield* repeatedly(10, ask(circuit, fails))
    expect(yield* shown).toEqual([1])
    yield* probe(circuit, 500, fails)
    expect(yield* shown).toEqual([1])
    yield* TestClock.adjust(1_000)
    const slow = yield* Effect.forkChild(ask(circuit, Effect.delay(works, "1 second")), { startImmediately: true })
    expect(yield* shown).toEqual([2])
    yield* TestClock.adjust("1 second")
    yield* Fiber.join(slow)
    expect(yield* shown).toEqual([0])
    expect(said).toEqual([expect.stringMatching(/^Warn .*is open/), expect.stringMatching(/^Info .*is closed/)])
  }).pipe(Effect.provide(heard), Effect.provideService(Metric.MetricRegistry, new Map()))
})
