/**
 * How long painting ahead may take in a frame, learned from the frames themselves.
 *
 * What a script notes down, the browser paints and composes after it; nobody says how long that takes. So the slice
 * grows while frames come at the display's pace and shrinks when one comes late.
 */
const sliceMillisMin = 2
const sliceMillisMax = 6
const sliceMillisAtRest = 12
/** The pace of a 60 Hz display; faster ones show by their frames. */
const periodMillisInitial = 1000 / 60
const periodMillisMin = 4

export class FramePace {
  #slice = 3
  #period = periodMillisInitial
  #last: number | undefined

  /** `time` is that of the animation frame. While nothing moves, nobody sees a late frame, and sharpness comes first. */
  sliceMillis({ time, isMoving }: { readonly time: number; readonly isMoving: boolean }): number {
    if (!isMoving) {
      this.#last = undefined
      return sliceMillisAtRest
    }
    const gap = this.#last === undefined ? undefined : time - this.#last
    this.#last = time
    if (gap === undefined || gap < periodMillisMin) return this.#slice
    this.#period = Math.min(this.#period, gap)
    const isLate = gap > this.#period * 1.3
    this.#slice = isLate ? Math.max(this.#slice * 0.75, sliceMillisMin) : Math.min(this.#slice + 0.05, sliceMillisMax)
    return this.#slice
  }
}
