/** In whose name a request is made, as the server found out from what it shows. */
import * as Context from "effect/Context"
import type { Principal } from "./roles.ts"

/** Who a token says somebody is. */
export interface Identity {
  readonly userId: string
  readonly userName?: string | undefined
  /** The token's own id (`jti`), by which it may be revoked. */
  readonly tokenId?: string | undefined
  /** Milliseconds since 1970. */
  readonly issuedAtMillis: number
  readonly expiresAtMillis: number
  /** Whether it may say of any file who may do what, and revoke tokens. */
  readonly isAdmin: boolean
}

export interface Caller {
  readonly principal: Principal
  readonly userName: string
  /** Present when a token was shown. */
  readonly identity?: Identity | undefined
}

export class RequestCaller extends Context.Service<RequestCaller, Caller>()("@easel/protocol/RequestCaller") {}
