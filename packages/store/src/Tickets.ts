/**
 * Tickets: each signs one connection in, within half a minute, as somebody who has shown a token before. A page that
 * gets one need not be given the token. They are in PostgreSQL, so that every node takes them.
 */
import type { Identity } from "@easel/protocol"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as SqlClient from "effect/sql/SqlClient"
import { Policy } from "./Policy.ts"
import { hashOf, newSecret } from "./secrets.ts"
import type { StoreUnavailable } from "./StoreUnavailable.ts"

const ticketSeconds = 30

export class Tickets extends Context.Service<Tickets, {
  readonly issue: (identity: Identity) => Effect.Effect<{ readonly ticket: string; readonly expiresAtMillis: number }, StoreUnavailable>
  /** Whom the ticket was issued to. The first call ends it. */
  readonly redeem: (ticket: string) => Effect.Effect<Identity | undefined, StoreUnavailable>
}>()("@easel/store/Tickets") {
  static readonly layer = Layer.effect(
    Tickets,
    Effect.gen(function*() {
      const sql = yield* SqlClient.SqlClient
      const policy = yield* Policy
      return Tickets.of({
        issue: Effect.fnUntraced(function*(identity) {
          const ticket = `${ticketPrefix}${newSecret()}`
          const rows = yield* policy.postgres("Tickets.issue", sql.unsafe<{ readonly expiresAtMillis: number }>(
            `WITH gone AS (DELETE FROM tickets WHERE expires_at <= now())
             INSERT INTO tickets (secret_sha256, identity, expires_at) VALUES ($1, $2::jsonb, now() + make_interval(secs => $3))
             ON CONFLICT (secret_sha256) DO UPDATE SET expires_at = excluded.expires_at
             RETURNING (extract(epoch FROM expires_at) * 1000)::float8 AS "expiresAtMillis"`,
            [hashOf(ticket), JSON.stringify(identity), ticketSeconds]
          ))
          return { ticket, expiresAtMillis: Math.floor(rows[0]?.expiresAtMillis ?? 0) }
        }),
        // Not retried: an answer that was lost has ended the ticket.
        redeem: (ticket) =>
          sql.unsafe<{ readonly identity: Identity }>(
            `DELETE FROM tickets WHERE secret_sha256 = $1 AND expires_at > now() RETURNING identity`,
            [hashOf(ticket)]
          ).pipe(policy.once("Tickets.redeem"), Effect.map((rows) => rows[0]?.identity))
      })
    })
  )
}

const ticketPrefix = "ticket_"

export const isTicket = (token: string): boolean => token.startsWith(ticketPrefix)
