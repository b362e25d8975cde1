/** In whose name a connection or a request acts, from what it shows: a token, a share link, both, or nothing. */
import { createHash } from "node:crypto"
import type { Caller } from "@easel/protocol"
import { type ShareLink, ShareLinks, type StoreUnavailable } from "@easel/store"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { Authenticator } from "./Authenticator.ts"
import { TokenRefused } from "./Tokens.ts"

/** What somebody shows. Without a token the user id is a wish; of a guest it is a secret of his browser. */
export interface Credentials {
  readonly token?: string | undefined
  /** The secret of a share link. */
  readonly link?: string | undefined
  readonly userId: string
  readonly userName?: string | undefined
}

export class Callers extends Context.Service<Callers, {
  readonly identify: (credentials: Credentials) => Effect.Effect<Caller, TokenRefused | StoreUnavailable>
}>()("@easel/gateway/Callers") {
  static readonly layer = Layer.effect(
    Callers,
    Effect.gen(function*() {
      const authenticator = yield* Authenticator
      const links = yield* ShareLinks

      const linkOf = Effect.fnUntraced(function*(secret: string) {
        return (yield* links.find(secret)) ?? (yield* new TokenRefused({ reason: "the link has expired or was taken back" }))
      })

      return Callers.of({
        identify: Effect.fnUntraced(function*({ link: secret, token, userId, userName }) {
          if (authenticator.isOpen) return { principal: { userId }, userName: userName ?? userId }
          const identity = token === undefined ? undefined : yield* authenticator.identify(token)
          const link = secret === undefined ? undefined : yield* linkOf(secret)
          if (identity !== undefined) {
            const principal = {
              userId: identity.userId,
              ...(link === undefined ? {} : { linkId: link.id }),
              ...(identity.isAdmin ? { isAdmin: true } : {})
            }
            return { principal, identity, userName: identity.userName ?? userName ?? identity.userId }
          }
          if (link === undefined) return yield* new TokenRefused({ reason: "sign in: this server asks for a token or a share link" })
          return { principal: { userId: guestIdOf(link, userId), linkId: link.id }, userName: userName ?? "Guest" }
        })
      })
    })
  )
}

/** A guest is known again by what only his browser knows, and others see only the hash of it. */
const guestIdOf = ({ id }: ShareLink, secret: string): string =>
  `guest:${createHash("sha256").update(`${id} ${secret}`, "utf8").digest("base64url").slice(0, 22)}`
