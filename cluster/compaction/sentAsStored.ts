/**
 * Whether an operation was surely sent with the timestamp that the log has, and soon: then its timestamp tells that it
 * is old when it is sent again. The log does not say what was sent, but for its fingerprint.
 */
import type { Operation } from "@easel/document"
import { contentHash } from "../file/contentHash.ts"

/** How far ahead of the database's clock a timestamp may be. Others were made by clocks that are wrong. */
const aheadMillisMax = 3_600_000

export const wasSentAsStored = (operation: Operation.Operation, hash: string, committedAt: number): boolean =>
  operation.timestamp <= committedAt + aheadMillisMax && variants(operation).some((variant) => contentHash(variant) === hash)

/** What may have been sent: the actor chooses an order key where there is none, and drops `exact`. */
const variants = (operation: Operation.Operation): ReadonlyArray<Operation.Operation> => {
  if (!("orderKey" in operation)) return [operation]
  const { orderKey: _chosen, ...free } = operation
  return operation.operationType === "move" ? [operation, free, { ...operation, exact: true }] : [operation, free]
}
