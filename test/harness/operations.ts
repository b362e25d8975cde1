/** Validated operations, as gateways hand them to actors. Each has an id of its own, which is its key too. */
import type { Json, Operation } from "@easel/document"

type Overrides = Partial<Pick<Operation.Operation, "id" | "idempotencyKey" | "timestamp">>

const common = (objectId: string, { id = crypto.randomUUID(), idempotencyKey = id, timestamp = Date.now() }: Overrides) => ({
  id,
  idempotencyKey,
  timestamp,
  objectId
})

export const create = (
  objectId: string,
  newValue: Readonly<Record<string, Json>> = {},
  { orderKey, parentId = null, ...overrides }: Overrides & { readonly parentId?: string | null; readonly orderKey?: string } = {}
): Operation.Create => ({
  ...common(objectId, overrides),
  operationType: "create",
  objectType: "rectangle",
  newValue,
  parentId,
  ...(orderKey === undefined ? {} : { orderKey })
})

export const update = (objectId: string, propertyPath: string, newValue: Json, overrides: Overrides = {}): Operation.Update => ({
  ...common(objectId, overrides),
  operationType: "update",
  propertyPath,
  newValue
})

export const move = (
  objectId: string,
  parentId: string | null,
  { orderKey, ...overrides }: Overrides & { readonly orderKey?: string } = {}
): Operation.Move => ({
  ...common(objectId, overrides),
  operationType: "move",
  parentId,
  ...(orderKey === undefined ? {} : { orderKey })
})

export const remove = (objectId: string, overrides: Overrides = {}): Operation.Delete => ({
  ...common(objectId, overrides),
  operationType: "delete"
})

/** Rectangles `prefix0`, `prefix1`, … */
export const rectangles = (count: number, prefix = "rectangle"): ReadonlyArray<Operation.Create> =>
  Array.from({ length: count }, (_, index) => create(`${prefix}${index}`, { x: index }))
