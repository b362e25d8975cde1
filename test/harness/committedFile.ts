/** Files that were written before anybody opened them: straight into the log, by a writer that is gone. */
import type { Operation } from "@easel/document"
import type { LogEntry } from "@easel/protocol"
import { Files, Journal } from "@easel/store"
import * as Effect from "effect/Effect"
import { contentHash } from "../../cluster/file/contentHash.ts"
import { fileOf } from "./fileCluster.ts"
import { rowsOf } from "./journalBatch.ts"
import { create } from "./operations.ts"
import { testLease } from "./testDatabase.ts"

/** A file with so many rectangles `object1`, `object2`, …, that no actor has in memory; made now, or at some time. */
export const committedFile = (count: number, timestamp = Date.now()) =>
  commitFile(Array.from({ length: count }, (_, index) => create(`object${index + 1}`, { x: index + 1 }, { timestamp: timestamp + index })))

/** A file with these operations in its log. Order keys are chosen here. */
const commitFile = (operations: ReadonlyArray<Operation.Operation>) =>
  Effect.gen(function*() {
    const files = yield* Files
    const journal = yield* Journal
    const { id } = yield* files.create("Committed")
    const { epoch } = yield* files.activate(id, testLease)
    const entries = operations.map((operation, index): LogEntry => ({
      seq: index + 1,
      status: "applied",
      operation: operation.operationType === "create" ? { orderKey: `a${index % 10}`, ...operation } : operation,
      clientId: "earlier",
      userId: "user-earlier",
      contentHash: contentHash(operation)
    }))
    yield* journal.append({ fileId: id, epoch, access: 0, expectedSeq: 0, rows: rowsOf(entries) })
    return yield* fileOf(id)
  })
