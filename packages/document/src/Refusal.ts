/** Why an operation is refused. A refusal is an answer to the editor, never a defect, and changes nothing. */
import type { JsonFault } from "./Json.ts"

export type RefusalCode =
  | JsonFault
  | "not_an_operation"
  | "invalid_id"
  | "invalid_timestamp"
  | "unknown_operation_type"
  | "unknown_object_type"
  | "unknown_property"
  | "wrong_value_type"
  | "invalid_parent"
  | "invalid_order_key"
  | "object_exists"
  | "object_missing"
  | "parent_missing"
  | "cycle"
  | "idempotency_conflict"
  | "refused_by_database"
  | "forbidden"

export interface Refusal {
  readonly _tag: "Refusal"
  readonly code: RefusalCode
  /** One sentence for the editor's developer; names the field, never the content. */
  readonly message: string
}

export const make = (code: RefusalCode, message: string): Refusal => ({ _tag: "Refusal", code, message })
