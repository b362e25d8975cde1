/** What a goal is, and the words that all of them are told in. */
import type { LoadName } from "./BenchLoads.ts"
import type { Figures } from "./Figures.ts"
import type { EditResult } from "./LoadSpec.ts"

export interface Goal {
  readonly name: string
  readonly goal: string
  readonly measured: string
  /** `noted` figures have no goal. */
  readonly verdict: "met" | "missed" | "missing" | "noted"
}

export interface Value {
  readonly value: number
  readonly isMet: (value: number) => boolean
}

interface Measured {
  readonly text: string
  readonly values: ReadonlyArray<Value>
}

export interface Definition {
  readonly load: LoadName
  readonly name: string
  readonly goal: string
  readonly measure: (figures: Figures) => Measured
}

export const below = (value: number, limit: number): Value => ({ value, isMet: (actual) => actual < limit })
export const none = (value: number): Value => ({ value, isMet: (actual) => actual === 0 })

export const p50 = ({ syncMillis }: EditResult): number => syncMillis.count === 0 ? Number.NaN : syncMillis.p50
export const p99 = ({ syncMillis }: EditResult): number => syncMillis.count === 0 ? Number.NaN : syncMillis.p99

/** Operations never acked, refused, or not relayed to everybody, and editors lost: none is allowed. */
export const lost = (result: EditResult): number => {
  const { applied = 0, superseded = 0, ...others } = result.statuses
  const refused = applied === 0 && superseded === 0 ? 1 : Object.values(others).reduce((sum, count) => sum + count, 0)
  return result.samplesUnseen + result.disconnected + result.unacked + refused + Math.max(0, result.observerMissed)
}

export const lossText = (losses: number): string => losses > 0 ? `, ${whole(losses)} lost` : ""
export const whole = (value: number): string => Number.isNaN(value) ? "?" : Math.round(value).toLocaleString("en")
export const ratio = (value: number): string => Number.isNaN(value) ? "?" : value.toFixed(2)
export const millis = (value: number): string => Number.isNaN(value) ? "?" : `${value.toFixed(value < 100 ? 1 : 0)} ms`
export const kilobytes = (bytes: number): string => Number.isNaN(bytes) ? "?" : `${(bytes / 1000).toFixed(1)} KB`
export const megabytes = (bytes: number): string => Number.isNaN(bytes) ? "?" : `${(bytes / 1_000_000).toFixed(2)} MB`
