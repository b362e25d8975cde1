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
}

export const empty: RecentKeys = { young: HashMap.empty(), old: HashMap.empty() }

export const get = (keys: RecentKeys, key: string): SeenKey | undefined =>
  Option.getOrUndefined(HashMap.get(keys.young, key)) ?? Option.getOrUndefined(HashMap.get(keys.old, key))

export const add = (keys: RecentKeys, { operation, seq, status, contentHash }: LogEntry): RecentKeys => {
  const orderKey = "orderKey" in operation ? operation.orderKey : undefined
  const seen = { seq, status, contentHash, timestamp: operation.timestamp, orderKey }
  const young = HashMap.set(keys.young, operation.idempotencyKey, seen)
  return HashMap.size(young) < generationKeysMax ? { young, old: keys.old } : { young: HashMap.empty(), old: young }
}
