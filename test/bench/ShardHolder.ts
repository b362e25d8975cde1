/**
 * A runner without files: it holds shards, and writes how many to its output whenever that changes.
 *
 * `leases` is what Easel does; `advisory` is Effect's own storage of shards, which holds them by advisory locks of a
 * PostgreSQL session and finds dead runners by pinging them. Both get Easel's intervals.
 */
import { Policy } from "@easel/store"
import { NodeClusterSocket, NodeRuntime } from "@effect/platform-node"
import { PgClient } from "@effect/sql-pg"
import { Effect, Layer, Option, Redacted } from "effect"
import { RunnerAddress, ShardId, Sharding } from "effect/cluster"
import type { SqlClient } from "effect/sql"
import * as Cluster from "../../cluster/runtime/Cluster.ts"
import { freePort } from "../../cluster/runtime/freePort.ts"
import { MemberStatus } from "../../cluster/runtime/MemberStatus.ts"

export const holderShards = 300
export type Locks = "leases" | "advisory"

const group = "default"
const pollInterval = "10 millis"

const reportHeld = Effect.gen(function*() {
  const sharding = yield* Sharding.Sharding
  const shards = Array.from({ length: holderShards }, (_, index) => ShardId.make(group, index + 1))
  let told = -1
  while (true) {
    const held = shards.filter((shard) => sharding.hasShardId(shard)).length
    if (held !== told) process.stdout.write(`held ${held}\n`)
    told = held
    yield* Effect.sleep(pollInterval)
  }
})

const runner = (locks: Locks, port: number): Layer.Layer<Sharding.Sharding, unknown, Policy | SqlClient.SqlClient> =>
  locks === "leases"
    ? Cluster.layerRunner({ host: "127.0.0.1", port, listenHost: "127.0.0.1", groups: [group], shardsPerGroup: holderShards, residentFilesMax: 1 }).pipe(
      Layer.provide(MemberStatus.layer({ node: `holder-${port}`, role: "node", groups: [group] }))
    )
    : NodeClusterSocket.layer({
      storage: "sql",
      shardingConfig: {
        ...Cluster.intervals,
        runnerAddress: Option.some(RunnerAddress.make("127.0.0.1", port)),
        availableShardGroups: [group],
        assignedShardGroups: [group],
        shardsPerGroup: holderShards
      }
    })

export const main = async (locks: Locks, databaseUrl: string): Promise<void> => {
  const port = await freePort()
  NodeRuntime.runMain(reportHeld.pipe(
    Effect.provide(runner(locks, port).pipe(Layer.provide([Policy.layer, PgClient.layer({ url: Redacted.make(databaseUrl), maxConnections: 10 })])))
  ))
}
