/**
 * The total order of register writes: the higher timestamp wins, on a tie the lexicographically higher client id, and
 * within one client the later operation. The order is total because the file's actor gives every operation its own
 * counter (its seq), so two different writes never compare equal.
 */

export interface Stamp {
  /** Milliseconds since 1970, as the editor claimed it and the actor clamped it. */
  readonly timestamp: number
  readonly clientId: string
  /** The seq of the operation that wrote. */
  readonly counter: number
}

/** Older than every write of an operation: the stamp of registers that came in a snapshot without stamps. */
export const zero: Stamp = { timestamp: -1, clientId: "", counter: 0 }

/** Negative when `a` is older, positive when `a` wins. */
export const compare = (a: Stamp, b: Stamp): number => {
  if (a.timestamp !== b.timestamp) return a.timestamp - b.timestamp
  if (a.clientId !== b.clientId) return a.clientId < b.clientId ? -1 : 1
  return a.counter - b.counter
}

export const isSame = (a: Stamp, b: Stamp): boolean => a === b || compare(a, b) === 0
