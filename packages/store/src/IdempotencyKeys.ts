/**
 * Requests that may come again under a key of their caller. The first one takes the key and leaves its answer there,
 * which whoever repeats it gets, for a day. What was not done is forgotten, and a key that its holder has not brought
 * back in time, because it crashed, is free for the same request.
 */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as SqlClient from "effect/sql/SqlClient"
import { Policy } from "./Policy.ts"
import type { StoreUnavailable } from "./StoreUnavailable.ts"

/** How long an answer is kept, and how long a request may take. */
const keptHours = 24
const lockedSeconds = 60

/** Keys that have expired leave with those that come, some at a time. */
const purgedMax = 100

export interface KeyedRequest {
  readonly userId: string
  readonly key: string
  /** SHA-256 of all that makes it the same request. */
  readonly sha256: Uint8Array
}

/** Whether the caller has the key, or what became of the request that has it. */
export type Taken =
  | { readonly _tag: "Mine" }
  | { readonly _tag: "Answered"; readonly answer: string }
  | { readonly _tag: "UnderWay" }
  | { readonly _tag: "OtherRequest" }

export class IdempotencyKeys extends Context.Service<IdempotencyKeys, {
  readonly take: (request: KeyedRequest) => Effect.Effect<Taken, StoreUnavailable>
  /** Keeps the answer, a text. */
  readonly answer: (request: KeyedRequest, answer: string) => Effect.Effect<void, StoreUnavailable>
  /** Nothing was done. */
  readonly release: (request: KeyedRequest) => Effect.Effect<void, StoreUnavailable>
}>()("@easel/store/IdempotencyKeys") {
  static readonly layer = Layer.effect(
    IdempotencyKeys,
    Effect.gen(function*() {
      const sql = yield* SqlClient.SqlClient
      const policy = yield* Policy
      const query = <Row extends object>(operation: string, text: string, { key, sha256, userId }: KeyedRequest, ...more: ReadonlyArray<unknown>) =>
        policy.postgres(operation, sql.unsafe<Row>(text, [userId, key, sha256, ...more]))

      return IdempotencyKeys.of({
        take: Effect.fn("IdempotencyKeys.take")(function*(request) {
          const mine = yield* query("IdempotencyKeys.take", takeKey, request, lockedSeconds, keptHours, purgedMax)
          if (mine.length > 0) return { _tag: "Mine" }
          const [present] = yield* query<{ readonly answer: string | null; readonly isSame: boolean }>(
            "IdempotencyKeys.find",
            `SELECT answer, request_sha256 = $3 AS "isSame" FROM idempotency_keys WHERE user_id = $1 AND key = $2`,
            request
          )
          if (present?.isSame === false) return { _tag: "OtherRequest" }
          return typeof present?.answer === "string" ? { _tag: "Answered", answer: present.answer } : { _tag: "UnderWay" }
        }),

        answer: (request, answer) =>
          Effect.asVoid(query("IdempotencyKeys.answer", `UPDATE idempotency_keys SET answer = $4 WHERE user_id = $1 AND key = $2 AND request_sha256 = $3`, request, answer)),

        release: (request) =>
          Effect.asVoid(query("IdempotencyKeys.release", `DELETE FROM idempotency_keys WHERE user_id = $1 AND key = $2 AND request_sha256 = $3 AND answer IS NULL`, request))
      })
    })
  )
}

const takeKey = `
WITH expired AS (
  SELECT user_id, key FROM idempotency_keys WHERE expires_at <= now() AND (user_id, key) <> ($1, $2) LIMIT $6::int FOR UPDATE SKIP LOCKED
), purged AS (
  DELETE FROM idempotency_keys k USING expired e WHERE k.user_id = e.user_id AND k.key = e.key
)
INSERT INTO idempotency_keys AS k (user_id, key, request_sha256, locked_until, expires_at)
VALUES ($1, $2, $3, now() + make_interval(secs => $4::int), now() + make_interval(hours => $5::int))
ON CONFLICT (user_id, key) DO UPDATE
  SET request_sha256 = excluded.request_sha256, answer = NULL, locked_until = excluded.locked_until, expires_at = excluded.expires_at
  WHERE k.expires_at <= now() OR (k.answer IS NULL AND k.locked_until <= now() AND k.request_sha256 = excluded.request_sha256)
RETURNING k.key`
