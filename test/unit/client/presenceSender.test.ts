/** How often an editor tells of itself. */
import { afterEach, beforeEach, expect, test, vi } from "vitest"
import { PresenceSender } from "../../../packages/client/src/PresenceSender.ts"

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

const start = () => {
  const cursors: Array<unknown> = []
  const sender = new PresenceSender(({ cursor }) => cursors.push(cursor))
  sender.resume()
  /** Moves every ten milliseconds for so long. */
  const move = (millis: number): void => {
    for (let at = 0; at < millis; at += 10) {
      sender.set({ cursor: at })
      vi.advanceTimersByTime(10)
    }
  }
  return { cursors, move, sender }
}

test("P6: thirty times a second while others are there, once while nobody is", () => {
  const { cursors, move, sender } = start()
  move(3_000)
  expect(cursors.length).toBeLessThanOrEqual(4)
  sender.company(false)
  cursors.length = 0
  move(3_000)
  expect(cursors.length).toBeGreaterThan(70)
  expect(cursors.length).toBeLessThanOrEqual(92)
  sender.company(true)
  cursors.length = 0
  move(3_000)
  expect(cursors.length).toBeLessThanOrEqual(5)
})

test("P6: the first who comes is told at once, and the newest is always told in the end", () => {
  const { cursors, move, sender } = start()
  move(500)
  expect(cursors).toEqual([0])
  sender.company(false)
  expect(cursors).toEqual([0, 490])
  move(200)
  vi.advanceTimersByTime(2_000)
  expect(cursors.at(-1)).toBe(190)
  sender.stop()
  sender.set({ cursor: "late" })
  vi.advanceTimersByTime(2_000)
  expect(cursors.at(-1)).toBe(190)
})
