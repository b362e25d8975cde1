/**
 * Counts latencies in buckets whose width grows with the value, as HdrHistogram does.
 *
 * 64 buckets for each power of two of microseconds keep every percentile within 1.6 % at constant cost and memory,
 * from 1 µs to over an hour.
 */
import { Schema } from "effect"

/** Percentiles in milliseconds; all zero when nothing was counted. */
export const Latencies = Schema.Struct({
  count: Schema.Number,
  p50: Schema.Number,
  p99: Schema.Number,
  max: Schema.Number
})
export type Latencies = typeof Latencies.Type

const stepsPerOctave = 64
const octavesMax = 32

export class Histogram {
  private readonly buckets = new Uint32Array(stepsPerOctave * octavesMax)
  private count = 0
  private maxMillis = 0

  record(millis: number): void {
    const micros = Math.max(1, millis * 1000)
    const octave = Math.min(octavesMax - 1, Math.floor(Math.log2(micros)))
    const step = Math.min(stepsPerOctave - 1, Math.floor((micros / 2 ** octave - 1) * stepsPerOctave))
    const index = octave * stepsPerOctave + step
    this.buckets[index] = (this.buckets[index] ?? 0) + 1
    this.count++
    if (millis > this.maxMillis) this.maxMillis = millis
  }

  latencies(): Latencies {
    return { count: this.count, p50: this.percentile(0.5), p99: this.percentile(0.99), max: this.maxMillis }
  }

  /** The middle of the bucket that holds the value of this rank. */
  private percentile(rank: number): number {
    let left = Math.ceil(this.count * rank)
    if (left === 0) return 0
    for (let index = 0; index < this.buckets.length; index++) {
      left -= this.buckets[index] ?? 0
      if (left > 0) continue
      const low = 2 ** Math.floor(index / stepsPerOctave)
      return low * (1 + ((index % stepsPerOctave) + 0.5) / stepsPerOctave) / 1000
    }
    return this.maxMillis
  }
}
