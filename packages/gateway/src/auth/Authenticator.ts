/**
 * Who somebody is: what a token or a ticket says, unless it was revoked. A server that was given no way to check tokens
 * knows nobody (`layerOpen`): everybody is who he says, and it listens on this machine alone.
 */
import type { Identity } from "@easel/protocol"
import { AccessNews, isTicket, Revocations, type StoreUnavailable, Tickets } from "@easel/store"
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as PubSub from "effect/PubSub"
import * as Schedule from "effect/Schedule"
import * as Semaphore from "effect/Semaphore"
import * as Stream from "effect/Stream"
import { RevokedTokens } from "./RevokedTokens.ts"
import { type ReadToken, reader, TokenRefused, type TokenRules } from "./Tokens.ts"

export class Authenticator extends Context.Service<Authenticator, {
  /** Whether nobody is asked who he is. */
  readonly isOpen: boolean
  /** Whom a token or a ticket names. A ticket is used up. */
  readonly identify: ReadToken
  readonly isRevoked: (identity: Identity) => boolean
  /** Learns of new revocations at once. */
  readonly refresh: Effect.Effect<void, StoreUnavailable>
  /** Whenever there may be new revocations, after `isRevoked` knows them. */
  readonly refreshed: Stream.Stream<void>
}>()("@easel/gateway/Authenticator") {
  static readonly layerOpen = Layer.succeed(Authenticator, Authenticator.of({
    isOpen: true,
    identify: () => Effect.fail(new TokenRefused({ reason: "this server takes no tokens" })),
    isRevoked: () => false,
    refresh: Effect.void,
    refreshed: Stream.never
  }))

  static readonly layer = (rules: TokenRules): Layer.Layer<Authenticator, never, AccessNews | Revocations | Tickets> =>
    Layer.effect(
      Authenticator,
      Effect.gen(function*() {
        const tickets = yield* Tickets
        const revocations = yield* Revocations
        const { news } = yield* AccessNews
        const refreshed = yield* PubSub.sliding<void>(1)
        const read = reader(rules)
        const reading = yield* Semaphore.make(1)
        let revoked = new RevokedTokens([])

        // One after the other, so that what was read last is what is known.
        const refresh = reading.withPermits(1)(Effect.gen(function*() {
          revoked = new RevokedTokens(yield* revocations.live)
          yield* PubSub.publish(refreshed, undefined)
        }))
        const refreshUntilKnown = Effect.orDie(Effect.retry(refresh, Schedule.spaced("1 second")))
        yield* news.pipe(
          Stream.filter((item) => item.of !== "file"),
          Stream.runForEach(() => refreshUntilKnown),
          Effect.forkScoped({ startImmediately: true })
        )
        // Nobody is let in before it is known who is not.
        yield* refreshUntilKnown

        /** A ticket is worth no more than the token that it was issued for. */
        const redeem = Effect.fnUntraced(function*(ticket: string) {
          const identity = yield* tickets.redeem(ticket)
          if (identity !== undefined && identity.expiresAtMillis > (yield* Clock.currentTimeMillis)) return identity
          return yield* new TokenRefused({ reason: "the ticket is used up or has expired" })
        })

        return Authenticator.of({
          isOpen: false,
          identify: (token) =>
            Effect.gen(function*() {
              const identity = yield* isTicket(token) ? redeem(token) : read(token)
              if (revoked.has(identity)) return yield* new TokenRefused({ reason: "the token was revoked" })
              return identity
            }),
          isRevoked: (identity) => revoked.has(identity),
          refresh,
          refreshed: Stream.fromPubSub(refreshed)
        })
      })
    )
}
