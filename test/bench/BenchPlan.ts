/**
 * Which loads run against which server, in which order and for how long.
 *
 * Loads that compare alternate between the limit and Easel, because the machine's other work drifts. Every server gets
 * a PostgreSQL and a folder of its own, both gone when its loads are done; memory is measured on servers that have done
 * nothing else, through their inspector. A load that fails is reported and costs only itself.
 */
import { Effect } from "effect"
import { type Contender, leaveAfterSeconds, type LoadName, loadMillisMax, specOf } from "./BenchLoads.ts"
import { runLoad } from "./BenchProcess.ts"
import { probeDisk } from "./DiskProbe.ts"
import type { Latencies } from "./Histogram.ts"
import { inspectFlag } from "./Inspector.ts"
import type { LoadResult } from "./LoadSpec.ts"
import * as Topology from "./Topology.ts"

export interface Run {
  readonly name: LoadName
  readonly contender: Contender
  readonly round: number
  /** Of the disk's durable writes, shortly before. */
  readonly diskMillis: Latencies | undefined
  readonly result: LoadResult
}

export interface Plan extends Topology.Commands {
  readonly only: ReadonlyArray<LoadName>
  readonly isQuick: boolean
}

/** Loads that share one fresh topology. */
interface Group {
  readonly contender: Contender
  readonly round: number
  readonly names: ReadonlyArray<LoadName>
  readonly shape: Topology.Shape
  readonly nodeFlags?: ReadonlyArray<string>
  readonly environment?: Readonly<Record<string, string>>
}

const compared = ["saturation-50", "paced-50", "paced-200"] as const

/** Runs everything asked for; `onRun` hears of each load as it ends. */
export const run = Effect.fn("BenchPlan.run")(function*(plan: Plan, onRun: (run: Run) => void) {
  for (const group of groupsOf(plan)) {
    const names = group.names.filter((name) => plan.only.includes(name))
    if (names.length === 0) continue
    const { contender, round } = group
    let diskMillis: Latencies | undefined
    const report = (name: LoadName, result: LoadResult): void => onRun({ name, contender, round, diskMillis, result })
    const loads = Effect.gen(function*() {
      const folder = yield* Topology.temporaryFolder
      diskMillis = probeDisk(folder)
      const topology = yield* Topology.start(plan, group.shape, folder, { ...group, environment: { ...unlimited, ...group.environment } })
      for (const name of names) {
        report(name, yield* recovered(runLoad(plan.script, specOf(name, contender, topology, plan.isQuick), loadMillisMax(name))))
      }
    })
    yield* Effect.scoped(loads).pipe(
      Effect.catch(({ reason }) => Effect.sync(() => names.forEach((name) => report(name, { _tag: "Failure", reason }))))
    )
  }
})

/** A generator is one address, and its saturated editors send more than one connection may. */
const unlimited = { EASEL_CONNECTIONS_PER_ADDRESS: "100000", EASEL_FRAMES_PER_SECOND: "1000000", EASEL_OPERATIONS_PER_SECOND: "1000000" }

/** Files whose rows were copied have no version, and each would be saved. */
const unsaved = { EASEL_AUTOSAVE: "0 seconds" }

const throughGateway = ["remote-paced-50", "remote-saturation-50"] as const

const groupsOf = ({ isQuick }: Plan): ReadonlyArray<Group> => {
  const rounds = isQuick ? [1] : [1, 2, 3]
  const single = { contender: "easel", round: 1, shape: "single" } as const
  return [
    ...rounds.flatMap((round): Array<Group> => [
      { contender: "limit", round, names: compared, shape: "limit" },
      { contender: "easel", round, names: compared, shape: "single" },
      { contender: "easel", round, names: ["slow-consumers-0", "slow-consumers-1000"], shape: "single" }
    ]),
    { ...single, names: ["presence-200"] },
    { ...single, names: ["comments-50"] },
    { ...single, names: ["reconnect-storm"] },
    // Versions are saved by the load alone.
    ...(["versions-25000", "versions-history"] as const).map((name): Group => ({ ...single, names: [name], environment: { EASEL_AUTOSAVE: "0 seconds" } })),
    { ...single, names: ["document-120000"], nodeFlags: [inspectFlag], environment: { EASEL_AUTOSAVE: "0 seconds", EASEL_FILE_IDLE: "2 seconds" } },
    { ...single, names: ["join-10000", "join-100000"] },
    { ...single, names: ["memory-connections"], nodeFlags: [inspectFlag] },
    { ...single, names: ["memory-files"], nodeFlags: [inspectFlag] },
    ...rounds.flatMap((round): Array<Group> => [
      { contender: "easel", round, names: ["remote-calls"], shape: [[]] },
      { contender: "remote", round, names: ["remote-calls"], shape: [["node"]] },
      // Editors connect to the first, so the node's are at home and the gateway's have to go to the node.
      { contender: "easel", round, names: throughGateway, shape: [["node", "gateway"]] },
      { contender: "remote", round, names: throughGateway, shape: [["gateway", "node"]] },
      { contender: "apart", round, names: ["two-nodes"], shape: [["node"], ["node"]] },
      { contender: "easel", round, names: ["two-nodes"], shape: [["node", "node"]] }
    ]),
    ...(["easel", "advisory"] as const).map((contender): Group => ({ ...single, contender, names: ["failover"] })),
    { ...single, names: ["idle-files-leave"], nodeFlags: [inspectFlag], environment: { ...unsaved, EASEL_FILE_IDLE: `${leaveAfterSeconds} seconds` } },
    ...(["idle-files-10000", "idle-files-100000"] as const).map((name): Group => ({
      ...single,
      names: [name],
      nodeFlags: [inspectFlag, "--max-old-space-size=16000"],
      environment: { ...unsaved, EASEL_FILE_IDLE: "1 hour", EASEL_FILES_MAX: "200000" }
    }))
  ]
}

const recovered = (load: ReturnType<typeof runLoad>): Effect.Effect<LoadResult> =>
  Effect.catch(load, ({ reason }) => Effect.succeed<LoadResult>({ _tag: "Failure", reason }))
