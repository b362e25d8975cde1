/** Files that nobody may open, because their actors failed again and again. An operator looks, and lets them go. */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as SqlClient from "effect/sql/SqlClient"
import { Policy } from "./Policy.ts"
import type { StoreUnavailable } from "./StoreUnavailable.ts"

export interface QuarantinedFile {
  readonly fileId: string
  readonly name: string
  readonly reason: string
  /** Milliseconds since 1970. */
  readonly quarantinedAt: number
}

export class Quarantine extends Context.Service<Quarantine, {
  /** Only the owner may: with another epoch than the newest it has no effect, and answers `false`. */
  readonly add: (fileId: string, epoch: number, reason: string) => Effect.Effect<boolean, StoreUnavailable>
  /** Longest there first. */
  readonly list: Effect.Effect<ReadonlyArray<QuarantinedFile>, StoreUnavailable>
  /** Whether it was in quarantine. The next who asks for it opens it. */
  readonly release: (fileId: string) => Effect.Effect<boolean, StoreUnavailable>
}>()("@easel/store/Quarantine") {
  static readonly layer = Layer.effect(
    Quarantine,
    Effect.gen(function*() {
      const sql = yield* SqlClient.SqlClient
      const policy = yield* Policy
      const query = <Row extends object>(operation: string, text: string, parameters: ReadonlyArray<unknown> = []) =>
        policy.postgres(operation, sql.unsafe<Row>(text, parameters))

      return Quarantine.of({
        add: (fileId, epoch, reason) =>
          Effect.map(
            query(
              "Quarantine.add",
              `UPDATE files SET quarantined_at = coalesce(quarantined_at, now()), quarantine_reason = $3
               WHERE id = $1::uuid AND epoch = $2::bigint RETURNING id`,
              [fileId, BigInt(epoch), reason]
            ),
            ({ length }) => length > 0
          ),

        list: query<QuarantinedFile>(
          "Quarantine.list",
          `SELECT id::text AS "fileId", name, quarantine_reason AS reason, (extract(epoch FROM quarantined_at) * 1000)::float8 AS "quarantinedAt"
           FROM files WHERE quarantined_at IS NOT NULL AND deleted_at IS NULL ORDER BY quarantined_at, id`
        ),

        release: (fileId) =>
          Effect.map(
            query(
              "Quarantine.release",
              `UPDATE files SET quarantined_at = NULL, quarantine_reason = NULL WHERE id = $1::uuid AND quarantined_at IS NOT NULL RETURNING id`,
              [fileId]
            ),
            ({ length }) => length > 0
          )
      })
    })
  )
}
