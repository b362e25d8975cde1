/**
 * Waits for a condition by looking again and again, and never for longer than
 * a deadline. When the deadline passes it fails with what it waited for and
 * the state it saw last, so that a red test explains itself.
 */
import { setTimeout as pause } from "node:timers/promises"
import { inspect } from "node:util"

export interface WaitUntilOptions {
  readonly deadlineMillis: number
  /** What is awaited, as in "the editor is synced". */
  readonly what: string
  /** Read once, on failure. */
  readonly state?: () => unknown
}

/** Resolves as soon as `predicate` holds. A predicate that throws fails the wait at once. */
export const waitUntil = async (
  predicate: () => boolean | Promise<boolean>,
  { deadlineMillis, state, what }: WaitUntilOptions
): Promise<void> => {
  const deadline = performance.now() + deadlineMillis
  while (!(await predicate())) {
    if (performance.now() > deadline) {
      const seen = state === undefined ? "" : `; state: ${inspect(await state(), { depth: 6 })}`
      throw new Error(`not within ${deadlineMillis} ms: ${what}${seen}`)
    }
    await pause(pollMillis)
  }
}

const pollMillis = 5
