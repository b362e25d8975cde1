/**
 * How much users send, counted over all nodes: so that one who connects to many of them has one allowance. In Redis, in
 * windows of some seconds; while it is away, and where there is none, each node counts for itself. Nobody waits for it.
 */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { answersOf, RedisConnection } from "./RedisConnection.ts"

export interface Usage {
  readonly frames: number
  readonly operations: number
}

export class UsageStore extends Context.Service<UsageStore, {
  /** Adds what was sent on this node in a window, and returns what was sent on all of them, of those users. */
  readonly add: (window: Window, used: ReadonlyMap<string, Usage>) => Effect.Effect<ReadonlyMap<string, Usage>>
}>()("@easel/store/UsageStore") {
  static readonly layerLocal = Layer.succeed(UsageStore, UsageStore.of({ add: () => Effect.succeed(nothing) }))

  static readonly layerRedis = Layer.effect(
    UsageStore,
    Effect.gen(function*() {
      const { call } = yield* RedisConnection
      return UsageStore.of({
        add: ({ index, millis }, used) =>
          call("UsageStore.add", async (redis) => {
            const chain = redis.pipeline()
            for (const [userId, { frames, operations }] of used) {
              const key = `easel:usage:{${userId}}:${index}`
              chain.hincrby(key, "frames", frames).hincrby(key, "operations", operations).pexpire(key, 2 * millis)
            }
            return totalsOf([...used.keys()], await answersOf(chain))
          }).pipe(Effect.orElseSucceed(() => nothing))
      })
    })
  )
}

export interface Window {
  /** Counts up with time, and is the same on all nodes whose clocks agree. */
  readonly index: number
  readonly millis: number
}

const nothing: ReadonlyMap<string, Usage> = new Map()

/** Of three answers for each user. What Redis refused is as if it had not been asked. */
const totalsOf = (userIds: ReadonlyArray<string>, answers: ReadonlyArray<unknown>): ReadonlyMap<string, Usage> => {
  const totals = new Map<string, Usage>()
  userIds.forEach((userId, place) => {
    const [frames, operations] = [answers[3 * place], answers[3 * place + 1]]
    if (typeof frames === "number" && typeof operations === "number") totals.set(userId, { frames, operations })
  })
  return totals
}
