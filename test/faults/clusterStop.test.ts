/** Nodes that stop and start in good order, under load: one of three, all of them in turn, and one to three to one. */
import { expect, it } from "vitest"
import { clusterForTest } from "../harness/EaselCluster.ts"
import { onThisMachine, percentile, shown } from "../harness/gaps.ts"
import { ClusterLoad } from "./ClusterLoad.ts"

const handOverMillisMax = 1_000

it("K4: files of a node that stops are handed over within a second", { timeout: 120_000 }, async () => {
  const cluster = await clusterForTest({}, {}, {})
  const load = await ClusterLoad.start(cluster, { name: "stop" })
  const gaps: Array<number> = []
  for (const leaver of cluster.members) {
    const owners = await cluster.ownersOf(load.fileIds)
    const address = (await cluster.runners()).find(({ name }) => name === leaver.name)?.address
    const stoppedAt = performance.now()
    const { code } = await leaver.process.stop()
    expect(code).toBe(0)
    expect(await cluster.sql("SELECT shard_id FROM shard_leases WHERE address = $1", [address])).toEqual([])
    expect(await cluster.sql("SELECT state FROM cluster_members WHERE address = $1", [address])).toEqual([])
    await load.flows(10)
    gaps.push(...load.gapsSince(stoppedAt, load.seats.filter(({ editor, home }) => owners.get(editor.fileId) === leaver.name && home !== leaver)))
    await leaver.process.start()
    await cluster.untilSettled(3)
  }
  console.log(`SIGTERM of an owner: ${shown(gaps)}`)
  console.log("SIGTERM of an owner:", await load.finish())
  expect(gaps.length).toBeGreaterThanOrEqual(10)
  expect(percentile(gaps, 0.99)).toBeLessThanOrEqual(onThisMachine(handOverMillisMax))
})

it("K4, K5: restarting all nodes in turn costs an editor at most one connection per stop", { timeout: 120_000 }, async () => {
  const cluster = await clusterForTest({}, {}, {})
  const load = await ClusterLoad.start(cluster, { name: "rolling", files: 10 })
  const startedAt = performance.now()
  const before = load.seats.map(({ editor }) => editor.connections)
  for (const member of cluster.members) {
    const connected = load.seats.map(({ editor }) => editor.connections)
    expect((await member.process.stop()).code).toBe(0)
    await member.process.start()
    await cluster.untilSettled(3)
    await load.flows(3)
    for (const [index, { editor }] of load.seats.entries()) expect(editor.connections - (connected[index] ?? 0)).toBeLessThanOrEqual(1)
  }
  const reconnects = load.seats.reduce((sum, { editor }, index) => sum + editor.connections - (before[index] ?? 0), 0)
  console.log(`rolling restart: ${shown(load.gapsSince(startedAt, load.seats))}; ${reconnects} reconnects of ${load.seats.length} editors`)
  console.log("rolling restart:", await load.finish())
  expect(reconnects).toBeGreaterThanOrEqual(1)
})

it("K4: from one node to three and back to one, shards are spread evenly after each step", { timeout: 120_000 }, async () => {
  const cluster = await clusterForTest({})
  const load = await ClusterLoad.start(cluster, { name: "scale", files: 10 })
  const startedAt = performance.now()
  for (const count of [2, 3]) {
    await cluster.start({})
    await cluster.untilSettled(count)
    await load.flows(3)
  }
  const grown = load.gapsSince(startedAt, load.seats)
  const shrinkingAt = performance.now()
  for (const member of cluster.members.slice(0, 2)) {
    await member.process.stop()
    await cluster.untilSettled(cluster.living.length)
    await load.flows(3)
  }
  console.log(`one to three: ${shown(grown)}; three to one: ${shown(load.gapsSince(shrinkingAt, load.seats))}`)
  console.log("scale:", await load.finish())
})
