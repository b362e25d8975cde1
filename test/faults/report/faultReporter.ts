/**
 * At the end of a run: prints the numbers that fault tests recorded, goal and measured, and writes the report when
 * `EASEL_FAULTS_REPORT` names a folder for it: `faults.md` and its picture, `faults.svg`.
 */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import type { Reporter } from "vitest/node"
import type { Measure, Recorded, Timeline } from "./record.ts"
import { timelinesSvg } from "./timelineSvg.ts"

export default class FaultReporter implements Reporter {
  onTestRunEnd(): void {
    const path = process.env["EASEL_FAULTS_RECORD"] ?? ""
    if (!existsSync(path)) return
    const recorded = readFileSync(path, "utf8").trimEnd().split("\n").map((line): Recorded => JSON.parse(line))
    const measures = recorded.filter(({ kind }) => kind === "measure") as ReadonlyArray<Measure>
    const timelines = recorded.filter(({ kind }) => kind === "timeline") as ReadonlyArray<Timeline>
    console.log(`\n${tableOf(measures)}\n`)
    const folder = process.env["EASEL_FAULTS_REPORT"] ?? ""
    if (folder === "") return
    mkdirSync(folder, { recursive: true })
    writeFileSync(join(folder, "faults.svg"), timelinesSvg(timelines))
    writeFileSync(join(folder, "faults.md"), reportOf(measures))
    console.log(`The report is in ${join(folder, "faults.md")}.`)
  }
}

const columns = ["what", "goal", "measured", ""] as const

const rowsOf = (measures: ReadonlyArray<Measure>): ReadonlyArray<ReadonlyArray<string>> =>
  measures.map(({ goal, isMet, measured, what }) => [what, goal, measured, isMet ? "met" : "missed"])

const tableOf = (measures: ReadonlyArray<Measure>): string => {
  const rows = [columns, ...rowsOf(measures)]
  const widths = columns.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)))
  return rows.map((row) => row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join("  ").trimEnd()).join("\n")
}

const reportOf = (measures: ReadonlyArray<Measure>): string =>
  [
    "# Faults",
    "",
    "What was broken on purpose in one run of the fault tests, and how those who edited meanwhile fared. `npm run faults -- --report` makes it anew, with more kills and frames and a longer outage.",
    "",
    "![Operations a second, and the p99 of acks, with the faults as bands](faults.svg)",
    "",
    `| ${columns.join(" | ")} |`,
    `|${columns.map(() => "---").join("|")}|`,
    ...rowsOf(measures).map((row) => `| ${row.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`),
    ""
  ].join("\n")
