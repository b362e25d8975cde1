/**
 * Watches a page paint, from inside: how long frames take, and when a pixel of the canvas takes on another colour. All
 * times are on the clock that pages of one machine share, in milliseconds since 1970 with fractions.
 */
import type { Page } from "playwright-core"

export interface Frames {
  /** Between the beginnings of frames. */
  readonly intervals: ReadonlyArray<number>
  /** From the beginning of a frame until the page's scripts are done with it. */
  readonly works: ReadonlyArray<number>
}

/** Records every frame until `stop` is called. */
export const watchFrames = async (page: Page): Promise<{ readonly stop: () => Promise<Frames> }> => {
  await page.evaluate(`(() => {
    const frames = { intervals: [], works: [], on: true, last: undefined }
    const channel = new MessageChannel()
    let began = 0
    channel.port1.onmessage = () => frames.works.push(performance.now() - began)
    const frame = (millis) => {
      if (!frames.on) return
      began = performance.now()
      if (frames.last !== undefined) frames.intervals.push(millis - frames.last)
      frames.last = millis
      requestAnimationFrame(frame)
      // Its turn comes when all that was to be done in this frame is.
      channel.port2.postMessage(undefined)
    }
    requestAnimationFrame(frame)
    globalThis.framesWatched = frames
  })()`)
  return {
    stop: () => page.evaluate(`(() => {
      const { intervals, works } = Object.assign(globalThis.framesWatched, { on: false })
      return { intervals, works }
    })()`)
  }
}

export interface WatchedPixel {
  /** When it changed. */
  readonly changes: () => Promise<ReadonlyArray<number>>
  /** Resolves when it has changed so often. The page itself waits: questions from outside would keep its thread busy. */
  readonly changed: (times: number, deadlineMillis: number) => Promise<void>
}

/** Notes when the pixel at a point of the canvas, in CSS pixels of the window, gets or loses a colour. */
export const watchPixel = async (page: Page, at: { readonly x: number; readonly y: number }, colour: readonly [number, number, number]): Promise<WatchedPixel> => {
  await page.evaluate(`(() => {
    const canvas = document.querySelector(".canvas-view canvas")
    const { left, top, width } = canvas.getBoundingClientRect()
    const scale = canvas.width / width
    const [x, y] = [Math.round((${at.x} - left) * scale), Math.round((${at.y} - top) * scale)]
    const context = canvas.getContext("2d")
    const isThere = () => {
      const [red, green, blue] = context.getImageData(x, y, 1, 1).data
      return red === ${colour[0]} && green === ${colour[1]} && blue === ${colour[2]}
    }
    const changes = []
    let was = isThere()
    let waiting = []
    const channel = new MessageChannel()
    channel.port1.onmessage = () => {
      const is = isThere()
      if (is !== was) {
        changes.push(performance.timeOrigin + performance.now())
        for (const look of waiting) look()
      }
      was = is
      requestAnimationFrame(frame)
    }
    // After the frame's own callbacks, this one's last act is seen when its painting is done.
    const frame = () => channel.port2.postMessage(undefined)
    requestAnimationFrame(frame)
    globalThis.pixelWatched = {
      changes,
      changed: (times, deadlineMillis) => new Promise((resolve, reject) => {
        const timer = setTimeout(() => reject(new Error("the pixel has changed " + changes.length + " times, not " + times)), deadlineMillis)
        const look = () => {
          if (changes.length < times) return
          clearTimeout(timer)
          waiting = waiting.filter((other) => other !== look)
          resolve()
        }
        waiting.push(look)
        look()
      })
    }
  })()`)
  return {
    changes: () => page.evaluate("globalThis.pixelWatched.changes"),
    changed: (times, deadlineMillis) => page.evaluate(`globalThis.pixelWatched.changed(${times}, ${deadlineMillis})`)
  }
}

/** Notes when the browser itself received each movement of the mouse. */
export const watchInput = async (page: Page): Promise<{ readonly inputs: () => Promise<ReadonlyArray<number>> }> => {
  await page.evaluate(`(() => {
    globalThis.inputs = []
    addEventListener("pointermove", ({ timeStamp }) => globalThis.inputs.push(performance.timeOrigin + timeStamp), { capture: true })
  })()`)
  return { inputs: () => page.evaluate("globalThis.inputs") }
}

/** The value that this part of all is not above; `part` is from 0 to 1. */
export const percentile = (values: ReadonlyArray<number>, part: number): number => {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.max(0, Math.ceil(sorted.length * part) - 1))] ?? Number.NaN
}
