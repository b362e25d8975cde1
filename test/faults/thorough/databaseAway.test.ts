/**
 * PostgreSQL stalls, and then is not there for anybody: files stay in memory and editors connected, and what they did
 * meanwhile is acknowledged soon after it is back. `EASEL_AWAY_SECONDS` sets how long it is away (10).
 */
import { setTimeout as pause } from "node:timers/promises"
import { expect, it } from "vitest"
import { clusterForTest } from "../../harness/EaselCluster.ts"
import { onThisMachine, percentile, shown } from "../../harness/gaps.ts"
import { readCounter } from "../../harness/readCounter.ts"
import { ClusterLoad } from "../ClusterLoad.ts"
import { measure } from "../report/record.ts"

const stallMillis = 3_000
const awayMillis = Number(process.env["EASEL_AWAY_SECONDS"] ?? 10) * 1_000
const ackedMillisMax = 5_000

it("T1 B1: a database that stalls moves no file, and one that was away costs no session; edits are acked soon after it is back", { timeout: 240_000 + 2 * awayMillis }, async () => {
  const cluster = await clusterForTest({ proxied: true }, { proxied: true }, { proxied: true })
  const proxies = cluster.members.flatMap(({ proxy }) => proxy ?? [])
  const load = await ClusterLoad.start(cluster, { name: "database" })
  const activations = async () => (await Promise.all(cluster.members.map(({ process }) => readCounter(process.url, "easel_file_activations_total")))).reduce((sum, count) => sum + count, 0)
  const pids = () => cluster.members.map(({ process }) => process.pid)
  const [loaded, processes, connected] = [await activations(), pids(), load.seats.map(({ editor }) => editor.connections)]

  const answers = load.breaks("PostgreSQL stalls")
  for (const proxy of proxies) proxy.holdReplies()
  await pause(stallMillis)
  for (const proxy of proxies) proxy.releaseReplies()
  answers()
  await load.flows()
  const restarts = (await activations()) - loaded
  measure("PostgreSQL stalls for 3 s: actors that start again", "0", String(restarts), restarts === 0)

  const isBack = load.breaks("PostgreSQL away")
  for (const proxy of proxies) proxy.refuse()
  await pause(awayMillis)
  const backAt = performance.now()
  for (const proxy of proxies) proxy.accept()
  isBack()
  await load.flows(1)
  const waits = load.seats.map(({ editor }) => Math.round((editor.answers.find(({ atMillis }) => atMillis > backAt)?.atMillis ?? Infinity) - backAt))
  await load.flows()
  const kept = load.seats.filter(({ editor }, index) => editor.connections === connected[index]).length
  measure(`PostgreSQL away for ${awayMillis / 1_000} s: acked again after it accepts`, "<= 5 s", shown(waits), percentile(waits, 1) <= ackedMillisMax)
  measure(`PostgreSQL away for ${awayMillis / 1_000} s: sessions that stay open`, ">= 95 %, 0 process exits", `${kept} of ${load.seats.length}`, kept >= 0.95 * load.seats.length)
  const resends = (await Promise.all(cluster.members.map(({ process }) => readCounter(process.url, "easel_resends_total")))).reduce((sum, count) => sum + count, 0)
  expect(pids()).toEqual(processes)
  const counts = await load.finish()
  measure("PostgreSQL away: calls that were sent again inside the cluster, for each operation", "<= 3", (resends / counts.acked).toFixed(3), resends <= 3 * counts.acked)
  expect(restarts).toBe(0)
  expect(kept).toBeGreaterThanOrEqual(0.95 * load.seats.length)
  expect(Math.max(...waits)).toBeLessThanOrEqual(onThisMachine(ackedMillisMax))
})
