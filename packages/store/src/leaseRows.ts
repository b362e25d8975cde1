/** The rows of `shard_leases`: taking leases that are free, and giving them back. */
import * as Effect from "effect/Effect"
import * as SqlClient from "effect/sql/SqlClient"
import { Policy } from "./Policy.ts"
import type { StoreUnavailable } from "./StoreUnavailable.ts"

/** Of one runner, by its address; shards are `group:number`. */
export interface LeaseRows {
  /** Takes those that are free, or its own; returns which. The lease of a runner that is dead or unknown is free. */
  readonly take: (address: string, shardIds: ReadonlyArray<string>) => Effect.Effect<ReadonlyArray<string>, StoreUnavailable>
  readonly held: (address: string) => Effect.Effect<ReadonlyArray<string>, StoreUnavailable>
  readonly release: (address: string, shardIds: ReadonlyArray<string>) => Effect.Effect<void, StoreUnavailable>
  readonly releaseAll: (address: string) => Effect.Effect<void, StoreUnavailable>
}

export const make = Effect.zipWith(SqlClient.SqlClient, Policy, (sql, policy): LeaseRows => {
  const query = (operation: string, text: string, parameters: ReadonlyArray<unknown>) =>
    policy.postgres(operation, sql.unsafe<{ shardId: string }>(text, parameters)).pipe(
      Effect.map((rows) => rows.map(({ shardId }) => shardId)),
      Effect.withTracerEnabled(false)
    )

  return {
    take: (address, shardIds) =>
      query(
        "ShardLeases.take",
        `INSERT INTO shard_leases (shard_id, address) SELECT s, $1 FROM unnest($2::text[]) s ORDER BY s
         ON CONFLICT (shard_id) DO UPDATE SET address = excluded.address, acquired_at = now()
         WHERE shard_leases.address = excluded.address
           OR NOT EXISTS (SELECT FROM cluster_members m WHERE m.address = shard_leases.address AND m.state <> 'dead')
         RETURNING shard_id AS "shardId"`,
        [address, shardIds]
      ),

    held: (address) =>
      query("ShardLeases.held", `SELECT shard_id AS "shardId" FROM shard_leases WHERE address = $1`, [address]),

    /** Locks them in the order in which others ask for them (`take`), so that neither waits for the other. */
    release: (address, shardIds) =>
      Effect.asVoid(query(
        "ShardLeases.release",
        `DELETE FROM shard_leases WHERE shard_id IN (
           SELECT shard_id FROM shard_leases WHERE address = $1 AND shard_id = ANY($2::text[]) ORDER BY shard_id FOR UPDATE)`,
        [address, shardIds]
      )),

    releaseAll: (address) =>
      Effect.asVoid(query("ShardLeases.releaseAll", `DELETE FROM shard_leases WHERE address = $1`, [address]))
  }
})
