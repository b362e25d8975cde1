/**
 * Connections to Redis, by ioredis. Redis is never waited for: a command fails at once while there is no connection,
 * and after a second without an answer; the connection is made again for ever, soon at first and then every two seconds.
 */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import { Redis, type RedisOptions } from "ioredis"

const commandMillisMax = 1_000
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
  commandTimeout: commandMillisMax,
  socketTimeout: answerMillisMax
} satisfies RedisOptions

/** Silence is normal here. What is subscribed is subscribed again after a loss. */
const forEvents = { ...shared, maxRetriesPerRequest: null } satisfies RedisOptions

export class RedisConnection extends Context.Service<RedisConnection, {
  readonly commands: Redis
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
        return RedisConnection.of({ commands, subscriber })
      })
    )
}
