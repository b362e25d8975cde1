/** Clusters that change under load: all nodes restarted in turn, and from one node to three and back. */
import { expect, it } from "vitest"
import { clusterForTest } from "../../harness/EaselCluster.ts"
import { shown } from "../../harness/gaps.ts"
import { ClusterLoad } from "../ClusterLoad.ts"
import { measure } from "../report/record.ts"

it("K4, K5: restarting all nodes in turn costs an editor at most one connection per stop", { timeout: 300_000 }, async () => {
  const cluster = await clusterForTest({}, {}, {})
  const load = await ClusterLoad.start(cluster, { name: "rolling", files: 10 })
  const startedAt = performance.now()
  const before = load.seats.map(({ editor }) => editor.connections)
  for (const member of cluster.members) {
    const connected = load.seats.map(({ editor }) => editor.connections)
    const isWhole = load.breaks(`restart of ${member.name}`)
    expect((await member.process.stop()).code).toBe(0)
    await member.process.start()
    isWhole()
    await cluster.untilSettled(3)
    await load.flows(3)
    for (const [index, { editor }] of load.seats.entries()) expect(editor.connections - (connected[index] ?? 0)).toBeLessThanOrEqual(1)
  }
  const reconnects = load.seats.reduce((sum, { editor }, index) => sum + editor.connections - (before[index] ?? 0), 0)
  const perNode = reconnects / load.seats.length / cluster.members.length
  measure("rolling restart of all nodes: reconnects per editor and node", "<= 1", `${perNode.toFixed(2)}; gaps ${shown(load.gapsSince(startedAt, load.seats))}`, perNode <= 1)
  console.log("rolling restart:", await load.finish())
  expect(reconnects).toBeGreaterThanOrEqual(1)
})

it("K4: from one node to three and back to one, shards are spread evenly after each step", { timeout: 300_000 }, async () => {
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
