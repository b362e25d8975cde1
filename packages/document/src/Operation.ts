/**
 * Operations: what an editor asks for, what the log keeps, and which register writes each one stands for.
 *
 * The validated form has the shape of the wire. Every operation but `create` writes exactly one register, and a
 * `create` writes registers nobody wrote before, so an operation wins or loses as a whole.
 */
import type { RegisterWrite } from "./DesignObject.ts"
import { deletedPath, parentPath, typePath } from "./DesignObject.ts"
import type { Json } from "./Json.ts"
import type { ObjectType } from "./ObjectTypes.ts"

interface Common {
  readonly id: string
  readonly idempotencyKey: string
  /** Milliseconds since 1970. */
  readonly timestamp: number
  readonly objectId: string
}

export interface Create extends Common {
  readonly operationType: "create"
  readonly objectType: ObjectType
  /** Property values by path, with `data.<key>` paths spelled out. */
  readonly newValue: Readonly<Record<string, Json>>
  readonly parentId: string | null
  /** Absent until the file's actor has chosen one. */
  readonly orderKey?: string
}

export interface Update extends Common {
  readonly operationType: "update"
  readonly propertyPath: string
  readonly newValue: Json
  /** What the editor saw before; kept in the log, not used by the merge. */
  readonly oldValue?: Json
}

export interface Move extends Common {
  readonly operationType: "move"
  readonly parentId: string | null
  readonly orderKey?: string
  /** The key is wanted even where a sibling has it: siblings with equal keys are ordered by id. */
  readonly exact?: true
  readonly oldValue?: Json
}

export interface Delete extends Common {
  readonly operationType: "delete"
}

export interface Restore extends Common {
  readonly operationType: "restore"
}

export type Operation = Create | Update | Move | Delete | Restore

/** The register writes of an operation whose order key has been chosen. */
export const writesOf = (operation: Operation): ReadonlyArray<RegisterWrite> => {
  switch (operation.operationType) {
    case "create": {
      const writes: Array<RegisterWrite> = [
        { path: typePath, value: operation.objectType },
        { path: parentPath, value: parentValue(operation) }
      ]
      for (const path of Object.keys(operation.newValue)) writes.push({ path, value: operation.newValue[path] ?? null })
      return writes
    }
    case "update":
      return [{ path: operation.propertyPath, value: operation.newValue }]
    case "move":
      return [{ path: parentPath, value: parentValue(operation) }]
    case "delete":
      return [{ path: deletedPath, value: true }]
    case "restore":
      return [{ path: deletedPath, value: false }]
  }
}

const parentValue = (operation: Create | Move): Json => {
  if (operation.orderKey === undefined) throw new Error("Operation.writesOf: the order key has not been chosen")
  return { parentId: operation.parentId, orderKey: operation.orderKey }
}
