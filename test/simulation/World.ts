/**
 * Simulated time, and everything that happens in it: one heap of events for all processes. Events are taken in the order
 * of their times, and of their making where these are equal; nothing else decides what comes next, so a seed is a run.
 *
 * A process is a scheduler and a clock for its fibers. While it is frozen its events wait; when it is killed they are
 * forgotten, fibers, timers, finalizers and all.
 */
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Random from "effect/Random"
import * as References from "effect/References"
import * as Scheduler from "effect/Scheduler"
import { Heap } from "./Heap.ts"
import { SeededRandom } from "./SeededRandom.ts"

/** When simulated time begins, in milliseconds since 1970. */
const startMillis = 1_800_000_000_000

export interface Event {
  at: number
  readonly order: number
  readonly process: Process | undefined
  /** `undefined` when it was called off. */
  run: (() => void) | undefined
}

export class World {
  readonly random: SeededRandom
  /** Milliseconds since 1970. */
  now = startMillis
  private readonly events = new Heap<Event>((a, b) => a.at - b.at || a.order - b.order)
  private order = 0

  constructor(seed: number) {
    this.random = new SeededRandom(seed)
  }

  get elapsedMillis(): number {
    return this.now - startMillis
  }

  /** Does something later, or in this instant behind everything that is to happen in it. Returns how to call it off. */
  after(millis: number, run: () => void, process?: Process): () => void {
    const event: Event = { at: this.now + millis, order: this.order++, process, run }
    this.events.push(event)
    return () => {
      event.run = undefined
    }
  }

  /** Does now what had to wait, before all that was made after it: a line that is healed in this instant must not overtake. */
  again(event: Event): void {
    event.at = this.now
    this.events.push(event)
  }

  /** Lets time pass until something is so, or for so long. Returns whether it became so. */
  async until(isSo: () => boolean, millisMax: number): Promise<boolean> {
    const end = this.now + millisMax
    while (!isSo()) {
      // What a promise brings about (a snapshot that was put together) belongs to the instant in which it was made.
      let next = this.events.peek()
      if (next !== undefined && next.at > this.now) {
        await undefined
        next = this.events.peek()
      }
      if (next === undefined || next.at > end) {
        this.now = end
        return isSo()
      }
      this.events.pop()
      this.now = next.at
      if (next.run === undefined) continue
      if (next.process === undefined) next.run()
      else next.process.take(next)
    }
    return true
  }
}

export class Process {
  readonly name: string
  readonly world: World
  /** What fibers of this process run with. */
  readonly context: Context.Context<never>
  private state: "running" | "frozen" | "dead" = "running"
  private waiting: Array<Event> = []
  /** Are called when it is killed. */
  readonly onDeath = new Set<() => void>()

  /** Its clock is ahead of the world's by so much. */
  constructor(world: World, name: string, skewMillis = 0) {
    this.world = world
    this.name = name
    const scheduler = new Scheduler.MixedScheduler("async", (run) => world.after(0, run, this))
    this.context = Context.empty().pipe(
      Context.add(Scheduler.Scheduler, scheduler),
      Context.add(Clock.Clock, clockOf(this, skewMillis)),
      Context.add(Random.Random, world.random),
      Context.add(References.MinimumLogLevel, "None"),
      Context.add(References.TracerEnabled, false)
    )
  }

  get isDead(): boolean {
    return this.state === "dead"
  }

  get isFrozen(): boolean {
    return this.state === "frozen"
  }

  take(event: Event): void {
    if (this.state === "running") event.run?.()
    else if (this.state === "frozen") this.waiting.push(event)
  }

  freeze(): void {
    if (this.state === "running") this.state = "frozen"
  }

  thaw(): void {
    if (this.state !== "frozen") return
    this.state = "running"
    const waiting = this.waiting
    this.waiting = []
    for (const event of waiting) this.world.again(event)
  }

  kill(): void {
    this.state = "dead"
    this.waiting = []
    for (const tell of this.onDeath) tell()
    this.onDeath.clear()
  }
}

const clockOf = (process: Process, skewMillis: number): Clock.Clock => {
  const { world } = process
  const currentTimeMillisUnsafe = () => Math.floor(world.now + skewMillis)
  const currentTimeNanosUnsafe = () => BigInt(Math.round((world.now + skewMillis) * 1_000)) * 1_000n
  return {
    currentTimeMillisUnsafe,
    currentTimeMillis: Effect.sync(currentTimeMillisUnsafe),
    currentTimeNanosUnsafe,
    currentTimeNanos: Effect.sync(currentTimeNanosUnsafe),
    monotonicTimeNanosUnsafe: currentTimeNanosUnsafe,
    monotonicTimeNanos: Effect.sync(currentTimeNanosUnsafe),
    sleep: (duration) => {
      const millis = Duration.toMillis(duration)
      if (millis <= 0) return Effect.yieldNow
      if (millis === Infinity) return Effect.never
      return Effect.callback((resume) => {
        const callOff = world.after(millis, () => resume(Effect.void), process)
        return Effect.sync(callOff)
      })
    }
  }
}
