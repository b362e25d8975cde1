import type { Operation } from "@easel/document"
import { wireNewValue } from "@easel/protocol/editor"

/** The operation as it goes over the wire: `newValue` as the protocol has it. */
export const toWire = (operation: Operation.Operation): unknown => {
  const { id, idempotencyKey, objectId, operationType, timestamp } = operation
  const newValue = wireNewValue(operation)
  return {
    id,
    operationType,
    objectId,
    ...(operation.operationType === "update" ? { propertyPath: operation.propertyPath } : {}),
    ...(newValue === undefined ? {} : { newValue }),
    timestamp,
    idempotencyKey
  }
}
