/**
 * The idempotency keys of a file's latest operations, so that a resend is recognised without asking the database.
 * Immutable, and bounded by two generations: when the young one is full it becomes the old one. Older keys are still
 * found, by the commit itself (see `Journal`).
 */
import type { LogEntry } from "@easel/protocol"
import * as HashMap from "effect/HashMap"
import * as Option from "effect/Option"

/** Keys per generation; between one and two generations are remembered. */
const generationKeysMax = 2048

export interface SeenKey {
  readonly seq: number
  readonly status: LogEntry["status"]
  readonly contentHash: string
  /** As the log has them, which may be others than were sent. */
  readonly timestamp: number
  readonly orderKey: string | undefined
}

export interface RecentKeys {
  readonly young: HashMap.HashMap<string, SeenKey>
  readonly old: HashMap.HashMap<string, SeenKey>
  /** What was looked up in the log for the submissions at hand, however many: all of it must be known at once. */
  readonly lookedUp: HashMap.HashMap<string, SeenKey>
}

export const empty: RecentKeys = { young: HashMap.empty(), old: HashMap.empty(), lookedUp: HashMap.empty() }

export const get = (keys: RecentKeys, key: string): SeenKey | undefined =>
  Option.getOrUndefined(HashMap.get(keys.young, key))
    ?? Option.getOrUndefined(HashMap.get(keys.old, key))
    ?? Option.getOrUndefined(HashMap.get(keys.lookedUp, key))

export const add = (keys: RecentKeys, entry: LogEntry): RecentKeys => {
  const young = HashMap.set(keys.young, entry.operation.idempotencyKey, seenIn(entry))
  return HashMap.size(young) < generationKeysMax ? { ...keys, young } : { ...keys, young: HashMap.empty(), old: young }
}

export const lookUp = (keys: RecentKeys, found: ReadonlyArray<LogEntry>): RecentKeys => ({
  ...keys,
  lookedUp: HashMap.fromIterable(found.map((entry) => [entry.operation.idempotencyKey, seenIn(entry)]))
})

const seenIn = ({ contentHash, operation, seq, status }: LogEntry): SeenKey => {
  const orderKey = "orderKey" in operation ? operation.orderKey : undefined
  return { seq, status, contentHash, timestamp: operation.timestamp, orderKey }
}
