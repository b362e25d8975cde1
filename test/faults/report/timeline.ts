/** From single answers to slices of time, for the picture of how a load fared. */
import { percentile } from "../../harness/gaps.ts"
import type { Band, Timeline } from "./record.ts"

/** To one operation. */
export interface Answer {
  /** By `performance.now()`, as are the bands here. */
  readonly atMillis: number
  /** Since it was sent for the first time. */
  readonly waitedMillis: number
}

const sliceMillis = 250

export const timelineOf = (name: string, answers: ReadonlyArray<Answer>, bands: ReadonlyArray<Band>): Omit<Timeline, "kind"> => {
  const start = answers.reduce((first, { atMillis }) => Math.min(first, atMillis), Infinity)
  const slices: Array<Array<Answer>> = []
  for (const answer of answers) (slices[Math.floor((answer.atMillis - start) / sliceMillis)] ??= []).push(answer)
  const filled = Array.from(slices, (slice) => slice ?? [])
  return {
    name,
    sliceMillis,
    operationsPerSecond: filled.map((slice) => slice.length * 1000 / sliceMillis),
    ackP99Millis: filled.map((slice) => slice.length === 0 ? null : percentile(slice.map(({ waitedMillis }) => Math.round(waitedMillis)), 0.99)),
    bands: bands.map(({ fromMillis, name, toMillis }) => ({ name, fromMillis: Math.round(fromMillis - start), toMillis: Math.round(toMillis - start) }))
  }
}
