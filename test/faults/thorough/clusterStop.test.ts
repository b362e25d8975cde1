/** Nodes that stop and start in good order, under load. */
import { expect, it } from "vitest"
import { clusterForTest } from "../../harness/EaselCluster.ts"
import { onThisMachine, percentile, shown } from "../../harness/gaps.ts"
import { ClusterLoad } from "../ClusterLoad.ts"
import { measure } from "../report/record.ts"

const handOverMillisMax = 1_000

it("K4: files of a node that stops are handed over within a second", { timeout: 300_000 }, async () => {
  const cluster = await clusterForTest({}, {}, {})
  const load = await ClusterLoad.start(cluster, { name: "stop" })
  const gaps: Array<number> = []
  for (const leaver of cluster.members) {
    const owners = await cluster.ownersOf(load.fileIds)
    const address = (await cluster.runners()).find(({ name }) => name === leaver.name)?.address
    const isWhole = load.breaks(`SIGTERM of ${leaver.name}`)
    const stoppedAt = performance.now()
    const { code } = await leaver.process.stop()
    expect(code).toBe(0)
    expect(await cluster.sql("SELECT shard_id FROM shard_leases WHERE address = $1", [address])).toEqual([])
    expect(await cluster.sql("SELECT state FROM cluster_members WHERE address = $1", [address])).toEqual([])
    await load.flows(10)
    isWhole()
    gaps.push(...load.gapsSince(stoppedAt, load.seats.filter(({ editor, home }) => owners.get(editor.fileId) === leaver.name && home !== leaver)))
    await leaver.process.start()
    await cluster.untilSettled(3)
  }
  measure("SIGTERM of an owner: gap of a file", "p99 <= 1 s", shown(gaps), percentile(gaps, 0.99) <= handOverMillisMax)
  console.log("SIGTERM of an owner:", await load.finish())
  expect(gaps.length).toBeGreaterThanOrEqual(10)
  expect(percentile(gaps, 0.99)).toBeLessThanOrEqual(onThisMachine(handOverMillisMax))
})
