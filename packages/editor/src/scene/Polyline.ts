/**
 * Outlines flattened to straight lines, for the questions a pointer asks: is a point inside, and how far is it from
 * the line. Costs a walk over all points.
 */
import { numbersPerStep, type Outline } from "./Outline.ts"
import type { Point } from "./Point.ts"

export interface Polyline {
  /** `[x0, y0, x1, y1, …]` */
  readonly numbers: ReadonlyArray<number>
  readonly closed: boolean
}

/** Lines into which one curve is split at most. */
const linesPerCurveMax = 64

/** `tolerance` is how far a line may be from the curve it stands for. */
export const flatten = ({ steps, numbers }: Outline, tolerance: number): ReadonlyArray<Polyline> => {
  const lines: Array<{ numbers: Array<number>; closed: boolean }> = []
  let at = 0
  for (const step of steps) {
    const line = lines.at(-1)
    if (step === "move") lines.push({ numbers: [numbers[at] ?? 0, numbers[at + 1] ?? 0], closed: false })
    else if (line === undefined) break
    else if (step === "line") line.numbers.push(numbers[at] ?? 0, numbers[at + 1] ?? 0)
    else if (step === "close") line.closed = true
    else addCurve(line.numbers, numbers, at, tolerance)
    at += numbersPerStep[step]
  }
  return lines
}

/** Whether a filled shape covers the point. Open lines are closed, as filling does. */
export const covers = (lines: ReadonlyArray<Polyline>, { x, y }: Point, rule: "nonzero" | "evenodd"): boolean => {
  let winding = 0
  let crossings = 0
  for (const { numbers } of lines) {
    let fromX = numbers.at(-2) ?? 0
    let fromY = numbers.at(-1) ?? 0
    for (let index = 0; index < numbers.length; index += 2) {
      const toX = numbers[index] ?? 0
      const toY = numbers[index + 1] ?? 0
      if (fromY <= y !== toY <= y && x < fromX + ((y - fromY) / (toY - fromY)) * (toX - fromX)) {
        crossings++
        winding += toY > fromY ? 1 : -1
      }
      fromX = toX
      fromY = toY
    }
  }
  return rule === "evenodd" ? crossings % 2 === 1 : winding !== 0
}

/** From the point to the nearest place on a line; `Infinity` when there are none. */
export const distanceTo = (lines: ReadonlyArray<Polyline>, point: Point): number => {
  let nearest = Infinity
  for (const { numbers, closed } of lines) {
    let fromX = (closed ? numbers.at(-2) : numbers[0]) ?? 0
    let fromY = (closed ? numbers.at(-1) : numbers[1]) ?? 0
    for (let index = 0; index < numbers.length; index += 2) {
      const toX = numbers[index] ?? 0
      const toY = numbers[index + 1] ?? 0
      nearest = Math.min(nearest, squaredDistance(point, fromX, fromY, toX, toY))
      fromX = toX
      fromY = toY
    }
  }
  return Math.sqrt(nearest)
}

const squaredDistance = ({ x, y }: Point, fromX: number, fromY: number, toX: number, toY: number): number => {
  const [dx, dy] = [toX - fromX, toY - fromY]
  const length = dx * dx + dy * dy
  const along = length === 0 ? 0 : Math.min(Math.max(((x - fromX) * dx + (y - fromY) * dy) / length, 0), 1)
  return (x - fromX - along * dx) ** 2 + (y - fromY - along * dy) ** 2
}

const addCurve = (line: Array<number>, numbers: ReadonlyArray<number>, at: number, tolerance: number): void => {
  const x0 = line.at(-2) ?? 0
  const y0 = line.at(-1) ?? 0
  const [x1 = 0, y1 = 0, x2 = 0, y2 = 0, x3 = 0, y3 = 0] = numbers.slice(at, at + 6)
  // How far the curve bends away, by its second differences.
  const bend = Math.max(Math.hypot(x0 - 2 * x1 + x2, y0 - 2 * y1 + y2), Math.hypot(x1 - 2 * x2 + x3, y1 - 2 * y2 + y3))
  const count = Math.min(Math.max(Math.ceil(Math.sqrt((0.75 * bend) / tolerance)), 1), linesPerCurveMax)
  for (let index = 1; index <= count; index++) {
    const t = index / count
    const s = 1 - t
    const [b0, b1, b2, b3] = [s * s * s, 3 * s * s * t, 3 * s * t * t, t * t * t]
    line.push(b0 * x0 + b1 * x1 + b2 * x2 + b3 * x3, b0 * y0 + b1 * y1 + b2 * y2 + b3 * y3)
  }
}
