/** Batches for the journal, without the actor that makes them in production. */
import type { Json, Operation } from "@easel/document"
import type { LogEntry } from "@easel/protocol"
import type { JournalBatch, JournalEntry } from "@easel/store"
import { toRows } from "../../cluster/file/committedEvent.ts"

export interface BatchFields {
  readonly fileId: string
  readonly epoch: number
  readonly expectedSeq: number
}

/** A batch of so many entries, or of the given values, each with a key of its own. */
export const batchOf = ({ epoch, expectedSeq, fileId }: BatchFields, values: number | ReadonlyArray<Json>): JournalBatch => {
  const list = typeof values === "number" ? Array.from({ length: values }, (_, index) => index) : values
  return { fileId, epoch, access: 0, expectedSeq, rows: rowsOf(list.map((value, index) => entryOf(expectedSeq + index + 1, { newValue: value }))) }
}

export const rowsOf = (entries: ReadonlyArray<LogEntry>): ReadonlyArray<JournalEntry> => toRows(entries)

export const entryOf = (seq: number, { id = crypto.randomUUID(), key = crypto.randomUUID(), newValue = seq, ...rest }: EntryFields = {}): LogEntry => {
  const operation: Operation.Update = {
    id,
    idempotencyKey: key,
    timestamp: 1_700_000_000_000 + seq,
    objectId: "object",
    operationType: "update",
    propertyPath: "data.value",
    newValue,
    ...rest
  }
  return { seq, status: "applied", operation, clientId: "client", userId: "user", contentHash: "hash" }
}

interface EntryFields {
  readonly id?: string
  readonly key?: string
  readonly newValue?: Json
  readonly oldValue?: Json
}
