/**
 * Connections to Redis, by ioredis. Redis is never waited for: a command fails at once while there is no connection or
 * its circuit is open, and after a second without an answer, and none is tried again. ioredis makes the connection again
 * for ever, soon at first and then every two seconds.
 */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Metric from "effect/Metric"
import * as Redacted from "effect/Redacted"
import { type ChainableCommander, Redis, type RedisOptions } from "ioredis"
import * as Circuit from "./Circuit.ts"
import { openSchedules, redisMillisMax } from "./Policy.ts"
import { StoreUnavailable } from "./StoreUnavailable.ts"

const startWait = "1 second"
const connectMillisMax = 2_000

/** A peer that does not answer at all, such as a frozen one, is given up. */
const answerMillisMax = 5_000

const shared = {
  connectTimeout: connectMillisMax,
  retryStrategy: (times: number) => Math.min(2_000, 50 * 2 ** times) * (0.5 + Math.random() / 2),
  // After a failover this may be a replica: look again, and send the command there.
  reconnectOnError: (error: Error) => error.message.startsWith("READONLY") ? 2 : false
} satisfies RedisOptions

const forCommands = {
  ...shared,
  enableOfflineQueue: false,
  maxRetriesPerRequest: 0,
  commandTimeout: redisMillisMax,
  socketTimeout: answerMillisMax
} satisfies RedisOptions

/** Silence is normal here. What is subscribed is subscribed again after a loss. */
const forEvents = { ...shared, maxRetriesPerRequest: null } satisfies RedisOptions

const failures = Metric.counter("easel_redis_failures_total", { description: "Calls to Redis that failed", incremental: true })

export class RedisConnection extends Context.Service<RedisConnection, {
  /** Asks Redis once. */
  readonly call: <A>(operation: string, ask: (redis: Redis) => Promise<A>) => Effect.Effect<A, StoreUnavailable>
  /** For subscriptions alone. */
  readonly subscriber: Redis
}>()("@easel/store/RedisConnection") {
  static readonly layer = (url: Redacted.Redacted) =>
    Layer.effect(
      RedisConnection,
      Effect.gen(function*() {
        const connect = (name: string, options: typeof forCommands | typeof forEvents) =>
          Effect.acquireRelease(
            Effect.sync(() => {
              const redis = new Redis(Redacted.value(url), { ...options, connectionName: name })
              // Failures are the callers' to hear; without a listener they would end the process.
              redis.on("error", () => undefined)
              return redis
            }),
            (redis) => Effect.sync(() => redis.disconnect())
          )
        const commands = yield* connect("easel", forCommands)
        const subscriber = yield* connect("easel-events", forEvents)
        // A Redis that is there is there from the first command on; one that is not holds nobody up.
        yield* Effect.timeoutOption(Effect.callback<void>((resume) => {
          commands.once("ready", () => resume(Effect.void))
        }), startWait)
        const circuit = yield* Circuit.make("redis", openSchedules.redis)
        const call = <A>(operation: string, ask: (redis: Redis) => Promise<A>) =>
          circuit.guard(
            operation,
            Effect.tryPromise({ try: () => ask(commands), catch: reasonOf }).pipe(Effect.tapError(() => Metric.update(failures, 1))),
            isTransient
          ).pipe(Effect.mapError((error) =>
            typeof error === "string" ? new StoreUnavailable({ service: "redis", operation, reason: error }) : error))
        return RedisConnection.of({ call, subscriber })
      })
    )
}

/** The answers to a chain of commands. One that is refused for what it says has none; what fails in passing fails all. */
export const answersOf = async (chain: ChainableCommander): Promise<ReadonlyArray<unknown>> =>
  (await chain.exec() ?? []).map(([error, answer]) => {
    if (error !== null && isTransient(reasonOf(error))) throw error
    return answer
  })

const reasonOf = (error: unknown): string => error instanceof Error ? error.message : String(error)

/** Redis says that it will not take a command with a code in capitals. These pass; others are about the command. */
const isTransient = (reason: string): boolean => !/^[A-Z]{2,} /.test(reason) || /^(BUSY|CLUSTERDOWN|LOADING|MASTERDOWN|OOM|READONLY|TRYAGAIN) /.test(reason)
