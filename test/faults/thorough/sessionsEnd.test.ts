/** All sessions with PostgreSQL are ended, again and again, while a node joins: those of commits, of leases and of everything else. */
import { setTimeout as pause } from "node:timers/promises"
import { expect, it } from "vitest"
import { clusterForTest } from "../../harness/EaselCluster.ts"
import { onThisMachine, percentile, shown } from "../../harness/gaps.ts"
import { ClusterLoad } from "../ClusterLoad.ts"
import { measure } from "../report/record.ts"

const times = 5
const resumesMillisMax = 6_000

it("A8 K1: sessions that end while a node joins lose nothing, and the node joins", { timeout: 300_000 }, async () => {
  const cluster = await clusterForTest({}, {})
  const load = await ClusterLoad.start(cluster, { name: "sessions" })
  const isWhole = load.breaks("all sessions are ended")
  const endedAt = performance.now()
  const joining = cluster.start({})
  let ended = 0
  for (let n = 0; n < times; n++) {
    ended += (await cluster.sql("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()")).length
    await pause(400)
  }
  await joining
  await cluster.untilSettled(3)
  isWhole()
  await load.flows()
  const gaps = load.gapsSince(endedAt, load.seats)
  measure(`all sessions with PostgreSQL ended ${times} times while a node joins: gap of a file`, "p99 <= 6 s", `${shown(gaps)}; ${ended} sessions`, percentile(gaps, 0.99) <= resumesMillisMax)
  await load.finish()
  expect(ended).toBeGreaterThan(times * 4)
  expect(Math.max(...gaps)).toBeLessThanOrEqual(onThisMachine(resumesMillisMax))
})
