/**
 * The pure heart of a file: what its operations come to. `step` looks at a state and a group of submissions and
 * returns the next state, the answers, and the entries for the journal. It reads no clock and performs nothing; the
 * state it was given stays valid, which is what lets the actor go on while a commit is in flight.
 */
import { checkProperty, Document, isObjectType, isRefusal, Operation, OrderKey, Refusal } from "@easel/document"
import { Limits, type LogEntry, type OperationResult, type Principal, stampOf, type Submission } from "@easel/protocol"
import { contentHash } from "./contentHash.ts"
import * as RecentKeys from "./RecentKeys.ts"

export interface FileState {
  /** The seq of the last operation. */
  readonly seq: number
  readonly document: Document.Document
  /** The latest timestamp among the operations since loading, in milliseconds since 1970. */
  readonly latestTimestamp: number
  readonly recent: RecentKeys.RecentKeys
}

export interface Command {
  readonly submissions: ReadonlyArray<Submission>
  /** The server's clock, in milliseconds since 1970. */
  readonly nowMillis: number
  /** Idempotency keys that the database has refused for good. Empty but for recoveries. */
  readonly refusedKeys: ReadonlySet<string>
  /** Whether the author's role allows it to edit. */
  readonly mayEdit: (author: Principal) => boolean
}

export interface Outcome {
  /** One list per submission, one result per operation. */
  readonly results: ReadonlyArray<ReadonlyArray<OperationResult>>
  /** What must be committed before any of it may leave the actor. */
  readonly entries: ReadonlyArray<LogEntry>
}

export const empty: FileState = { seq: 0, document: Document.empty, latestTimestamp: 0, recent: RecentKeys.empty }

export const step = (state: FileState, command: Command): readonly [FileState, Outcome] => {
  const entries: Array<LogEntry> = []
  const results: Array<ReadonlyArray<OperationResult>> = []
  let recent = state.recent
  const document = state.document.edit((draft) => {
    for (const submission of command.submissions) {
      const mayEdit = command.mayEdit(submission)
      results.push(submission.operations.map((operation) => {
        const hash = contentHash(operation)
        const seen = RecentKeys.get(recent, operation.idempotencyKey)
        if (seen !== undefined) return resend(operation, hash, seen)
        if (!mayEdit) return rejected(operation, forbidden)
        const prepared = command.refusedKeys.has(operation.idempotencyKey)
          ? Refusal.make("refused_by_database", "the database cannot store this operation")
          : prepare(draft, operation, command.nowMillis)
        if (isRefusal(prepared)) return rejected(operation, prepared)
        const entry = merge(draft, prepared, submission, state.seq + entries.length + 1, hash)
        entries.push(entry)
        recent = RecentKeys.add(recent, entry)
        return accepted(operation, entry)
      }))
    }
  })
  const latestTimestamp = latestOf(state.latestTimestamp, entries)
  return [{ seq: state.seq + entries.length, document, latestTimestamp, recent }, { results, entries }]
}

/** The state after entries that are already committed, in order of seq. */
export const replay = (state: FileState, entries: ReadonlyArray<LogEntry>): FileState => {
  let { seq, recent } = state
  const document = state.document.edit((draft) => {
    for (const entry of entries) {
      if (entry.seq !== seq + 1) throw new Error(`FileState.replay: seq ${entry.seq} follows ${seq}`)
      seq = entry.seq
      recent = RecentKeys.add(recent, entry)
      draft.write(entry.operation.objectId, Operation.writesOf(entry.operation), stampOf(entry))
    }
  })
  return { seq, document, latestTimestamp: latestOf(state.latestTimestamp, entries), recent }
}

const latestOf = (latest: number, entries: ReadonlyArray<LogEntry>): number =>
  entries.reduce((before, { operation: { timestamp } }) => Math.max(before, timestamp), latest)

/** The operation as it will stand in the log: clamped timestamp, chosen order key. Or why it cannot be. */
const prepare = (
  document: Document.Document,
  operation: Operation.Operation,
  nowMillis: number
): Operation.Operation | Refusal.Refusal => {
  const timestamp = Math.min(operation.timestamp, nowMillis + Limits.timestampAheadMillisMax)
  const object = document.get(operation.objectId)
  if (operation.operationType === "create") {
    if (object !== undefined) return Refusal.make("object_exists", "an object with this id exists or was deleted")
    const orderKey = chooseOrderKey(document, operation)
    return typeof orderKey === "string" ? { ...operation, timestamp, orderKey } : orderKey
  }
  if (object === undefined) return Refusal.make("object_missing", "no object has this id")
  switch (operation.operationType) {
    case "update": {
      const type = object.type ?? ""
      if (!isObjectType(type)) throw new Error(`FileState: object ${object.id} has the unknown type ${type}`)
      const refusal = checkProperty(type, operation.propertyPath, operation.newValue)
      return refusal ?? { ...operation, timestamp }
    }
    case "move": {
      const orderKey = chooseOrderKey(document, operation)
      if (typeof orderKey !== "string") return orderKey
      if (Document.wouldCycle(document, operation.objectId, operation.parentId)) {
        return Refusal.make("cycle", "the new parent is the object itself or lies inside it")
      }
      // The log holds the outcome; what was asked for in order to reach it is of no use to its readers.
      const { exact: _asked, ...move } = operation
      return { ...move, timestamp, orderKey }
    }
    case "delete":
    case "restore":
      return { ...operation, timestamp }
  }
}

/** The key asked for if it is free or must be it, one right after it if it is taken, the last one if none was asked for. */
const chooseOrderKey = (
  document: Document.Document,
  operation: Operation.Create | Operation.Move
): string | Refusal.Refusal => {
  const { objectId, orderKey, parentId } = operation
  if (parentId !== null && document.get(parentId) === undefined) {
    return Refusal.make("parent_missing", "no object has the id of the new parent")
  }
  if (orderKey === undefined) {
    return OrderKey.between(document.lastOrderKey(parentId), null)
      ?? Refusal.make("invalid_order_key", "no room after the last sibling: send an orderKey")
  }
  if (operation.operationType === "move" && operation.exact === true) return orderKey
  if (!document.orderKeyTaken(parentId, orderKey, (id) => id !== objectId)) return orderKey
  // Without room between two keys the siblings share one and are ordered by id.
  return OrderKey.between(orderKey, document.nextOrderKey(parentId, orderKey)) ?? orderKey
}

const merge = (
  draft: Document.Draft,
  operation: Operation.Operation,
  { clientId, connectionId, userId }: Submission,
  seq: number,
  hash: string
): LogEntry => {
  const stamp = { timestamp: operation.timestamp, clientId, counter: seq }
  const won = draft.write(operation.objectId, Operation.writesOf(operation), stamp)
  return { seq, status: won ? "applied" : "superseded", operation, clientId, userId, connectionId, contentHash: hash }
}

const forbidden = Refusal.make("forbidden", "your role in this file does not allow you to edit it")

const resend = (operation: Operation.Operation, hash: string, seen: RecentKeys.SeenKey): OperationResult =>
  seen.contentHash === hash
    ? { id: operation.id, status: "duplicate", seq: seen.seq, first: seen.status, ...chosenBy(operation, seen) }
    : rejected(operation, Refusal.make("idempotency_conflict", "another operation was sent under this idempotencyKey"))

const rejected = ({ id }: Operation.Operation, { code, message }: Refusal.Refusal): OperationResult => ({
  id,
  status: "rejected",
  seq: 0,
  reason: code,
  message
})

const accepted = (sent: Operation.Operation, { operation, seq, status }: LogEntry): OperationResult => {
  const orderKey = "orderKey" in operation ? operation.orderKey : undefined
  return { id: sent.id, status, seq, ...chosenBy(sent, { timestamp: operation.timestamp, orderKey }) }
}

/** What the server used instead of what was sent. */
const chosenBy = (
  sent: Operation.Operation,
  { orderKey, timestamp }: { readonly timestamp: number; readonly orderKey: string | undefined }
): { readonly timestamp?: number; readonly orderKey?: string } => ({
  ...(timestamp === sent.timestamp ? {} : { timestamp }),
  ...(orderKey === undefined || ("orderKey" in sent && sent.orderKey === orderKey) ? {} : { orderKey })
})
