/** A node whose runners are threads, one of which dies. */
import { fileURLToPath } from "node:url"
import { expect, it } from "vitest"
import { clusterForTest } from "../../harness/EaselCluster.ts"
import { onThisMachine, percentile, shown } from "../../harness/gaps.ts"
import { readCounter } from "../../harness/readCounter.ts"
import { waitUntil } from "../../harness/waitUntil.ts"
import { ClusterLoad } from "../ClusterLoad.ts"
import { measure } from "../report/record.ts"

const preload = fileURLToPath(new URL("../../harness/endWorkers.mjs", import.meta.url))
const resumesMillisMax = 6_000
/** The worker is back before its former self is told dead, so some of the other's files move twice. */
const movesMillisMax = 3_000

it("K6: files are spread over workers; those of a worker that dies come back, and the worker too", { timeout: 300_000 }, async () => {
  const cluster = await clusterForTest({ workers: 2, preload })
  const [node] = cluster.members
  if (node === undefined) throw new Error("unreachable")
  const load = await ClusterLoad.start(cluster, { name: "workers" })
  const owners = await cluster.ownersOf(load.fileIds, "address")
  const ownersBefore = new Set(owners.values())
  expect(ownersBefore.size).toBe(2)

  // Its node takes a worker that died off the list at once.
  const before = (await cluster.runners()).find(({ worker }) => worker === 1)?.address
  const isWhole = load.breaks("a worker dies")
  const endedAt = performance.now()
  node.process.signal("SIGUSR2")
  const address = async () => (await cluster.runners()).find(({ state, worker }) => worker === 1 && state === "alive")?.address
  await load.flows(20)
  isWhole()
  const gaps = load.gapsSince(endedAt, load.seats.filter(({ editor }) => owners.get(editor.fileId) === before))
  const untouched = load.gapsSince(endedAt, load.seats.filter(({ editor }) => owners.get(editor.fileId) !== before))
  await waitUntil(async () => ![undefined, before].includes(await address()), { deadlineMillis: 20_000, what: "the worker is back", state: () => cluster.runners() })
  await cluster.untilSettled(2)
  await load.flows(5)
  expect(new Set((await cluster.ownersOf(load.fileIds, "address")).values()).size).toBe(2)
  expect(await readCounter(node.process.url, "easel_worker_restarts_total")).toBe(1)
  measure("a worker dies: its files are served again", "p99 <= 6 s", `${shown(gaps)}; the other's ${shown(untouched)}`, percentile(gaps, 0.99) <= resumesMillisMax)
  console.log("a worker dies:", await load.finish())
  expect(gaps.length).toBeGreaterThanOrEqual(1)
  expect(Math.max(...gaps)).toBeLessThanOrEqual(onThisMachine(resumesMillisMax))
  expect(Math.max(...untouched)).toBeLessThanOrEqual(onThisMachine(movesMillisMax))
})
