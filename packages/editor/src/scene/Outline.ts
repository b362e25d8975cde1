/**
 * Lines and cubic curves as numbers: what lines, polygons, stars and paths are once their properties are read.
 *
 * `steps` lists the segments, `numbers` their coordinates one after the other: two for a move or a line, six for a
 * curve, none for a close. `bounds` is exact, extremes of curves included.
 */
import type { Box } from "./Box.ts"

export type Step = "move" | "line" | "curve" | "close"

export interface Outline {
  readonly steps: ReadonlyArray<Step>
  readonly numbers: ReadonlyArray<number>
}

export const numbersPerStep: Readonly<Record<Step, number>> = { move: 2, line: 2, curve: 6, close: 0 }

/** Straight lines through a flat list `[x0, y0, x1, y1, …]`. */
export const ofPoints = (points: ReadonlyArray<number>, { closed }: { readonly closed: boolean }): Outline => {
  const numbers = points.slice(0, points.length - (points.length % 2))
  const steps: Array<Step> = Array.from({ length: numbers.length / 2 }, (_, index) => (index === 0 ? "move" : "line"))
  if (closed && steps.length > 0) steps.push("close")
  return { steps, numbers }
}

/** The smallest box around the lines, without stroke; `undefined` for an outline of nothing. */
export const bounds = ({ steps, numbers }: Outline): Box | undefined => {
  if (numbers.length < 2) return undefined
  const [spanX, spanY] = [new Span(), new Span()]
  let at = 0
  for (const step of steps) {
    if (step === "curve") {
      spanX.addCurve(numbers, at - 2)
      spanY.addCurve(numbers, at - 1)
    } else if (step !== "close") {
      spanX.add(numbers[at] ?? 0)
      spanY.add(numbers[at + 1] ?? 0)
    }
    at += numbersPerStep[step]
  }
  return { x: spanX.low, y: spanY.low, width: spanX.high - spanX.low, height: spanY.high - spanY.low }
}

/** Lowest and highest value along one axis. */
class Span {
  low = Infinity
  high = -Infinity

  add(value: number): void {
    if (value < this.low) this.low = value
    if (value > this.high) this.high = value
  }

  /** The curve whose four coordinates on this axis stand at `start` and every second place after it. */
  addCurve(numbers: ReadonlyArray<number>, start: number): void {
    const [p0, p1, p2, p3] = [0, 2, 4, 6].map((offset) => numbers[start + offset] ?? 0)
    if (p0 === undefined || p1 === undefined || p2 === undefined || p3 === undefined) return
    this.add(p3)
    if (within(p1, p0, p3) && within(p2, p0, p3)) return
    // Where the derivative a t² + b t + c (divided by 3) is zero.
    const a = p3 - 3 * p2 + 3 * p1 - p0
    const b = 2 * (p2 - 2 * p1 + p0)
    const c = p1 - p0
    for (const t of roots(a, b, c)) {
      if (t <= 0 || t >= 1) continue
      const s = 1 - t
      this.add(s * s * s * p0 + 3 * s * s * t * p1 + 3 * s * t * t * p2 + t * t * t * p3)
    }
  }
}

const within = (value: number, one: number, other: number): boolean =>
  value >= Math.min(one, other) && value <= Math.max(one, other)

const roots = (a: number, b: number, c: number): ReadonlyArray<number> => {
  if (Math.abs(a) < 1e-12 * Math.max(Math.abs(b), Math.abs(c))) return b === 0 ? [] : [-c / b]
  const inner = b * b - 4 * a * c
  if (inner < 0) return []
  // The form that does not cancel digits.
  const q = -0.5 * (b + (b < 0 ? -1 : 1) * Math.sqrt(inner))
  return q === 0 ? [0] : [q / a, c / q]
}
