/**
 * The bench's words: a line for each run as it ends, and the table of goals at the end.
 *
 * A line names what the generator and strangers used: a generator at one core or late by milliseconds has measured itself,
 * and a round with busy strangers has measured them.
 */
import type { Run } from "./BenchPlan.ts"
import type { Latencies } from "./Histogram.ts"
import { type Goal, megabytes, millis } from "./Goal.ts"
import type { ActorResult, CallResult, EditResult, FailoverResult, LoadResult } from "./LoadSpec.ts"

export const lineOf = ({ name, contender, round, diskMillis, result }: Run): string => {
  const disk = result._tag === "Edit" && diskMillis !== undefined ? `; disk ${pair(diskMillis)}` : ""
  return `${name.padEnd(20)} ${contender.padEnd(6)} ${round}  ${textOf(result)}${disk}`
}

const textOf = (result: LoadResult): string => {
  switch (result._tag) {
    case "Edit":
      return editText(result)
    case "Versions":
      return [
        `sync alone ${pair(result.aloneMillis)}, beside saves ${pair(result.savingMillis)}, beside a restore ${pair(result.restoringMillis)} max ${millis(result.restoringMillis.max)}`,
        `restored in ${millis(result.restoreMillis)}`,
        `read in ${result.readMillis.map((read) => read.toFixed(0)).join(", ")} ms`,
        `${result.wrong} wrong, ${result.lost} lost`,
        ...result.errors
      ].join("; ")
    case "History":
      return `${result.versions} versions of ${result.objects} objects, ${(result.bytesEach / 1e3).toFixed(1)} of ${(result.fullBytes / 1e3).toFixed(0)} KB each; saved in ${pair(result.saveMillis)}, read in ${pair(result.readMillis)}; ${result.wrong} wrong`
    case "LargeDocument":
      return [
        `${megabytes(result.liveBytes)} live of ${megabytes(result.rssBytes)}`,
        `filled in ${(result.fillMillis / 1000).toFixed(1)} s`,
        `edits ${pair(result.editMillis)}, beside saves ${pair(result.savingMillis)}`,
        `saved in ${each(result.saveMillis)} ms, read in ${each(result.readMillis)} ms`,
        `opened in ${millis(result.warmMillis)}, from disk in ${millis(result.coldMillis)}`
      ].join("; ")
    case "Presence":
      return `age ${pair(result.ageMillis)}; ${(result.bytesPerEditorSecond / 1e3).toFixed(0)} KB and ${result.framesPerEditorSecond.toFixed(0)} frames per editor and second; cores server ${result.serverCpu.toFixed(2)}, generator ${result.generatorCpu.toFixed(2)}; ${result.disconnected} disconnected`
    case "Comments":
      return `${result.written} comments told in ${pair(result.toldMillis)}, max ${millis(result.toldMillis.max)}; ${result.missed} missed; ${result.disconnected} disconnected`
    case "Storm":
      return `${result.editors} editors synced p50 ${millis(result.syncedMillis.p50)}, p99 ${millis(result.syncedMillis.p99)}, all ${millis(result.syncedMillis.max)}; ${result.tries} tries`
    case "Join": {
      const each = result.joins.map((join) => join.millis.toFixed(0))
      const wireMegabytes = (result.joins[0]?.wireBytes ?? 0) / 1e6
      return `${each.join(", ")} ms; ${wireMegabytes.toFixed(2)} MB; filled in ${(result.fillMillis / 1000).toFixed(1)} s`
    }
    case "Memory":
      return result.points.map(({ count, liveBytes, rssBytes }) => `${count}: ${(liveBytes / 1e6).toFixed(1)} of ${(rssBytes / 1e6).toFixed(0)} MB live`).join(", ") +
        (result.disconnected > 0 ? `, ${result.disconnected} disconnected` : "")
    case "Calls":
      return callText(result)
    case "Actors":
      return actorText(result)
    case "Failover":
      return failoverText(result)
    case "Failure":
      return `FAILED: ${result.reason.trimEnd()}`
  }
}

const editText = (result: EditResult): string => {
  const { serverCpu, serverCpuMillisPer1000, serverRssBytes, receivedMegabytesPerSecond, framesPerSecond } = result
  const others = { generator: result.generatorCpu, postgres: result.postgresCpu, strangers: result.strangersCpu }
  return [
    `${Math.round(result.operationsPerSecond)} op/s`,
    `ack ${pair(result.ackMillis)}`,
    `sync ${pair(result.syncMillis)}`,
    `server ${serverCpu.toFixed(2)} cores, ${serverCpuMillisPer1000.toFixed(1)} ms/1000 op, ${(serverRssBytes / 1e6).toFixed(0)} MB`,
    `cores ${Object.entries(others).map(([name, cores]) => `${name} ${cores.toFixed(2)}`).join(", ")}`,
    `late p99 ${millis(result.latenessMillis.p99)}`,
    `received ${receivedMegabytesPerSecond.toFixed(0)} MB/s, ${Math.round(framesPerSecond)} frames/s`,
    ...(result.consumers === undefined ? [] : [`${(result.consumers.bytesEach / 1e6).toFixed(2)} MB a consumer, ${result.consumers.closed} closed`]),
    ...troubles(result)
  ].join("; ")
}

const callText = ({ calls }: CallResult): string =>
  calls.map(({ concurrency, cpuMicros, millis: times, name, perSecond }) =>
    `${name} x${concurrency} ${Math.round(perSecond)}/s ${times.p50.toFixed(2)}/${times.p99.toFixed(2)} ms ${Math.round(cpuMicros)} us CPU`).join("; ")

const actorText = (result: ActorResult): string =>
  [
    `${Math.round(result.filesPerSecond)} files/s`,
    `${result.baseFiles} files ${(result.baseBytes / 1e6).toFixed(1)} MB live`,
    `${result.files} files ${(result.fullBytes / 1e6).toFixed(1)} of ${(result.fullRssBytes / 1e6).toFixed(0)} MB live`,
    ...(Number.isNaN(result.leftMillis) ? [] : [`none after ${(result.leftMillis / 1000).toFixed(0)} s, ${(result.leftBytes / 1e6).toFixed(1)} MB live`])
  ].join("; ")

const failoverText = ({ frozenMillis, keptWithoutSession, killedMillis }: FailoverResult): string =>
  `killed ${each(killedMillis)} ms, frozen ${each(frozenMillis)} ms until the other had all; kept ${keptWithoutSession.map((share) => share.toFixed(2)).join(", ")} of its shards without its sessions`

const each = (times: ReadonlyArray<number>): string => times.map((time) => time.toFixed(0)).join(", ")

const troubles = (result: EditResult): ReadonlyArray<string> => [
  ...(result.disconnected > 0 ? [`${result.disconnected} DISCONNECTED`] : []),
  ...(result.unacked > 0 ? [`${result.unacked} UNACKED`] : []),
  ...(result.samplesUnseen > 0 ? [`${result.samplesUnseen} samples UNSEEN`] : []),
  ...(result.observerMissed !== 0 ? [`observer MISSED ${result.observerMissed}`] : []),
  ...Object.entries(result.statuses).filter(([status]) => status !== "applied").map(([status, count]) => `${count} ${status}`),
  ...result.errors
]

const pair = ({ p50, p99 }: Latencies): string => `${p50.toFixed(p50 < 10 ? 2 : 1)}/${millis(p99)}`

/** Says so when the machine was too busy with other work for the figures to be believed. */
export const warningOf = (runs: ReadonlyArray<Run>): string => {
  const busy = runs.filter(({ result }) => result._tag === "Edit" && result.strangersCpu > strangersCpuMax)
  return busy.length === 0 ? "" : `${busy.length} runs shared the machine with strangers using over ${strangersCpuMax} cores: repeat when it is quiet.`
}

const strangersCpuMax = 0.3

export const tableOf = (goals: ReadonlyArray<Goal>): string => {
  const rows = [{ name: "what", goal: "goal", measured: "measured", verdict: "verdict" }, ...goals]
  const width = (column: (row: (typeof rows)[number]) => string): number => Math.max(...rows.map((row) => column(row).length))
  const widths = { name: width(({ name }) => name), goal: width(({ goal }) => goal), measured: width(({ measured }) => measured) }
  return rows.map(({ name, goal, measured, verdict }) =>
    `${name.padEnd(widths.name)}  ${goal.padEnd(widths.goal)}  ${measured.padEnd(widths.measured)}  ${verdict}`
  ).join("\n")
}
