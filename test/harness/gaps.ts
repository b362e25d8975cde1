/** Silences between answers: what a fault costs those who edit. */
import { availableParallelism, loadavg } from "node:os"

/**
 * What nothing takes that should take so long on a quiet machine: beyond it something is wrong, however many others want
 * the processors. How long it does take is printed, and judged by who reads it.
 */
export const onThisMachine = (goalMillis: number): number =>
  Math.round(4 * goalMillis * Math.max(1, (loadavg()[0] ?? 0) / availableParallelism()))

/** The longest time without an event between two moments, in milliseconds. */
export const longestGap = (eventsMillis: ReadonlyArray<number>, fromMillis: number, toMillis: number): number => {
  let longest = 0
  let last = fromMillis
  for (const at of eventsMillis) {
    if (at <= fromMillis || at > toMillis) continue
    longest = Math.max(longest, at - last)
    last = at
  }
  return Math.round(Math.max(longest, toMillis - last))
}

/** With less than a hundred values p99 is the largest. */
export const percentile = (values: ReadonlyArray<number>, fraction: number): number => {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.max(0, Math.ceil(sorted.length * fraction) - 1)] ?? Number.NaN
}

export const shown = (gaps: ReadonlyArray<number>): string =>
  gaps.length === 0 ? "none" : `p50 ${percentile(gaps, 0.5)}, p99 ${percentile(gaps, 0.99)}, max ${Math.max(...gaps)} ms of ${gaps.length} files`
