/**
 * The members of the cluster, the shards that they hold, and the shard group that a file lives in.
 *
 * A lease names a runner and has no time of its own: it is worth as much as its runner, whose heartbeat stands in one
 * row. So keeping thousands of leases costs one update.
 */
import * as Effect from "effect/Effect"
import * as SqlClient from "effect/sql/SqlClient"

const statements = [
  `CREATE TABLE cluster_members (
    address text PRIMARY KEY,
    machine_id integer GENERATED ALWAYS AS IDENTITY,
    runner text,
    state text NOT NULL CHECK (state IN ('alive', 'leaving', 'dead')),
    status jsonb NOT NULL DEFAULT '{}',
    joined_at timestamptz NOT NULL DEFAULT now(),
    heartbeat_at timestamptz NOT NULL DEFAULT now()
  ) WITH (fillfactor = 50)`,

  `CREATE TABLE shard_leases (
    shard_id text PRIMARY KEY,
    address text NOT NULL,
    acquired_at timestamptz NOT NULL DEFAULT now()
  )`,
  `CREATE INDEX shard_leases_address ON shard_leases (address)`,

  `ALTER TABLE files ADD COLUMN shard_group text NOT NULL DEFAULT 'default'`
]

export default Effect.gen(function*() {
  const sql = yield* SqlClient.SqlClient
  for (const statement of statements) yield* sql.unsafe(statement)
})
