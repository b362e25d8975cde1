/**
 * SVG path data (`d`) as an outline: every command of SVG 1.1, relative ones made absolute, quadratic curves and arcs
 * made cubic. As SVG prescribes, a path with a mistake counts up to the last whole segment before it.
 */
import { arcCurves } from "./arcCurves.ts"
import type { Outline, Step } from "./Outline.ts"

export const parsePathData = (d: string): Outline => new PathReader(d).read()

const argumentCounts: Readonly<Record<string, number>> = { m: 2, l: 2, h: 1, v: 1, c: 6, s: 4, q: 4, t: 2, a: 7, z: 0 }

const numberPattern = /[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?/y
const gapPattern = /[ \t\n\f\r]*,?[ \t\n\f\r]*/y
const blankPattern = /[ \t\n\f\r]*/y

class PathReader {
  readonly #d: string
  #at = 0
  readonly #steps: Array<Step> = []
  readonly #numbers: Array<number> = []
  /** The current point, and where the subpath began. */
  #x = 0
  #y = 0
  #startX = 0
  #startY = 0
  /** The last control point of the command before, when that was a curve of the named kind. */
  #control: { readonly of: "c" | "q"; readonly x: number; readonly y: number } | undefined

  constructor(d: string) {
    this.#d = d
  }

  read(): Outline {
    this.#skip(blankPattern)
    while (this.#at < this.#d.length) {
      const letter = this.#d.charAt(this.#at)
      const command = letter.toLowerCase()
      const count = argumentCounts[command]
      if (count === undefined || (this.#steps.length === 0 && command !== "m")) break
      this.#at++
      this.#skip(blankPattern)
      if (count === 0) this.#close()
      else if (!this.#segments(command, letter === command, count)) break
      this.#skip(blankPattern)
    }
    return { steps: this.#steps, numbers: this.#numbers }
  }

  /** As many segments as arguments follow; whether there was at least one. */
  #segments(command: string, relative: boolean, count: number): boolean {
    let current = command
    for (let segments = 0; ; segments++) {
      const before = this.#at
      if (segments > 0) this.#skip(gapPattern)
      const values = this.#arguments(command, count)
      if (values === undefined) {
        this.#at = before
        return segments > 0
      }
      this.#segment(current, values, relative ? this.#x : 0, relative ? this.#y : 0)
      // Further pairs after a move are lines.
      if (current === "m") current = "l"
    }
  }

  #arguments(command: string, count: number): ReadonlyArray<number> | undefined {
    const values: Array<number> = []
    while (values.length < count) {
      if (values.length > 0) this.#skip(gapPattern)
      const value = command === "a" && (values.length === 3 || values.length === 4) ? this.#flag() : this.#number()
      if (value === undefined) return undefined
      values.push(value)
    }
    return values
  }

  #segment(command: string, values: ReadonlyArray<number>, dx: number, dy: number): void {
    const [v0 = 0, v1 = 0, v2 = 0, v3 = 0, v4 = 0, v5 = 0, v6 = 0] = values
    switch (command) {
      case "m":
        this.#startX = v0 + dx
        this.#startY = v1 + dy
        return this.#to("move", this.#startX, this.#startY)
      case "l":
        return this.#to("line", v0 + dx, v1 + dy)
      case "h":
        return this.#to("line", v0 + dx, this.#y)
      case "v":
        return this.#to("line", this.#x, v0 + dy)
      case "c":
        return this.#curve(v0 + dx, v1 + dy, v2 + dx, v3 + dy, v4 + dx, v5 + dy)
      case "s": {
        const { x, y } = this.#reflected("c")
        return this.#curve(x, y, v0 + dx, v1 + dy, v2 + dx, v3 + dy)
      }
      case "q":
        return this.#quadratic(v0 + dx, v1 + dy, v2 + dx, v3 + dy)
      case "t": {
        const { x, y } = this.#reflected("q")
        return this.#quadratic(x, y, v0 + dx, v1 + dy)
      }
      default:
        return this.#arc({ rx: v0, ry: v1, degrees: v2, large: v3 === 1, sweep: v4 === 1 }, v5 + dx, v6 + dy)
    }
  }

  #to(step: "move" | "line", x: number, y: number): void {
    this.#steps.push(step)
    this.#numbers.push(x, y)
    this.#x = x
    this.#y = y
    this.#control = undefined
  }

  #curve(x1: number, y1: number, x2: number, y2: number, x: number, y: number): void {
    this.#steps.push("curve")
    this.#numbers.push(x1, y1, x2, y2, x, y)
    this.#x = x
    this.#y = y
    this.#control = { of: "c", x: x2, y: y2 }
  }

  #quadratic(cx: number, cy: number, x: number, y: number): void {
    const [x0, y0] = [this.#x, this.#y]
    this.#curve(x0 + (2 / 3) * (cx - x0), y0 + (2 / 3) * (cy - y0), x + (2 / 3) * (cx - x), y + (2 / 3) * (cy - y), x, y)
    this.#control = { of: "q", x: cx, y: cy }
  }

  #arc(shape: Parameters<typeof arcCurves>[1], x: number, y: number): void {
    const curves = arcCurves({ x: this.#x, y: this.#y }, shape, { x, y })
    if (curves === undefined) return this.#to("line", x, y)
    for (const [x1, y1, x2, y2, endX, endY] of curves) this.#curve(x1, y1, x2, y2, endX, endY)
    this.#control = undefined
  }

  #close(): void {
    this.#steps.push("close")
    this.#x = this.#startX
    this.#y = this.#startY
    this.#control = undefined
    // A segment right after a close starts a new subpath where the old one began.
    if (/[mMzZ]/.test(this.#d.charAt(this.#skip(blankPattern)))) return
    if (this.#at < this.#d.length) this.#to("move", this.#startX, this.#startY)
  }

  #reflected(of: "c" | "q"): { readonly x: number; readonly y: number } {
    const control = this.#control
    if (control?.of !== of) return { x: this.#x, y: this.#y }
    return { x: 2 * this.#x - control.x, y: 2 * this.#y - control.y }
  }

  #number(): number | undefined {
    numberPattern.lastIndex = this.#at
    const match = numberPattern.exec(this.#d)
    if (match === null) return undefined
    const value = Number(match[0])
    if (!Number.isFinite(value)) return undefined
    this.#at = numberPattern.lastIndex
    return value
  }

  #flag(): number | undefined {
    const digit = this.#d[this.#at]
    if (digit !== "0" && digit !== "1") return undefined
    this.#at++
    return Number(digit)
  }

  #skip(pattern: RegExp): number {
    pattern.lastIndex = this.#at
    pattern.test(this.#d)
    this.#at = Math.max(this.#at, pattern.lastIndex)
    return this.#at
  }
}
