/**
 * Nodes that do not reach each other while both reach PostgreSQL: one does not hear the other, and then neither does. No
 * file moves; who edits on the file's own node notices nothing, who edits beyond the cut waits until it is gone.
 */
import { setTimeout as pause } from "node:timers/promises"
import { expect, it } from "vitest"
import { clusterForTest } from "../../harness/EaselCluster.ts"
import { onThisMachine, percentile, shown } from "../../harness/gaps.ts"
import { ClusterLoad } from "../ClusterLoad.ts"
import { measure } from "../report/record.ts"

/** Longer than a line without answers lasts, and than a call is tried. */
const cutMillis = 5_000
const resumesMillisMax = 6_000
const untouchedMillisMax = 1_000

it("K1 K7: a partition between nodes moves no file and has one writer: beyond the cut editors wait, elsewhere they notice nothing", { timeout: 180_000 }, async () => {
  const cluster = await clusterForTest({ runnerProxied: true }, { runnerProxied: true })
  const load = await ClusterLoad.start(cluster, { name: "partition", files: 10, editors: 20, localEvery: 2 })
  const owners = await cluster.ownersOf(load.fileIds)
  const [first, second] = cluster.members
  if (first?.runnerProxy === undefined || second?.runnerProxy === undefined) throw new Error("unreachable")

  for (const [cut, unreached] of [["one-way", [first]], ["both ways", [first, second]]] as const) {
    const beyond = load.seats.filter(({ editor, home }) => unreached.some(({ name }) => owners.get(editor.fileId) === name) && owners.get(editor.fileId) !== home.name)
    const elsewhere = load.seats.filter((seat) => !beyond.includes(seat))
    const isWhole = load.breaks(`partition, ${cut}`)
    const cutAt = performance.now()
    for (const { runnerProxy } of unreached) runnerProxy?.blackhole()
    await pause(cutMillis)
    const gaps = load.gapsSince(cutAt, elsewhere)
    const answered = beyond.filter(({ editor }) => (editor.answers.at(-1)?.atMillis ?? 0) > cutAt + untouchedMillisMax)
    const healedAt = performance.now()
    for (const { runnerProxy } of unreached) runnerProxy?.heal()
    isWhole()
    await load.flows()
    const waits = beyond.map(({ editor }) => Math.round((editor.answers.find(({ atMillis }) => atMillis > healedAt)?.atMillis ?? Infinity) - healedAt))
    measure(`nodes do not reach each other, ${cut}: longest gap of files that are not beyond the cut`, "<= 1 s", shown(gaps), Math.max(...gaps) <= untouchedMillisMax)
    measure(`nodes do not reach each other, ${cut}: acked again beyond the cut when it is gone`, "<= 6 s", shown(waits), percentile(waits, 1) <= resumesMillisMax)
    expect(await cluster.ownersOf(load.fileIds)).toEqual(owners)
    expect(Math.max(...gaps)).toBeLessThanOrEqual(onThisMachine(untouchedMillisMax))
    expect(Math.max(...waits)).toBeLessThanOrEqual(onThisMachine(resumesMillisMax))
    // What was not exercised was not shown.
    expect([beyond.length, elsewhere.length].every((count) => count > 0)).toBe(true)
    expect(answered).toEqual([])
  }
  console.log("partition:", await load.finish())
})
