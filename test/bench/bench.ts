/**
 * `npm run bench`: Easel against the limit of the machine, and against its goals.
 *
 * One bundle is all processes of the bench: without arguments it conducts, as `limit` it is the limit relay, as `load`
 * a load generator, as `hold` a runner without files. Options: `--only name[,name]`, `--quick` (one short round), `--easel-command "node x.mjs start"` to
 * measure another server in Easel's place. Ends with code 1 when a goal is missed or could not be measured.
 */
import { NodeRuntime } from "@effect/platform-node"
import { Effect } from "effect"
import { writeFileSync } from "node:fs"
import { cpus, release } from "node:os"
import { dirname, join } from "node:path"
import { parseArgs } from "node:util"
import { loadNames } from "./BenchLoads.ts"
import * as BenchPlan from "./BenchPlan.ts"
import { BenchFailed } from "./BenchProcess.ts"
import { goalsOf } from "./Goals.ts"
import * as LimitRelay from "./LimitRelay.ts"
import * as LoadGenerator from "./LoadGenerator.ts"
import { lineOf, tableOf, warningOf } from "./Report.ts"
import * as ShardHolder from "./ShardHolder.ts"

const script = process.argv[1] ?? ""
const resultsFile = "bench-results.json"

const conduct = Effect.gen(function*() {
  const { values } = parseArgs({
    options: {
      only: { type: "string" },
      quick: { type: "boolean", default: false },
      "easel-command": { type: "string" }
    }
  })
  const easel = join(dirname(script), "easel.mjs")
  const asked = values.only?.split(",")
  const only = loadNames.filter((name) => asked?.some((part) => name.startsWith(part)) ?? true)
  if (only.length === 0) {
    return yield* new BenchFailed({ reason: `--only takes beginnings of ${loadNames.join(", ")}` })
  }
  const runs: Array<BenchPlan.Run> = []
  const startedAt = Date.now()
  yield* BenchPlan.run(
    {
      script,
      easelCommand: values["easel-command"]?.split(" ") ?? [process.execPath, easel, "start"],
      only,
      isQuick: values.quick
    },
    (run) => {
      runs.push(run)
      console.log(lineOf(run))
    }
  )
  const goals = goalsOf(runs)
  const machine = { cores: cpus().length, cpu: cpus()[0]?.model, kernel: release(), node: process.version }
  const seconds = Math.round((Date.now() - startedAt) / 1000)
  console.log(`\n${tableOf(goals)}\n`)
  console.log(`${seconds} s on ${machine.cores} cores. Of several rounds the best of each figure counts; all are in ${resultsFile}.`)
  console.log(warningOf(runs))
  writeFileSync(resultsFile, JSON.stringify({ at: new Date(startedAt), seconds, machine, goals, runs }, undefined, 2))
  if (goals.some((goal) => goal.verdict === "missed" || goal.verdict === "missing")) process.exitCode = 1
})

if (process.argv[2] === "limit") LimitRelay.main()
else if (process.argv[2] === "load") void LoadGenerator.main(process.argv[3] ?? "")
else if (process.argv[2] === "hold") void ShardHolder.main(process.argv[3] === "advisory" ? "advisory" : "leases", process.argv[4] ?? "")
else NodeRuntime.runMain(conduct)
