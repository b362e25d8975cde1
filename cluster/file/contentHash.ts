/**
 * A fingerprint of what an editor sent, to tell a resend from another operation under the same idempotency key. Not
 * cryptographic: it guards against mistakes, and an editor can only fool itself.
 */
import { canonicalText, type Operation } from "@easel/document"
import { wireNewValue } from "@easel/protocol"

export const contentHash = (operation: Operation.Operation): string => {
  const value = wireNewValue(operation)
  const path = operation.operationType === "update" ? operation.propertyPath : ""
  const content = value === undefined ? "" : canonicalText(value)
  return cyrb53(`${operation.operationType} ${operation.objectId} ${path} ${operation.timestamp} ${content}`)
}

/** cyrb53 by bryc (public domain): 53 bits from two multiplicative hashes, here as 14 hex digits. */
const cyrb53 = (text: string): string => {
  let high = 0xdeadbeef
  let low = 0x41c6ce57
  for (let index = 0; index < text.length; index++) {
    const unit = text.charCodeAt(index)
    high = Math.imul(high ^ unit, 2654435761)
    low = Math.imul(low ^ unit, 1597334677)
  }
  high = Math.imul(high ^ (high >>> 16), 2246822507) ^ Math.imul(low ^ (low >>> 13), 3266489909)
  low = Math.imul(low ^ (low >>> 16), 2246822507) ^ Math.imul(high ^ (high >>> 13), 3266489909)
  return (4294967296 * (2097151 & low) + (high >>> 0)).toString(16).padStart(14, "0")
}
