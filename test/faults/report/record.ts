/**
 * What fault tests measured, for the report: a JSON line each into the file that `EASEL_FAULTS_RECORD` names. Without it
 * nothing is kept.
 */
import { appendFileSync } from "node:fs"

/** A number that was to be reached. */
export interface Measure {
  readonly kind: "measure"
  readonly what: string
  readonly goal: string
  readonly measured: string
  readonly isMet: boolean
}

/** A time in which something was broken, in milliseconds since the first sample. */
export interface Band {
  readonly name: string
  readonly fromMillis: number
  readonly toMillis: number
}

/** How a load fared, in slices of equal length. */
export interface Timeline {
  readonly kind: "timeline"
  readonly name: string
  readonly sliceMillis: number
  readonly operationsPerSecond: ReadonlyArray<number>
  /** Of the answers that came within the slice; `null` without any. */
  readonly ackP99Millis: ReadonlyArray<number | null>
  readonly bands: ReadonlyArray<Band>
}

export type Recorded = Measure | Timeline

const path = process.env["EASEL_FAULTS_RECORD"]

const record = (recorded: Recorded): void => {
  if (path !== undefined && path !== "") appendFileSync(path, `${JSON.stringify(recorded)}\n`)
}

/** Also says it. Whether it is met is for the reader: a test fails only for what no machine excuses. */
export const measure = (what: string, goal: string, measured: string, isMet: boolean): void => {
  console.log(`${what}: ${measured} (goal ${goal})`)
  record({ kind: "measure", what, goal, measured, isMet })
}

/** Of a history that was checked: what was acked and lost, applied twice, or is not the same everywhere. */
export const measureViolations = (name: string, violations: ReadonlyArray<string>, acked: number): void =>
  measure(`${name}: operations that were acked and lost, applied twice, or divergent`, "0", `${violations.length} of ${acked} acked`, violations.length === 0)

export const recordTimeline = (timeline: Omit<Timeline, "kind">): void => record({ kind: "timeline", ...timeline })
