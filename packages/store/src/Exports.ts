/**
 * Exports that were made, by the state that they are of and how it is drawn: who asks for the same again gets the same
 * blob. They are forgotten after a week, for they can be made again.
 */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as SqlClient from "effect/sql/SqlClient"
import { Policy } from "./Policy.ts"
import type { StoreUnavailable } from "./StoreUnavailable.ts"

export class Exports extends Context.Service<Exports, {
  /** The blob of what a file was exported as under a key. */
  readonly find: (fileId: string, key: string) => Effect.Effect<string | undefined, StoreUnavailable>
  readonly put: (fileId: string, key: string, sha256: string) => Effect.Effect<void, StoreUnavailable>
  readonly forgetOld: Effect.Effect<void, StoreUnavailable>
}>()("@easel/store/Exports") {
  static readonly layer = Layer.effect(
    Exports,
    Effect.zipWith(SqlClient.SqlClient, Policy, (sql, policy) => {
      const query = (operation: string, text: string, parameters: ReadonlyArray<unknown>) =>
        policy.postgres(operation, sql.unsafe<{ readonly sha256: string }>(text, parameters))
      return Exports.of({
        find: (fileId, key) =>
          Effect.map(query("Exports.find", `SELECT sha256 FROM exports WHERE file_id = $1::uuid AND key = $2::text`, [fileId, key]), ([found]) => found?.sha256),
        put: (fileId, key, sha256) =>
          Effect.asVoid(query(
            "Exports.put",
            `INSERT INTO exports (file_id, key, sha256) VALUES ($1::uuid, $2::text, $3::text)
             ON CONFLICT (file_id, key) DO UPDATE SET sha256 = excluded.sha256, created_at = now()`,
            [fileId, key, sha256]
          )),
        forgetOld: Effect.asVoid(query("Exports.forgetOld", `DELETE FROM exports WHERE created_at < now() - interval '7 days'`, []))
      })
    })
  )
}
