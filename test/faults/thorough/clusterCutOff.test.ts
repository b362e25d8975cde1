/** A node that cannot reach PostgreSQL while everybody else can, and that others can still reach. */
import { expect, it } from "vitest"
import { clusterForTest } from "../../harness/EaselCluster.ts"
import { onThisMachine, shown } from "../../harness/gaps.ts"
import { waitUntil } from "../../harness/waitUntil.ts"
import { ClusterLoad } from "../ClusterLoad.ts"
import { measure } from "../report/record.ts"

const elsewhereMillisMax = 15_000

it("K2: files of a node that is cut off from PostgreSQL are served elsewhere within 15 s, and it comes back", { timeout: 300_000 }, async () => {
  const cluster = await clusterForTest({ proxied: true }, {}, {})
  const [victim] = cluster.members
  if (victim?.proxy === undefined) throw new Error("unreachable")
  const load = await ClusterLoad.start(cluster, { name: "cut-off" })
  const owners = await cluster.ownersOf(load.fileIds)
  const owned = load.seats.filter(({ editor, home }) => owners.get(editor.fileId) === victim.name && home !== victim)
  const elsewhere = load.seats.filter(({ editor, home }) => owners.get(editor.fileId) !== victim.name && home !== victim)
  const isWhole = load.breaks(`${victim.name} without PostgreSQL`)
  const cutAt = performance.now()
  victim.proxy.blackhole()
  await load.flows(5, [...owned, ...elsewhere])
  const gaps = { owned: load.gapsSince(cutAt, owned), elsewhere: load.gapsSince(cutAt, elsewhere) }
  await waitUntil(async () => (await cluster.runners()).find(({ name }) => name === victim.name)?.shards === 0, { deadlineMillis: elsewhereMillisMax, what: "its shards are elsewhere" })
  victim.proxy.heal()
  isWhole()
  await cluster.untilSettled(3)
  await load.flows(5)
  measure("an owner without PostgreSQL: its files are served elsewhere", "<= 15 s", shown(gaps.owned), Math.max(...gaps.owned) <= elsewhereMillisMax)
  measure("an owner without PostgreSQL: longest gap of other files", "<= 1 s", shown(gaps.elsewhere), Math.max(...gaps.elsewhere) <= 1_000)
  console.log("cut off from PostgreSQL:", await load.finish())
  expect(owned.length).toBeGreaterThanOrEqual(1)
  expect(Math.max(...gaps.owned)).toBeLessThanOrEqual(onThisMachine(elsewhereMillisMax))
  expect(Math.max(...gaps.elsewhere)).toBeLessThanOrEqual(onThisMachine(1_000))
})
