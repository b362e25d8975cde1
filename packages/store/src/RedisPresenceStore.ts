/**
 * `PresenceStore` in Redis: a hash `easel:presence:{fileId}` of clientId to JSON, which expires when its owner is silent,
 * and a channel `easel:file-events`. A Redis that is away costs presence its memory and nothing else; it is said once.
 */
import { FileEvent, type PresenceEntry } from "@easel/protocol"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Metric from "effect/Metric"
import * as PubSub from "effect/PubSub"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import type { ChainableCommander } from "ioredis"
import { eventsWaitingMax, type FilePresence, presenceMillisMax, PresenceStore } from "./PresenceStore.ts"
import { RedisConnection } from "./RedisConnection.ts"
import { StoreUnavailable } from "./StoreUnavailable.ts"

const channel = "easel:file-events"
const keyOf = (fileId: string): string => `easel:presence:{${fileId}}`

/** Editors of one file that are read; more than that is not presence. */
const entriesMax = 1_000

const failures = Metric.counter("easel_redis_failures_total", { description: "Calls to Redis that failed", incremental: true })

export const layer = Layer.effect(
  PresenceStore,
  Effect.gen(function*() {
    const { commands, subscriber } = yield* RedisConnection
    const events = yield* PubSub.sliding<FileEvent>(eventsWaitingMax)
    const runFork = Effect.runForkWith(yield* Effect.context<never>())
    let isAway = false

    const heard = Effect.suspend(() => {
      if (!isAway) return Effect.void
      isAway = false
      return Effect.logInfo("Redis answers again")
    })
    const failed = (error: unknown) =>
      Effect.suspend(() => {
        const first = !isAway
        isAway = true
        return first ? Effect.logWarning("Redis does not answer; presence is not shared meanwhile", { reason: messageOf(error) }) : Effect.void
      }).pipe(Effect.andThen(Metric.update(failures, 1)))

    /** One round trip; what fails in it is said and forgotten. */
    const pipeline = (fill: (chain: ChainableCommander) => void): Effect.Effect<void> =>
      Effect.tryPromise({
        try: async () => {
          const chain = commands.pipeline()
          fill(chain)
          for (const [error] of await chain.exec() ?? []) if (error !== null) throw error
        },
        catch: (error) => error
      }).pipe(Effect.andThen(heard), Effect.catch(failed))

    subscriber.on("message", (_channel: string, text: string) => {
      const event = decodeEvent(text)
      if (event !== undefined) PubSub.publishUnsafe(events, event)
    })
    const subscribe = (): void => {
      subscriber.subscribe(channel).catch((error: unknown) => runFork(failed(error)))
    }
    subscribe()

    return PresenceStore.of({
      isShared: true,
      save: (files) => files.length === 0 ? Effect.void : pipeline((chain) => files.forEach((file) => write(chain, file))),
      read: (fileId) =>
        Effect.tryPromise({
          try: async () => Object.values(await commands.hgetall(keyOf(fileId))).slice(0, entriesMax).flatMap(entryOf),
          catch: (error) => error
        }).pipe(
          Effect.tap(heard),
          Effect.tapError(failed),
          Effect.mapError((error) => new StoreUnavailable({ service: "redis", operation: "PresenceStore.read", reason: messageOf(error) }))
        ),
      announce: (news) =>
        news.length === 0 ? Effect.void : pipeline((chain) => news.forEach((event) => chain.publish(channel, JSON.stringify(event)))),
      events: Stream.fromPubSub(events)
    })
  })
)

const write = (chain: ChainableCommander, { entries, fileId, left, replaces }: FilePresence): void => {
  const key = keyOf(fileId)
  if (replaces) chain.del(key)
  else if (left.length > 0) chain.hdel(key, ...left)
  if (entries.length > 0) chain.hset(key, Object.fromEntries(entries.map((entry) => [entry.clientId, JSON.stringify(entry)])))
  chain.pexpire(key, presenceMillisMax)
}

const decodeEventOption = Schema.decodeUnknownOption(Schema.fromJsonString(FileEvent))

const decodeEvent = (text: string): FileEvent | undefined => {
  const event = decodeEventOption(text)
  return event._tag === "Some" ? event.value : undefined
}

const Entry = Schema.fromJsonString(Schema.Struct({
  clientId: Schema.String,
  userId: Schema.String,
  userName: Schema.String,
  color: Schema.String,
  cursor: Schema.Json,
  selection: Schema.Json,
  viewport: Schema.Json
}))
const decodeEntry = Schema.decodeUnknownOption(Entry)

/** What another version, or somebody else, wrote is left out. */
const entryOf = (text: string): ReadonlyArray<PresenceEntry> => {
  const entry = decodeEntry(text)
  return entry._tag === "Some" ? [entry.value] : []
}

const messageOf = (error: unknown): string => error instanceof Error ? error.message : String(error)
