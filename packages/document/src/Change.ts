/** A change: what an operation says, before it has an id and a time. */
import type { Json } from "./Json.ts"
import type { ObjectType } from "./ObjectTypes.ts"
import type { Operation } from "./Operation.ts"

export type Change =
  | {
    readonly operationType: "create"
    readonly objectId: string
    readonly objectType: ObjectType
    readonly properties: Readonly<Record<string, Json>>
    readonly parentId: string | null
    readonly orderKey: string
  }
  | { readonly operationType: "update"; readonly objectId: string; readonly propertyPath: string; readonly newValue: Json }
  | {
    readonly operationType: "move"
    readonly objectId: string
    readonly parentId: string | null
    readonly orderKey: string
    /** Going back to a place means that very place, whoever has its key by now. */
    readonly exact?: true
  }
  | { readonly operationType: "delete"; readonly objectId: string }
  | { readonly operationType: "restore"; readonly objectId: string }

/** The operation of a change; its id is its idempotency key too. */
export const toOperation = (change: Change, id: string, timestamp: number): Operation => {
  const common = { id, idempotencyKey: id, timestamp, objectId: change.objectId }
  switch (change.operationType) {
    case "create":
      return {
        ...common,
        operationType: "create",
        objectType: change.objectType,
        newValue: change.properties,
        parentId: change.parentId,
        orderKey: change.orderKey
      }
    case "update":
      return { ...common, operationType: "update", propertyPath: change.propertyPath, newValue: change.newValue }
    case "move":
      return {
        ...common,
        operationType: "move",
        parentId: change.parentId,
        orderKey: change.orderKey,
        ...(change.exact === undefined ? {} : { exact: change.exact })
      }
    case "delete":
      return { ...common, operationType: "delete" }
    case "restore":
      return { ...common, operationType: "restore" }
  }
}
