/**
 * Turns what an editor sent into an `Operation`, or says why not.
 *
 * Looks at the operation alone; what depends on the document (missing objects, cycles) is decided by the file's
 * actor. Hand-written rather than a schema because it runs for every operation and each refusal has its own code.
 */
import { type Json, type JsonFault, jsonFault } from "./Json.ts"
import { dataPrefix, isObjectType, type ObjectType, objectTypes, propertyKind } from "./ObjectTypes.ts"
import type { Operation } from "./Operation.ts"
import { isOrderKey } from "./OrderKey.ts"
import * as Refusal from "./Refusal.ts"

/** Longest id of an object, operation or client, and longest idempotency key, in characters. */
export const idCharsMax = 64

/** Most properties in one `create`. */
export const createPropertiesMax = 256

const idGrammar = /^[A-Za-z0-9_:.-]{1,64}$/
const reservedIds = new Set(["__proto__", "constructor", "prototype"])

/** Whether a text may name an object, operation or client: 1 to 64 of `A-Z a-z 0-9 _ : . -`, not `__proto__` and kin. */
export const isId = (value: unknown): value is string =>
  typeof value === "string" && idGrammar.test(value) && !reservedIds.has(value)

type Fields = Readonly<Record<string, unknown>>

export const validateOperation = (input: unknown): Operation | Refusal.Refusal => {
  if (!isFields(input)) return Refusal.make("not_an_operation", "an operation is a JSON object")
  const { id, objectId, timestamp } = input
  const idempotencyKey = input.idempotencyKey ?? id
  if (!isId(id)) return invalidId("id")
  if (!isId(idempotencyKey)) return invalidId("idempotencyKey")
  if (!isId(objectId)) return invalidId("objectId")
  if (typeof timestamp !== "number" || !Number.isSafeInteger(timestamp) || timestamp < 0) {
    return Refusal.make("invalid_timestamp", "timestamp is a whole number of milliseconds since 1970")
  }
  const common = { id, idempotencyKey, timestamp, objectId }
  switch (input.operationType) {
    case "create":
      return validateCreate(common, input)
    case "update":
      return validateUpdate(common, input)
    case "move":
      return validateMove(common, input)
    case "delete":
      return { ...common, operationType: "delete" }
    case "restore":
      return { ...common, operationType: "restore" }
    default:
      return Refusal.make("unknown_operation_type", "operationType is create, update, delete, restore or move")
  }
}

export const isRefusal = (value: Operation | Refusal.Refusal): value is Refusal.Refusal => "_tag" in value

type Common = Pick<Operation, "id" | "idempotencyKey" | "timestamp" | "objectId">

const validateCreate = (common: Common, input: Fields): Operation | Refusal.Refusal => {
  const value = input.newValue
  if (!isFields(value)) return Refusal.make("wrong_value_type", "newValue of a create is {type, ...properties}")
  const objectType = value.type ?? input.objectType
  if (typeof objectType !== "string" || !isObjectType(objectType)) {
    return Refusal.make("unknown_object_type", `type is one of ${objectTypes.join(", ")}`)
  }
  const parent = validateParent(common.objectId, value)
  if ("_tag" in parent) return parent
  const properties: Record<string, Json> = {}
  for (const path of Object.keys(value)) {
    if (path === "type" || path === "parentId" || path === "orderKey" || path === "id") continue
    const item = value[path]
    if (path === "data" && isFields(item)) {
      for (const key of Object.keys(item)) {
        const refusal = putProperty(properties, objectType, dataPrefix + key, item[key])
        if (refusal !== undefined) return refusal
      }
      continue
    }
    const refusal = putProperty(properties, objectType, path, item)
    if (refusal !== undefined) return refusal
  }
  if (Object.keys(properties).length > createPropertiesMax) {
    return Refusal.make("too_large", `a create has at most ${createPropertiesMax} properties`)
  }
  return { ...common, operationType: "create", objectType, newValue: properties, ...parent }
}

const validateUpdate = (common: Common, input: Fields): Operation | Refusal.Refusal => {
  const { propertyPath, newValue, oldValue } = input
  if (typeof propertyPath !== "string") return unknownProperty("propertyPath")
  const fault = jsonFault(newValue)
  if (fault !== undefined) return faulty("newValue", fault)
  // SAFETY: jsonFault found nothing, so the value is Json.
  const value = newValue as Json
  // The object's type is known only to the actor, which checks path and kind (checkProperty).
  if (oldValue === undefined) return { ...common, operationType: "update", propertyPath, newValue: value }
  const oldFault = jsonFault(oldValue)
  if (oldFault !== undefined) return faulty("oldValue", oldFault)
  // SAFETY: as above.
  return { ...common, operationType: "update", propertyPath, newValue: value, oldValue: oldValue as Json }
}

const validateMove = (common: Common, input: Fields): Operation | Refusal.Refusal => {
  const value = input.newValue
  if (!isFields(value) || value.parentId === undefined) {
    return Refusal.make("invalid_parent", "newValue of a move is {parentId, orderKey?, exact?}; parentId null is the root")
  }
  const parent = validateParent(common.objectId, value)
  if ("_tag" in parent) return parent
  const place = value.exact === true ? { ...parent, exact: true as const } : parent
  const { oldValue } = input
  if (oldValue === undefined) return { ...common, operationType: "move", ...place }
  const fault = jsonFault(oldValue)
  if (fault !== undefined) return faulty("oldValue", fault)
  // SAFETY: jsonFault found nothing, so the value is Json.
  return { ...common, operationType: "move", ...place, oldValue: oldValue as Json }
}

const validateParent = (
  objectId: string,
  value: Fields
): { readonly parentId: string | null; readonly orderKey?: string } | Refusal.Refusal => {
  const parentId = value.parentId ?? null
  if (parentId !== null && !isId(parentId)) return Refusal.make("invalid_parent", "parentId is an object's id or null")
  if (parentId === objectId) return Refusal.make("cycle", "an object cannot be its own parent")
  const orderKey = value.orderKey ?? undefined
  if (orderKey === undefined) return { parentId }
  if (typeof orderKey !== "string" || !isOrderKey(orderKey)) {
    return Refusal.make("invalid_order_key", "orderKey is a fractional index of at most 128 characters")
  }
  return { parentId, orderKey }
}

/** Why an object of the type cannot hold the value under the path, or `undefined`. */
export const checkProperty = (type: ObjectType, path: string, value: Json): Refusal.Refusal | undefined => {
  const kind = propertyKind(type, path)
  if (kind === undefined) return unknownProperty(path.length <= idCharsMax ? path : "propertyPath")
  if (value === null || kind === "json" || typeof value === kind) return undefined
  return Refusal.make("wrong_value_type", `${path} is a ${kind}`)
}

const putProperty = (
  properties: Record<string, Json>,
  type: ObjectType,
  path: string,
  item: unknown
): Refusal.Refusal | undefined => {
  const fault = jsonFault(item)
  if (fault !== undefined) return faulty(propertyKind(type, path) === undefined ? "newValue" : path, fault)
  // SAFETY: jsonFault found nothing, so the value is Json.
  const value = item as Json
  const refusal = checkProperty(type, path, value)
  // A path that passed is a name of the schema or `data.<key>`, so it can never be `__proto__`.
  if (refusal === undefined) properties[path] = value
  return refusal
}

const isFields = (value: unknown): value is Fields => typeof value === "object" && value !== null && !Array.isArray(value)

const invalidId = (field: string): Refusal.Refusal =>
  Refusal.make("invalid_id", `${field} is a text of 1 to ${idCharsMax} characters A-Z a-z 0-9 _ : . -`)

const unknownProperty = (path: string): Refusal.Refusal =>
  Refusal.make("unknown_property", `${path} is not a property of this type; free data goes under data.<key>`)

const faulty = (field: string, fault: JsonFault): Refusal.Refusal => Refusal.make(fault, `${field}: ${fault.replaceAll("_", " ")}`)
