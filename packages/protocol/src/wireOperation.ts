/**
 * An operation that stands in the log, and its JSON text. The text is made once, by the actor, and goes unchanged to
 * every editor and, value by value, to PostgreSQL.
 */
import { dataPrefix, type Json, type Operation, type Stamp } from "@easel/document"
import type { WireOperation } from "./frames.ts"

export interface LogEntry {
  readonly seq: number
  readonly status: "applied" | "superseded"
  /** With its order key chosen and its timestamp clamped. */
  readonly operation: Operation.Operation
  readonly clientId: string
  readonly userId: string
  /** The connection that sent it. Not stored: entries read from the log are news to everybody. */
  readonly connectionId?: string | undefined
  /** Fingerprint of what the editor sent, to tell a resend from another operation under the same key. */
  readonly contentHash: string
}

export const stampOf = (entry: LogEntry): Stamp.Stamp => ({
  timestamp: entry.operation.timestamp,
  clientId: entry.clientId,
  counter: entry.seq
})

/** `newValue` as the wire and the log have it, or `undefined` for operations without one. */
export const wireNewValue = (operation: Operation.Operation): Json | undefined => {
  switch (operation.operationType) {
    case "create": {
      const value: Record<string, Json> = { type: operation.objectType }
      let data: Record<string, Json> | undefined
      for (const path of Object.keys(operation.newValue)) {
        const item = operation.newValue[path] ?? null
        if (path.startsWith(dataPrefix)) (data ??= {})[path.slice(dataPrefix.length)] = item
        else value[path] = item
      }
      if (data !== undefined) value.data = data
      value.parentId = operation.parentId
      if (operation.orderKey !== undefined) value.orderKey = operation.orderKey
      return value
    }
    case "update":
      return operation.newValue
    case "move":
      return {
        parentId: operation.parentId,
        ...(operation.orderKey === undefined ? {} : { orderKey: operation.orderKey }),
        ...(operation.exact === undefined ? {} : { exact: operation.exact })
      }
    case "delete":
    case "restore":
      return undefined
  }
}

export interface OperationTexts {
  /** JSON text of a `WireOperation`. */
  readonly operation: string
  readonly newValue: string | null
  readonly oldValue: string | null
}

/** Ids, keys and paths need no escaping: their grammars allow none of `"`, `\` and control characters. */
export const operationTexts = (entry: LogEntry, userIdText: string): OperationTexts => {
  const { operation } = entry
  const value = wireNewValue(operation)
  const newValue = value === undefined ? null : JSON.stringify(value)
  const old = operation.operationType === "update" || operation.operationType === "move" ? operation.oldValue : undefined
  const oldValue = old === undefined ? null : JSON.stringify(old)
  let text = `{"id":"${operation.id}","operationType":"${operation.operationType}","objectId":"${operation.objectId}"`
  if (operation.operationType === "create") text += `,"objectType":"${operation.objectType}"`
  else if (operation.operationType === "update") text += `,"propertyPath":"${operation.propertyPath}"`
  if (oldValue !== null) text += `,"oldValue":${oldValue}`
  if (newValue !== null) text += `,"newValue":${newValue}`
  text += `,"timestamp":${operation.timestamp}`
  // The id is the key where none is given (D13), and this text goes to every editor of the file.
  if (operation.idempotencyKey !== operation.id) text += `,"idempotencyKey":"${operation.idempotencyKey}"`
  text += `,"clientId":"${entry.clientId}","userId":${userIdText},"seq":${entry.seq}}`
  return { operation: text, newValue, oldValue }
}

export type { WireOperation }
