/** What the server would refuse by itself is refused at the call that asked for it, before anything is changed. */
import { checkProperty, type Document, isObjectType, isRefusal, type Operation, Refusal, validateOperation } from "@easel/document"
import { frameUnitsMax, operationBytesMax } from "./OperationSender.ts"
import { toWire } from "./toWire.ts"

/** A change that the document cannot hold. Nothing was changed. */
export class OperationRefused extends Error {
  override readonly name = "OperationRefused"
  readonly code: Refusal.RefusalCode

  constructor({ code, message }: Refusal.Refusal) {
    super(message)
    this.code = code
  }
}

/** The operation in its canonical form. Throws `OperationRefused`. */
export const checked = (document: Document.Document, operation: Operation.Operation): Operation.Operation => {
  const wire = toWire(operation)
  const valid = validateOperation(wire)
  if (isRefusal(valid)) throw new OperationRefused(valid)
  if (valid.operationType === "update") {
    const type = document.get(valid.objectId)?.type
    const refusal = type !== undefined && isObjectType(type) ? checkProperty(type, valid.propertyPath, valid.newValue) : undefined
    if (refusal !== undefined) throw new OperationRefused(refusal)
  }
  const text = JSON.stringify(wire)
  if (text.length > frameUnitsMax && new TextEncoder().encode(text).length > operationBytesMax) {
    throw new OperationRefused(Refusal.make("too_large", "the operation does not fit into a frame"))
  }
  return valid
}
