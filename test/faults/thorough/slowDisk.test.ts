/** The disk of PostgreSQL takes its time over each commit: acks are late, and that is all. */
import { expect, it } from "vitest"
import { clusterOn } from "../../harness/EaselCluster.ts"
import { percentile } from "../../harness/gaps.ts"
import { OwnPostgres } from "../../harness/OwnPostgres.ts"
import { readCounter } from "../../harness/readCounter.ts"
import { slowSyncs } from "../../harness/slowSyncs.ts"
import { ClusterLoad } from "../ClusterLoad.ts"
import { measure } from "../report/record.ts"

const delayMillis = 300

it("J1 A8: each fdatasync of PostgreSQL takes 300 ms longer: acks wait for it, nobody is disconnected, no actor starts again", { timeout: 120_000 }, async () => {
  const postgres = await OwnPostgres.start({ fsync: "on" })
  const cluster = await clusterOn(postgres, {})
  const [member] = cluster.members
  if (member === undefined) throw new Error("unreachable")
  const { url } = member.process
  const load = await ClusterLoad.start(cluster, { name: "slow-disk", files: 5, editors: 10 })
  const [loaded, connected] = [await readCounter(url, "easel_file_activations_total"), load.seats.map(({ editor }) => editor.connections)]

  const isWhole = load.breaks("fdatasync takes 300 ms longer")
  const makeFast = await slowSyncs(postgres.pid, delayMillis)
  const slowAt = performance.now()
  await load.flows(20)
  const waits = load.seats.flatMap(({ editor }) =>
    editor.answers.filter(({ atMillis, waitedMillis }) => atMillis - waitedMillis > slowAt).map(({ waitedMillis }) => Math.round(waitedMillis)))
  await makeFast()
  isWhole()
  await load.flows()
  const restarts = await readCounter(url, "easel_file_activations_total") - loaded
  const kept = load.seats.filter(({ editor }, index) => editor.connections === connected[index]).length
  const took = `acks p50 ${percentile(waits, 0.5)}, p99 ${percentile(waits, 0.99)} ms`
  measure(`fdatasync takes ${delayMillis} ms longer (strace): sessions that stay open`, "all, 0 actors start again", `${kept} of ${load.seats.length}, ${restarts}; ${took}`, kept === load.seats.length && restarts === 0)
  await load.finish()
  expect(kept).toBe(load.seats.length)
  expect(restarts).toBe(0)
  // What was not exercised was not shown.
  expect(Math.min(...waits)).toBeGreaterThanOrEqual(delayMillis)
})
