/** The goals of several nodes, and of very many files. */
import type { LoadName } from "./BenchLoads.ts"
import { type Definition, kilobytes, lossText, millis, none, lost, p50, p99, ratio, whole } from "./Goal.ts"
import type { Call, EditResult, FailoverResult } from "./LoadSpec.ts"

const callGoal = (name: Call["name"], concurrency: number): Definition => ({
  load: "remote-calls",
  name: `${name} to another process, ${concurrency} at once`,
  goal: "",
  measure: (figures) => {
    const versus = (figure: (call: Call) => number): readonly [number, number] => [
      figures.call("remote", name, concurrency, figure),
      figures.call("easel", name, concurrency, figure)
    ]
    const [remote, local] = versus((call) => -call.perSecond)
    const times = [versus((call) => call.millis.p50), versus((call) => call.millis.p99)]
    const cpu = versus((call) => call.cpuMicros)
    const text = times.map(([there, here]) => `${ratio(there / here)}x (${there.toFixed(2)} to ${here.toFixed(2)} ms)`).join(", ")
    return { text: `${ratio(remote / local)} of the calls/s (${whole(-remote)} of ${whole(-local)}), p50 and p99 ${text}, CPU ${ratio(cpu[0] / cpu[1])}x (${whole(cpu[0])} to ${whole(cpu[1])} us)`, values: [] }
  }
})

const editGoal = (load: LoadName, name: string): Definition => ({
  load,
  name,
  goal: "nothing lost",
  measure: (figures) => {
    const versus = (figure: (result: EditResult) => number): string => {
      const [there, here] = [figures.lowest(load, "remote", figure), figures.lowest(load, "easel", figure)]
      return `${ratio(there / here)}x (${millis(there)} to ${millis(here)})`
    }
    const losses = figures.total(load, "easel", lost) + figures.total(load, "remote", lost)
    const [there, here] = [figures.operationsPerSecond(load, "remote"), figures.operationsPerSecond(load, "easel")]
    return {
      text: `sync p50 and p99 ${versus(p50)}, ${versus(p99)}; ${whole(there)} to ${whole(here)} operations/s${lossText(losses)}`,
      values: [none(losses)]
    }
  }
})

const idleGoal = (load: LoadName): Definition => ({
  load,
  name: `an idle file in memory (${load})`,
  goal: "",
  measure: (figures) => {
    const actors = figures.actors(load)
    const each = actors === undefined ? Number.NaN : (actors.fullBytes - actors.baseBytes) / (actors.files - actors.baseFiles)
    return { text: `${kilobytes(each)} live, opened at ${whole(actors?.filesPerSecond ?? Number.NaN)} files/s`, values: [] }
  }
})

export const clusterGoals: ReadonlyArray<Definition> = [
  ...[1, 64].flatMap((concurrency) => (["MovePresence", "Submit", "Watch"] as const).map((name) => callGoal(name, concurrency))),
  editGoal("remote-paced-50", "50 editors x 30/s through a gateway"),
  editGoal("remote-saturation-50", "50 editors saturated through a gateway"),
  {
    load: "two-nodes",
    name: "two nodes, 500 files, editors at random",
    goal: ">= 0.6 of two independent nodes' operations/s",
    measure: (figures) => {
      const { each, median } = figures.ratios("two-nodes", "easel", "apart", ({ operationsPerSecond }) => operationsPerSecond)
      const [together, apart] = [figures.operationsPerSecond("two-nodes", "easel"), figures.operationsPerSecond("two-nodes", "apart")]
      const losses = figures.total("two-nodes", "easel", lost)
      return {
        text: `${ratio(median)}, median of ${each.map(ratio).join(", ")} (at most ${whole(together)}/s of ${whole(apart)}/s)${lossText(losses)}`,
        values: [{ value: median, isMet: (actual) => actual >= 0.6 }, none(losses)]
      }
    }
  },
  {
    load: "failover",
    name: "shards of a runner that was struck, leases to advisory locks",
    goal: "",
    measure: (figures) => {
      const versus = (figure: (result: FailoverResult) => number): ReadonlyArray<number> =>
        (["easel", "advisory"] as const).map((contender) => {
          const result = figures.failover(contender)
          return result === undefined ? Number.NaN : figure(result)
        })
      const [killed, frozen] = [versus(({ killedMillis }) => Math.max(...killedMillis)), versus(({ frozenMillis }) => Math.max(...frozenMillis))]
      const kept = versus(({ keptWithoutSession }) => Math.min(...keptWithoutSession))
      return {
        text: `killed at most ${killed.map(millis).join(" to ")}, frozen ${frozen.map(millis).join(" to ")}, kept without sessions ${kept.map(ratio).join(" to ")}`,
        values: []
      }
    }
  },
  {
    load: "idle-files-leave",
    name: "2,000 idle files have left memory",
    goal: "<= 1.1 of the live memory before",
    measure: (figures) => {
      const { leftBytes = Number.NaN, leftMillis = Number.NaN, baseBytes = Number.NaN } = figures.actors("idle-files-leave") ?? {}
      return {
        text: `${ratio(leftBytes / baseBytes)} after ${millis(leftMillis)}`,
        values: [{ value: leftBytes / baseBytes, isMet: (actual) => actual <= 1.1 }]
      }
    }
  },
  idleGoal("idle-files-10000"),
  idleGoal("idle-files-100000")
]
