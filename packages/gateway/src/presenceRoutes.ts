/** Who is in which file, for programs and for lists of files: read without waking the file's actor where that can be. */
import { problem } from "@easel/protocol"
import { PresenceStore } from "@easel/store"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as HttpServerResponse from "effect/http/HttpServerResponse"
import * as Stream from "effect/Stream"
import { Authenticator } from "./auth/Authenticator.ts"
import { accountOf } from "./auth/requestCaller.ts"
import { readableFiles } from "./auth/readableFiles.ts"
import type { FileClient } from "./FileClient.ts"
import { fail } from "./httpProblems.ts"

/** Streams of file events that one node serves at once. */
const listenersMax = 1_000

/** A line now and then, so that proxies keep the stream and the end of the peer is noticed. */
const keepAlive = "15 seconds"

let listeners = 0

/** `{presence: [...]}`, from the shared store, or from the actor when there is none. */
export const readPresence = (fileId: string, file: FileClient) =>
  Effect.gen(function*() {
    const store = yield* PresenceStore
    if (!store.isShared) {
      const { presence } = yield* file.ReadPresence()
      return HttpServerResponse.text(`{"presence":[${Buffer.from(presence).toString("utf8")}]}`, { contentType: "application/json" })
    }
    const presence = yield* store.read(fileId)
    return { presence }
  })

/**
 * Server-sent events: `join`, `leave` and `updated` of the files that the caller may read, until the server drains or
 * the caller's token does not hold any more.
 */
export const fileEvents = (draining: Effect.Effect<void>) => Effect.gen(function*() {
  const store = yield* PresenceStore
  const { identity, principal } = yield* accountOf
  const { isRevoked } = yield* Authenticator
  const clock = yield* Clock.Clock
  const mayRead = yield* readableFiles(principal)
  const holds = () => identity === undefined || (identity.expiresAtMillis > clock.currentTimeMillisUnsafe() && !isRevoked(identity))
  if (listeners >= listenersMax) return yield* fail(problem(503, "too many listen already: try again later"))
  listeners++
  const readable = identity === undefined ? store.events : Stream.filterEffect(store.events, ({ fileId }) => mayRead(fileId))
  const events = Stream.map(readable, ({ type, ...data }) => `event: ${type}\ndata: ${JSON.stringify(data)}\n\n`)
  const ticks = Stream.map(Stream.tick(keepAlive), () => ": \n\n")
  const body = Stream.merge(events, ticks).pipe(
    Stream.takeWhile(holds),
    Stream.interruptWhen(draining),
    Stream.ensuring(Effect.sync(() => {
      listeners--
    })),
    Stream.encodeText
  )
  return HttpServerResponse.stream(body, { contentType: "text/event-stream", headers: { "cache-control": "no-store" } })
})
