/**
 * News of who may do what, as PostgreSQL announces them (`easel_access`, migration 0003), whoever made the change and
 * on which node. A connection that breaks may have missed some, so a new one begins with `everything`.
 */
import * as PgClient from "@effect/sql-pg/PgClient"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as PubSub from "effect/PubSub"
import * as Queue from "effect/Queue"
import * as Stream from "effect/Stream"

export type News =
  | { readonly of: "everything" }
  /** Roles in this file. */
  | { readonly of: "file"; readonly fileId: string }
  | { readonly of: "revocations" }

/** After a connection broke. */
const listenPause = "500 millis"

export class AccessNews extends Context.Service<AccessNews, {
  /** From now on. */
  readonly news: Stream.Stream<News>
}>()("@easel/store/AccessNews") {
  static readonly layer = Layer.effect(
    AccessNews,
    Effect.gen(function*() {
      const pg = yield* PgClient.PgClient
      const hub = yield* PubSub.unbounded<News>()
      const listen = Effect.scoped(Effect.gen(function*() {
        const notifications = yield* pg.listen("easel_access")
        yield* PubSub.publish(hub, { of: "everything" })
        while (true) yield* PubSub.publish(hub, newsOf((yield* Queue.take(notifications)).payload))
      }))
      yield* listen.pipe(
        Effect.catchCause((cause) => Effect.logWarning("News of who may do what are missed for a moment", cause)),
        Effect.andThen(Effect.sleep(listenPause)),
        Effect.forever,
        Effect.forkScoped
      )
      return AccessNews.of({ news: Stream.fromPubSub(hub) })
    })
  )

  /** Where everybody may do everything there is nothing to tell. */
  static readonly layerNone = Layer.succeed(AccessNews, AccessNews.of({ news: Stream.never }))
}

const newsOf = (payload: string): News => {
  const [kind, id] = payload.split(" ")
  if (kind === "file" && id !== undefined) return { of: "file", fileId: id }
  return kind === "revocation" ? { of: "revocations" } : { of: "everything" }
}
