/**
 * The goals of the bench and whether the runs meet them.
 *
 * A goal is `missing` when a load it needs has failed or measured nothing: that is never a pass. Goals of loads that
 * were not asked for are left out.
 */
import type { Contender } from "./BenchLoads.ts"
import type { Run } from "./BenchPlan.ts"
import { clusterGoals } from "./ClusterGoals.ts"
import { Figures } from "./Figures.ts"
import { below, type Definition, type Goal, kilobytes, lossText, lost, megabytes, millis, none, p50, p99, ratio, type Value, whole } from "./Goal.ts"
import type { MemoryPoint } from "./LoadSpec.ts"
import { versionGoals } from "./VersionGoals.ts"

export const goalsOf = (runs: ReadonlyArray<Run>): ReadonlyArray<Goal> => {
  const ran = new Set(runs.map(({ name }) => name))
  return definitions
    .filter(({ load }) => ran.has(load))
    .map(({ name, goal, measure }) => {
      const { text, values } = measure(new Figures(runs))
      return { name, goal, measured: text, verdict: verdictOf(values) }
    })
}

const verdictOf = (values: ReadonlyArray<Value>): Goal["verdict"] => {
  if (values.length === 0) return "noted"
  if (values.some(({ value }) => Number.isNaN(value))) return "missing"
  return values.every(({ value, isMet }) => isMet(value)) ? "met" : "missed"
}

const definitions: ReadonlyArray<Definition> = [
  {
    load: "saturation-50",
    name: "50 editors, one file, saturated",
    goal: ">= 0.3 of the limit's operations/s",
    measure: (figures) => {
      const easel = figures.operationsPerSecond("saturation-50", "easel")
      const limit = figures.operationsPerSecond("saturation-50", "limit")
      return {
        text: `${ratio(easel / limit)} (${whole(easel)}/s of ${whole(limit)}/s)`,
        values: [{ value: easel / limit, isMet: (actual) => actual >= 0.3 }]
      }
    }
  },
  {
    load: "saturation-50",
    name: "  sync meanwhile",
    goal: "p99 < 200 ms, nothing lost",
    measure: (figures) => {
      const [value, losses] = [figures.lowest("saturation-50", "easel", p99), figures.total("saturation-50", "easel", lost)]
      return { text: `${millis(value)}, ${whole(losses)} lost`, values: [below(value, 200), none(losses)] }
    }
  },
  {
    load: "saturation-50",
    name: "  server meanwhile",
    goal: "",
    measure: (figures) => {
      const text = (contender: Contender): string => {
        const cpu = figures.lowest("saturation-50", contender, (result) => result.serverCpuMillisPer1000)
        const rss = figures.lowest("saturation-50", contender, (result) => result.serverRssBytes)
        return `${contender} ${millis(cpu)} CPU per 1,000 operations, RSS ${megabytes(rss)}`
      }
      return { text: `${text("easel")}; ${text("limit")}`, values: [] }
    }
  },
  {
    load: "paced-50",
    name: "50 editors x 30/s, sync",
    goal: "p50 and p99 <= 3x the limit's",
    measure: (figures) => {
      const pairs = [p50, p99].map((figure) => ({
        easel: figures.lowest("paced-50", "easel", figure),
        limit: figures.lowest("paced-50", "limit", figure)
      }))
      const losses = figures.total("paced-50", "easel", lost)
      return {
        text: pairs.map(({ easel, limit }) => `${ratio(easel / limit)}x (${millis(easel)} to ${millis(limit)})`).join(", ") + lossText(losses),
        values: [...pairs.map(({ easel, limit }): Value => ({ value: easel / limit, isMet: (actual) => actual <= 3 })), none(losses)]
      }
    }
  },
  {
    load: "paced-200",
    name: "200 editors x 30/s",
    goal: "0 disconnected, sync p99 < 100 ms",
    measure: (figures) => {
      const gone = figures.total("paced-200", "easel", (result) => result.disconnected)
      const [value, limit] = [figures.lowest("paced-200", "easel", p99), figures.lowest("paced-200", "limit", p99)]
      const losses = figures.total("paced-200", "easel", lost)
      return {
        text: `${whole(gone)} disconnected, ${millis(value)} (limit ${millis(limit)})${lossText(losses)}`,
        values: [none(gone), below(value, 100), none(losses)]
      }
    }
  },
  {
    load: "presence-200",
    name: "200 editors x 30 cursors/s",
    goal: "age of a cursor p99 < 100 ms, 0 disconnected",
    measure: (figures) => {
      const { ageMillis, bytesPerEditorSecond = Number.NaN, disconnected = Number.NaN, serverCpu = Number.NaN } = figures.presence() ?? {}
      const age = ageMillis?.p99 ?? Number.NaN
      return {
        text: `p50 ${millis(ageMillis?.p50 ?? Number.NaN)}, p99 ${millis(age)}, ${kilobytes(bytesPerEditorSecond)} per editor and second, server ${ratio(serverCpu)} cores`,
        values: [below(age, 100), none(disconnected)]
      }
    }
  },
  {
    load: "comments-50",
    name: "20 comments/s among 50 editors",
    goal: "told to the others p99 < 200 ms, none missed",
    measure: (figures) => {
      const { disconnected = Number.NaN, missed = Number.NaN, toldMillis } = figures.comments() ?? {}
      const late = toldMillis?.p99 ?? Number.NaN
      return { text: `p50 ${millis(toldMillis?.p50 ?? Number.NaN)}, p99 ${millis(late)}, ${whole(missed)} missed`, values: [below(late, 200), none(missed), none(disconnected)] }
    }
  },
  {
    load: "reconnect-storm",
    name: "reconnect storm",
    goal: "all synced within 30 s",
    measure: (figures) => {
      const { editors = Number.NaN, syncedMillis, tries = Number.NaN } = figures.storm() ?? {}
      const last = syncedMillis?.max ?? Number.NaN
      return {
        text: `${whole(editors)} editors in ${millis(last)} (p50 ${millis(syncedMillis?.p50 ?? Number.NaN)}), ${whole(tries)} tries`,
        values: [below(last, 30_000)]
      }
    }
  },
  {
    load: "slow-consumers-1000",
    name: "20 editors x 30/s beside 1,000 that never read",
    goal: "sync p99 <= 2x that without, <= 1 MiB each, all closed",
    measure: (figures) => {
      const [alone, beside] = [figures.lowest("slow-consumers-0", "easel", p99), figures.lowest("slow-consumers-1000", "easel", p99)]
      const bytes = figures.lowest("slow-consumers-1000", "easel", ({ consumers }) => consumers?.bytesEach ?? Number.NaN)
      const closed = figures.lowest("slow-consumers-1000", "easel", ({ consumers }) => consumers?.closed ?? Number.NaN)
      const losses = figures.total("slow-consumers-1000", "easel", lost)
      return {
        text: `${ratio(beside / alone)} (${millis(beside)} to ${millis(alone)}), ${megabytes(bytes)} each, ${whole(closed)} closed${lossText(losses)}`,
        values: [
          { value: beside / alone, isMet: (actual) => actual <= 2 },
          { value: bytes, isMet: (actual) => actual <= 1024 * 1024 },
          { value: closed, isMet: (actual) => actual === 1_000 },
          none(losses)
        ]
      }
    }
  },
  {
    load: "join-10000",
    name: "join 10,000 objects",
    goal: "< 50 ms, < 0.5 MB (median)",
    measure: (figures) => {
      const time = figures.join("join-10000", ({ millis }) => millis)
      const bytes = figures.join("join-10000", ({ wireBytes }) => wireBytes)
      const received = figures.join("join-10000", ({ receivedMillis }) => receivedMillis)
      return {
        text: `${millis(time)} (${millis(received)} before JSON.parse), ${megabytes(bytes)}`,
        values: [below(time, 50), below(bytes, 500_000)]
      }
    }
  },
  {
    load: "join-100000",
    name: "join 100,000 objects",
    goal: "< 2 s (median)",
    measure: (figures) => {
      const time = figures.join("join-100000", ({ millis }) => millis)
      const bytes = figures.join("join-100000", ({ wireBytes }) => wireBytes)
      return { text: `${millis(time)}, ${megabytes(bytes)}`, values: [below(time, 2000)] }
    }
  },
  {
    load: "memory-connections",
    name: "memory of an idle connection",
    goal: "< 40 KB live",
    measure: (figures) => {
      const [live, rss] = [figures.slope("memory-connections", liveOf), figures.slope("memory-connections", rssOf)]
      return { text: `${kilobytes(live)} live (RSS slope ${kilobytes(rss)}, not judged)`, values: [below(live, 40_000)] }
    }
  },
  {
    load: "memory-files",
    name: "memory of an idle open file of 1,000 objects",
    goal: "< 1.5 MB live",
    measure: (figures) => {
      const [live, rss] = [figures.slope("memory-files", liveOf), figures.slope("memory-files", rssOf)]
      return { text: `${megabytes(live)} live (RSS slope ${megabytes(rss)}, not judged)`, values: [below(live, 1_500_000)] }
    }
  },
  ...versionGoals,
  ...clusterGoals
]

const liveOf = (point: MemoryPoint): number => point.liveBytes
const rssOf = (point: MemoryPoint): number => point.rssBytes
