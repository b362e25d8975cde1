/**
 * Which loads run against which server, in which order and for how long.
 *
 * Loads that compare alternate between the limit and Easel, because the machine's other work drifts. Every server gets
 * a PostgreSQL and a folder of its own, both gone when its loads are done; memory is measured on servers that have done
 * nothing else, through their inspector. A load that fails is reported and costs only itself.
 */
import { Effect } from "effect"
import { existsSync } from "node:fs"
import { chmod, mkdtemp, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import * as EmbeddedPostgres from "../../cluster/runtime/EmbeddedPostgres.ts"
import { runLoad, type Server, startServer } from "./BenchProcess.ts"
import { probeDisk } from "./DiskProbe.ts"
import type { Latencies } from "./Histogram.ts"
import { inspectFlag } from "./Inspector.ts"
import type { LoadResult, LoadSpec } from "./LoadSpec.ts"

export type Contender = "limit" | "easel"

export const loadNames = [
  "saturation-50",
  "paced-50",
  "paced-200",
  "join-10000",
  "join-100000",
  "memory-connections",
  "memory-files"
] as const
export type LoadName = (typeof loadNames)[number]

export interface Run {
  readonly name: LoadName
  readonly contender: Contender
  readonly round: number
  /** Of the disk's durable writes, shortly before. */
  readonly diskMillis: Latencies | undefined
  readonly result: LoadResult
}

export interface Plan {
  /** The bundle, which is also the limit relay and the load generator. */
  readonly script: string
  /** Begins with node. */
  readonly easelCommand: ReadonlyArray<string>
  readonly only: ReadonlyArray<LoadName>
  readonly isQuick: boolean
}

/** Loads that share one fresh server. */
interface Group {
  readonly contender: Contender
  readonly round: number
  readonly names: ReadonlyArray<LoadName>
  readonly nodeFlags?: ReadonlyArray<string>
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
      const folder = yield* temporaryFolder
      diskMillis = probeDisk(folder)
      const server = yield* startContender(plan, group, folder)
      for (const name of names) {
        report(name, yield* recovered(runLoad(plan.script, specOf(name, server, plan.isQuick))))
      }
    })
    yield* Effect.scoped(loads).pipe(
      Effect.catch(({ reason }) => Effect.sync(() => names.forEach((name) => report(name, { _tag: "Failure", reason }))))
    )
  }
})

const groupsOf = ({ isQuick }: Plan): ReadonlyArray<Group> => {
  const rounds = isQuick ? [1] : [1, 2, 3]
  return [
    ...rounds.flatMap((round): Array<Group> => [
      { contender: "limit", round, names: compared },
      { contender: "easel", round, names: compared }
    ]),
    { contender: "easel", round: 1, names: ["join-10000", "join-100000"] },
    { contender: "easel", round: 1, names: ["memory-connections"], nodeFlags: [inspectFlag] },
    { contender: "easel", round: 1, names: ["memory-files"], nodeFlags: [inspectFlag] }
  ]
}

const startContender = Effect.fnUntraced(function*(plan: Plan, { contender, nodeFlags = [] }: Group, folder: string) {
  const postgres = yield* EmbeddedPostgres.make({ dataFolder: join(folder, "postgres") })
  const [node = "", ...args] = contender === "limit" ? [process.execPath, plan.script, "limit"] : plan.easelCommand
  const server = yield* startServer([node, ...nodeFlags, ...args], { DATABASE_URL: postgres.url, EASEL_DATA: join(folder, "easel") })
  return { ...server, postgresPid: postgres.pid }
})

/** On a disk where there is one: a commit to memory would be no commit. */
const temporaryFolder = Effect.acquireRelease(
  Effect.promise(async () => {
    const folder = await mkdtemp(join(existsSync("/var/tmp") ? "/var/tmp" : tmpdir(), "easel-bench-"))
    // PostgreSQL, which never runs as root, has to pass through; its own folder stays closed.
    await chmod(folder, 0o755)
    return folder
  }),
  (folder) => Effect.promise(() => rm(folder, { recursive: true, force: true }))
)

const recovered = (load: ReturnType<typeof runLoad>): Effect.Effect<LoadResult> =>
  Effect.catch(load, ({ reason }) => Effect.succeed<LoadResult>({ _tag: "Failure", reason }))

const specOf = (name: LoadName, server: Server & { readonly postgresPid: number }, isQuick: boolean): LoadSpec => {
  // A server runs for days: what counts is how it does once its code is compiled.
  const times = isQuick ? { warmupMillis: 1_000, measureMillis: 3_000 } : { warmupMillis: 5_000, measureMillis: 5_000 }
  switch (name) {
    case "saturation-50":
      return { _tag: "Saturate", ...server, ...times, editors: 50, framesInFlight: 2, frameOperations: 10 }
    case "paced-50":
      return { _tag: "Paced", ...server, ...times, editors: 50, operationsPerSecond: 30 }
    case "paced-200":
      return { _tag: "Paced", ...server, ...times, editors: 200, operationsPerSecond: 30 }
    case "join-10000":
      return { _tag: "Join", ...server, objects: 10_000, joins: isQuick ? 5 : 15 }
    case "join-100000":
      return { _tag: "Join", ...server, objects: 100_000, joins: isQuick ? 2 : 5 }
    case "memory-connections":
      return { _tag: "IdleConnections", ...server, connections: isQuick ? 400 : 1_000, steps: 5, editorsPerFile: 50 }
    case "memory-files":
      return { _tag: "IdleFiles", ...server, files: isQuick ? 60 : 200, steps: 5, objects: 1_000 }
  }
}
