/**
 * Tokens that are refused although they are signed and have not expired. The rows are the truth, and every gateway
 * keeps those that still matter in memory (`AccessNews` tells it of new ones): there are few, because they end with the
 * tokens that they are about.
 */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as SqlClient from "effect/sql/SqlClient"
import { Policy } from "./Policy.ts"
import type { StoreUnavailable } from "./StoreUnavailable.ts"

/** One token by its `jti`, or all of a user that were issued until the revocation. */
export type Revoked = { readonly tokenId: string } | { readonly userId: string }

export type Revocation = Revoked & {
  /** Milliseconds since 1970. */
  readonly atMillis: number
}

export class Revocations extends Context.Service<Revocations, {
  /** `lastMillis`: how long a token may live that is revoked hereby. */
  readonly revoke: (revoked: Revoked, lastMillis: number) => Effect.Effect<void, StoreUnavailable>
  /** All that concern tokens which may not have expired yet. Forgets the others. */
  readonly live: Effect.Effect<ReadonlyArray<Revocation>, StoreUnavailable>
}>()("@easel/store/Revocations") {
  static readonly layer = Layer.effect(
    Revocations,
    Effect.gen(function*() {
      const sql = yield* SqlClient.SqlClient
      const policy = yield* Policy
      return Revocations.of({
        revoke: (revoked, lastMillis) =>
          policy.postgres("Revocations.revoke", sql.unsafe(
            `INSERT INTO revocations (subject, token_id, expires_at) VALUES ($1, $2, now() + make_interval(secs => $3::float8 / 1000))`,
            ["userId" in revoked ? revoked.userId : null, "tokenId" in revoked ? revoked.tokenId : null, lastMillis]
          )).pipe(Effect.asVoid),
        live: policy.postgres("Revocations.live", sql.unsafe<Row>(
          `WITH gone AS (DELETE FROM revocations WHERE expires_at <= now())
           SELECT subject, token_id AS "tokenId", (extract(epoch FROM issued_before) * 1000)::float8 AS "atMillis"
           FROM revocations WHERE expires_at > now()`
        )).pipe(Effect.map((rows) => rows.map(({ atMillis, subject, tokenId }): Revocation =>
          subject === null ? { tokenId: tokenId ?? "", atMillis } : { userId: subject, atMillis }
        )))
      })
    })
  )
}

interface Row {
  readonly subject: string | null
  readonly tokenId: string | null
  readonly atMillis: number
}
