/**
 * Strangers hold all sessions that PostgreSQL gives. A node that has its own goes on; one that lost them waits, shows what
 * is edited as tentative and commits it when there are some again; one that starts says why it cannot.
 */
import { expect, it, onTestFinished } from "vitest"
import { clusterOn } from "../../harness/EaselCluster.ts"
import { EaselProcess } from "../../harness/EaselProcess.ts"
import { onThisMachine, percentile, shown } from "../../harness/gaps.ts"
import { openEditor } from "../../harness/nodeInProcess.ts"
import { OwnPostgres } from "../../harness/OwnPostgres.ts"
import { Strangers } from "../../harness/Strangers.ts"
import { waitUntil } from "../../harness/waitUntil.ts"
import { ClusterLoad } from "../ClusterLoad.ts"
import { measure } from "../report/record.ts"

const sessionsMax = 40
const ackedMillisMax = 5_000

it("T1 T3 B1: no sessions are left: a node that runs goes on, or saves everything later, and one that starts says so", { timeout: 180_000 }, async () => {
  const postgres = await OwnPostgres.start({ max_connections: String(sessionsMax) })
  const cluster = await clusterOn(postgres, { proxied: true })
  const [member] = cluster.members
  if (member?.proxy === undefined) throw new Error("unreachable")
  const load = await ClusterLoad.start(cluster, { name: "sessions-taken", files: 5, editors: 10 })
  const strangers = new Strangers(postgres.url)
  onTestFinished(() => strangers.leave())

  const isWhole = load.breaks("no sessions are left")
  await strangers.takeAll()
  // With the sessions that it has, the node goes on.
  await load.flows()

  const late = await EaselProcess.prepare({ role: "node", databaseUrl: postgres.url, dataFolder: member.process.dataFolder })
  onTestFinished(() => late.dispose())
  late.launch()
  const { code } = await late.exited()
  expect([code, late.stderr.trimEnd().split("\n")]).toEqual([1, [expect.stringMatching(/^easel: the database .*too many/)]])

  const connected = load.seats.map(({ editor }) => editor.connections)
  const fileId = load.fileIds[0] ?? ""
  const ada = openEditor(member.process, fileId)
  await waitUntil(() => ada.status.connectivity === "online", { deadlineMillis: 20_000, what: "Ada is there" })
  const fewer = strangers.count
  member.proxy.refuse()
  await waitUntil(async () => {
    await strangers.takeAll()
    return strangers.count > fewer
  }, { deadlineMillis: 20_000, what: "strangers have the node's sessions" })
  member.proxy.accept()
  await waitUntil(() => ada.status.mode === "degraded", { deadlineMillis: 30_000, what: "editors hear that nothing can be saved", state: () => [ada.status, strangers.count] })
  const leftAt = performance.now()
  await strangers.leave()
  isWhole()
  await load.flows(1)
  const waits = load.seats.map(({ editor }) => Math.round((editor.answers.find(({ atMillis }) => atMillis > leftAt)?.atMillis ?? Infinity) - leftAt))
  await load.flows()
  await waitUntil(() => ada.status.mode === "normal", { deadlineMillis: 20_000, what: "everything is saved" })
  const kept = load.seats.filter(({ editor }, index) => editor.connections === connected[index]).length
  ada.close()
  measure("no sessions of PostgreSQL are left: acked again after there are some", "<= 5 s", shown(waits), percentile(waits, 1) <= ackedMillisMax)
  measure("no sessions of PostgreSQL are left: connections of editors that stay open", ">= 95 %, 0 process exits", `${kept} of ${load.seats.length}`, kept >= 0.95 * load.seats.length)
  await load.finish()
  expect(kept).toBeGreaterThanOrEqual(0.95 * load.seats.length)
  expect(Math.max(...waits)).toBeLessThanOrEqual(onThisMachine(ackedMillisMax))
})
