/**
 * `npm run mutation`: takes one safeguard after the other out of the sources (`mutations.mjs`), and fails unless the tests
 * notice each time. Two at once; the working tree stays as it is.
 */
import { spawn } from "node:child_process"
import { mkdtempSync, readFileSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { mutations } from "./mutations.mjs"

/** Seeds of the simulation, of which half is run. */
const seeds = "40"
const atOnce = 2

const folder = mkdtempSync(join(tmpdir(), "easel-mutation-"))

/** @param {import("./mutations.mjs").Mutation} mutation @returns {Promise<{ output: string, reportPath: string, millis: number }>} */
const tested = ({ test, title, without }) => new Promise((resolve) => {
  const startedMillis = performance.now()
  const reportPath = join(folder, `${mutations.findIndex((other) => other.without === without)}.json`)
  const args = ["node_modules/vitest/vitest.mjs", "run", "--config", "test/mutation/vitest.config.mjs", test, "-t", title, "--reporter=json", `--outputFile=${reportPath}`]
  const child = spawn(process.execPath, args, { env: { ...process.env, EASEL_MUTATION: without, EASEL_SEEDS: seeds }, stdio: ["ignore", "pipe", "pipe"] })
  let output = ""
  child.stdout.on("data", (data) => { output += data })
  child.stderr.on("data", (data) => { output += data })
  child.once("close", () => resolve({ output, reportPath, millis: performance.now() - startedMillis }))
})

/** The first test that failed for the reason that it should. */
const noticedBy = (reportPath, because) => {
  try {
    const { testResults } = JSON.parse(readFileSync(reportPath, "utf8"))
    return testResults.flatMap(({ assertionResults }) => assertionResults)
      .find(({ failureMessages, status }) => status === "failed" && failureMessages.some((message) => because.test(message)))?.title
  } catch {
    return undefined
  }
}

const rows = []
const waiting = [...mutations]
const work = async () => {
  for (let mutation = waiting.shift(); mutation !== undefined; mutation = waiting.shift()) {
    const { millis, output, reportPath } = await tested(mutation)
    const noticed = noticedBy(reportPath, mutation.because)
    if (noticed === undefined) console.log(output.slice(-4_000))
    rows.push({ without: mutation.without, file: mutation.file, "noticed by": noticed?.slice(0, 80) ?? "NOBODY", seconds: Math.round(millis / 1_000) })
  }
}
await Promise.all(Array.from({ length: atOnce }, work))
rmSync(folder, { recursive: true })

console.table(rows)
const unnoticed = rows.filter((row) => row["noticed by"] === "NOBODY")
if (unnoticed.length > 0) console.error(`nobody noticed: ${unnoticed.map(({ without }) => without).join(", ")}`)
process.exit(unnoticed.length === 0 ? 0 : 1)
