/**
 * SIGSTOP of a node under load, and SIGCONT when its files have long been served elsewhere. While it is frozen its
 * editors go on writing into their sockets, so it wakes up with work to do as an owner that it no longer is.
 */
import { setTimeout as pause } from "node:timers/promises"
import { expect, it } from "vitest"
import { clusterForTest } from "../../harness/EaselCluster.ts"
import { readCounter } from "../../harness/readCounter.ts"
import { onThisMachine, shown } from "../../harness/gaps.ts"
import { waitUntil } from "../../harness/waitUntil.ts"
import { ClusterLoad } from "../ClusterLoad.ts"
import { measure } from "../report/record.ts"

const elsewhereMillisMax = 15_000

it.each([5, 15, 60])("K3: a node that is frozen for %i s is replaced, and what it writes when it wakes is refused", { timeout: 180_000 }, async (seconds) => {
  const cluster = await clusterForTest({}, {}, {})
  const load = await ClusterLoad.start(cluster, { name: `freeze-${seconds}`, localEvery: 2 })
  const owners = await cluster.ownersOf(load.fileIds)
  // Whoever has editors of its own, as many as there are.
  const localTo = (name: string) => load.seats.filter(({ editor, home }) => home.name === name && owners.get(editor.fileId) === name)
  const [victim] = [...cluster.members].sort((a, b) => localTo(b.name).length - localTo(a.name).length)
  if (victim === undefined) throw new Error("unreachable")
  const local = localTo(victim.name)
  const owned = load.seats.filter(({ editor, home }) => owners.get(editor.fileId) === victim.name && home !== victim)
  const elsewhere = load.seats.filter(({ editor, home }) => owners.get(editor.fileId) !== victim.name && home !== victim)

  const isWhole = load.breaks(`SIGSTOP of ${victim.name}`)
  const frozenAt = performance.now()
  victim.process.freeze()
  await load.flows(5, [...owned, ...elsewhere])
  // Also the files whose editors are all on the frozen node live elsewhere now.
  const door = cluster.living[0]?.process.url
  await Promise.all(local.map(async ({ editor }) => {
    await waitUntil(async () => (await cluster.runnerOf(editor.fileId))?.name !== victim.name, { deadlineMillis: elsewhereMillisMax, what: "the file has moved" })
    await waitUntil(async () => (await fetch(`${door}/api/files/${editor.fileId}`)).ok, { deadlineMillis: elsewhereMillisMax, what: "the file is served" })
  }))
  const servedMillis = Math.round(performance.now() - frozenAt)
  await pause(Math.max(0, seconds * 1000 - servedMillis))
  const gaps = { owned: load.gapsSince(frozenAt, owned), elsewhere: load.gapsSince(frozenAt, elsewhere) }
  victim.process.thaw()
  isWhole()
  await load.flows(5)
  await cluster.untilSettled(3)
  await load.flows(5)
  const fenced = await readCounter(victim.process.url, "easel_fenced_writes_total")
  measure(`SIGSTOP of an owner for ${seconds} s: its files are served elsewhere`, "<= 15 s", `all after ${servedMillis} ms; ${shown(gaps.owned)}`, servedMillis <= elsewhereMillisMax)
  measure(`SIGSTOP of an owner for ${seconds} s: longest gap of other files`, "<= 1 s", shown(gaps.elsewhere), Math.max(...gaps.elsewhere) <= 1_000)
  measure(`SIGSTOP of an owner for ${seconds} s: stale writes refused`, ">= 1, none committed", `${fenced} of ${local.length} files`, fenced >= 1)
  const counts = await load.finish()
  console.log(`frozen for ${seconds} s:`, counts)
  expect(servedMillis).toBeLessThanOrEqual(onThisMachine(elsewhereMillisMax))
  expect(Math.max(...gaps.owned)).toBeLessThanOrEqual(onThisMachine(elsewhereMillisMax))
  expect(Math.max(...gaps.elsewhere)).toBeLessThanOrEqual(onThisMachine(1_000))
  expect(local.length).toBeGreaterThanOrEqual(1)
  expect(fenced).toBeGreaterThanOrEqual(1)
})
