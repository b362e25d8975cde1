/**
 * Who is in which file, outside of its actor: so that a new owner shows everybody at once, and others can ask without
 * waking the actor. Never the truth about anything: it is written behind, may be lost at any moment, is written again
 * within seconds, and forgets by itself what nobody keeps. No call fails or waits for longer than a moment but `read`.
 *
 * `layerMemory` is for a node by itself; `RedisPresenceStore` for several.
 */
import type { FileEvent, PresenceEntry } from "@easel/protocol"
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as PubSub from "effect/PubSub"
import * as Stream from "effect/Stream"
import type { StoreUnavailable } from "./StoreUnavailable.ts"
import { supervisedLoop } from "./supervisedLoop.ts"

/** What changed in a file, or with `replaces` everything that is known of it. */
export interface FilePresence {
  readonly fileId: string
  readonly replaces: boolean
  readonly entries: ReadonlyArray<PresenceEntry>
  readonly left: ReadonlyArray<string>
}

/** A file of which nothing was heard for so long has nobody in it: its owner is gone, and so are its ghosts. */
export const presenceMillisMax = 15_000

/** Events that wait for one listener; the oldest are dropped. */
export const eventsWaitingMax = 1_024

export class PresenceStore extends Context.Service<PresenceStore, {
  /** Whether other nodes see it. */
  readonly isShared: boolean
  readonly save: (files: ReadonlyArray<FilePresence>) => Effect.Effect<void>
  /** Everybody in the file, as far as known. */
  readonly read: (fileId: string) => Effect.Effect<ReadonlyArray<PresenceEntry>, StoreUnavailable>
  readonly announce: (events: ReadonlyArray<FileEvent>) => Effect.Effect<void>
  /** From now on, of all nodes that share the store. */
  readonly events: Stream.Stream<FileEvent>
}>()("@easel/store/PresenceStore") {
  static readonly layerMemory = Layer.effect(PresenceStore, Effect.suspend(() => makeMemory))
}

interface Known {
  readonly entries: Map<string, PresenceEntry>
  heardMillis: number
}

const makeMemory = Effect.gen(function*() {
  const files = new Map<string, Known>()
  const events = yield* PubSub.sliding<FileEvent>(eventsWaitingMax)
  const isStale = ({ heardMillis }: Known, nowMillis: number): boolean => nowMillis - heardMillis >= presenceMillisMax

  yield* supervisedLoop("PresenceStore", Effect.delay(
    Effect.map(Clock.currentTimeMillis, (now) => {
      for (const [fileId, known] of files) if (isStale(known, now)) files.delete(fileId)
    }),
    presenceMillisMax
  ))

  return PresenceStore.of({
    isShared: false,
    save: (changes) =>
      Effect.map(Clock.currentTimeMillis, (now) => {
        for (const { entries, fileId, left, replaces } of changes) {
          const before = files.get(fileId)
          const known = before === undefined || replaces || isStale(before, now) ? new Map<string, PresenceEntry>() : before.entries
          for (const clientId of left) known.delete(clientId)
          for (const entry of entries) known.set(entry.clientId, entry)
          if (known.size === 0) files.delete(fileId)
          else files.set(fileId, { entries: known, heardMillis: now })
        }
      }),
    read: (fileId) =>
      Effect.map(Clock.currentTimeMillis, (now) => {
        const known = files.get(fileId)
        return known === undefined || isStale(known, now) ? [] : [...known.entries.values()]
      }),
    announce: (news) => Effect.asVoid(PubSub.publishAll(events, news)),
    events: Stream.fromPubSub(events)
  })
})
