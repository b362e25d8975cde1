/** kill -9 of a node of a cluster under load; with `EASEL_TESTS=all` of each of them, one after the other. */
import { expect, it } from "vitest"
import { clusterForTest } from "../harness/EaselCluster.ts"
import { onThisMachine, percentile, shown } from "../harness/gaps.ts"
import { isThorough } from "../harness/thorough.ts"
import { ClusterLoad } from "./ClusterLoad.ts"
import { measure } from "./report/record.ts"

const resumesMillisMax = 6_000
const elsewhereMillisMax = 1_000
const victimsMax = isThorough ? 3 : 1

it("K2: files of a node that is killed are served by others within 6 s; other files notice nothing", { timeout: 300_000 }, async () => {
  const cluster = await clusterForTest({}, {}, {})
  const load = await ClusterLoad.start(cluster, { name: "kill" })
  const moved: Array<number> = []
  const untouched: Array<number> = []
  const victims = cluster.members.slice(0, victimsMax)
  for (const victim of victims) {
    const owners = await cluster.ownersOf(load.fileIds)
    const isWhole = load.breaks(`kill -9 of ${victim.name}`)
    const killedAt = performance.now()
    await victim.process.kill()
    await load.flows(20)
    isWhole()
    const owned = load.seats.filter(({ editor }) => owners.get(editor.fileId) === victim.name)
    const elsewhere = load.seats.filter(({ editor, home }) => owners.get(editor.fileId) !== victim.name && home !== victim)
    moved.push(...load.gapsSince(killedAt, owned))
    untouched.push(...load.gapsSince(killedAt, elsewhere))
    await victim.process.start()
    await cluster.untilSettled(3)
  }
  measure("kill -9 of an owner: its files are served again", "p99 <= 6 s", shown(moved), percentile(moved, 0.99) <= resumesMillisMax)
  measure("kill -9 of an owner: longest gap of other files", "<= 1 s", shown(untouched), Math.max(...untouched) <= elsewhereMillisMax)
  const counts = await load.finish()
  console.log("kill -9 of an owner:", counts)
  expect(moved.length).toBeGreaterThanOrEqual(3 * victims.length)
  expect(untouched.length).toBeGreaterThanOrEqual(3 * victims.length)
  expect(Math.max(...moved)).toBeLessThanOrEqual(onThisMachine(resumesMillisMax))
  expect(Math.max(...untouched)).toBeLessThanOrEqual(onThisMachine(elsewhereMillisMax))
})
