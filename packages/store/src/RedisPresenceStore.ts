/**
 * `PresenceStore` in Redis: a hash `easel:presence:{fileId}` of clientId to JSON, which expires when its owner is silent,
 * and a channel `easel:file-events`. A Redis that is away costs presence its memory and nothing else.
 */
import { FileEvent, type PresenceEntry } from "@easel/protocol"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as PubSub from "effect/PubSub"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import type { ChainableCommander } from "ioredis"
import { eventsWaitingMax, type FilePresence, presenceMillisMax, PresenceStore } from "./PresenceStore.ts"
import { answersOf, RedisConnection } from "./RedisConnection.ts"

const channel = "easel:file-events"
const keyOf = (fileId: string): string => `easel:presence:{${fileId}}`

/** Editors of one file that are read; more than that is not presence. */
const entriesMax = 1_000

export const layer = Layer.effect(
  PresenceStore,
  Effect.gen(function*() {
    const { call, subscriber } = yield* RedisConnection
    const events = yield* PubSub.sliding<FileEvent>(eventsWaitingMax)

    /** One round trip; what fails in it is forgotten. */
    const pipeline = (operation: string, fill: (chain: ChainableCommander) => void): Effect.Effect<void> =>
      Effect.ignore(call(operation, async (redis) => {
        const chain = redis.pipeline()
        fill(chain)
        await answersOf(chain)
      }))

    subscriber.on("message", (_channel: string, text: string) => {
      const event = decodeEvent(text)
      if (event !== undefined) PubSub.publishUnsafe(events, event)
    })
    // What is refused now is asked for again with the next connection.
    subscriber.subscribe(channel).catch(() => undefined)

    return PresenceStore.of({
      isShared: true,
      save: (files) => files.length === 0 ? Effect.void : pipeline("PresenceStore.save", (chain) => files.forEach((file) => write(chain, file))),
      read: (fileId) =>
        call("PresenceStore.read", async (redis) => Object.values(await redis.hgetall(keyOf(fileId))).slice(0, entriesMax).flatMap(entryOf)),
      announce: (news) =>
        news.length === 0 ? Effect.void : pipeline("PresenceStore.announce", (chain) => news.forEach((event) => chain.publish(channel, JSON.stringify(event)))),
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
