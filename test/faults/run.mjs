/**
 * `npm run faults`: every fault, with the numbers that it has to reach.
 *
 *     --seed N       repeats the choices of a run that printed it
 *     --minutes N    ends a run that takes longer, as a failure; 40 by default
 *     --report       writes docs/faults.md with its picture
 *     --only TEXT    the test files of test/faults whose name begins with it; may stand several times
 */
import { spawnSync } from "node:child_process"
import { mkdtempSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { parseArgs } from "node:util"

const { values } = parseArgs({
  options: {
    seed: { type: "string", default: String(Math.floor(Math.random() * 2 ** 31)) },
    minutes: { type: "string", default: "40" },
    report: { type: "boolean", default: false },
    only: { type: "string", multiple: true, default: [""] }
  }
})

console.log(`seed ${values.seed}: npm run faults -- --seed ${values.seed}`)
const { error, status } = spawnSync(
  process.execPath,
  ["node_modules/vitest/vitest.mjs", "run", ...values.only.map((part) => `test/faults/${part}`), "--reporter=default", "--reporter=./test/faults/report/faultReporter.ts"],
  {
    stdio: "inherit",
    timeout: Number(values.minutes) * 60_000,
    env: {
      EASEL_KILLS: "20",
      EASEL_SLOW_KILLS: "20",
      EASEL_AWAY_SECONDS: "60",
      EASEL_POISON: "1000000",
      EASEL_STORM: "2000",
      ...process.env,
      EASEL_TESTS: "all",
      EASEL_SEED: values.seed,
      EASEL_FAULTS_RECORD: join(mkdtempSync(join(tmpdir(), "easel-faults-")), "record.jsonl"),
      ...(values.report ? { EASEL_FAULTS_REPORT: "docs" } : {})
    }
  }
)
if (error !== undefined) console.error(`not done within ${values.minutes} minutes`)
process.exit(status ?? 1)
