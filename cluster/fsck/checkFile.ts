/**
 * Looks at all that is stored of one file: the log from its first operation, every checkpoint and version against what
 * the log comes to at its seq, the segments, the document at the end, and the pictures. In memory are the document, one stored state
 * beside it, and a page of the log.
 */
import { Checkpoint, Document } from "@easel/document"
import type { LogEntry } from "@easel/protocol"
import { Audit, type AuditedFile, type SegmentRow, type StoredState, toEntry } from "@easel/store"
import * as Effect from "effect/Effect"
import * as FileState from "../file/FileState.ts"
import { checkPictures } from "./checkPictures.ts"
import { documentFaults } from "./documentFaults.ts"
import * as LogWalk from "./LogWalk.ts"
import type { Report } from "./Report.ts"

/** The state is known from the log alone, or with the help of a state that is stored, or not since a gap. */
interface Known {
  readonly state: FileState.FileState
  readonly from: "log" | "stored state"
}

export const checkFile = Effect.fn("checkFile")(function*(fileId: string, report: Report) {
  const audit = yield* Audit
  // Before the head, so that it does not name states that the log reaches only later.
  const stored = [...(yield* audit.states(fileId))]
  const [file] = yield* audit.files({ only: fileId })
  if (file === undefined) return
  const walk = yield* LogWalk.make(fileId, report)
  let known: Known | undefined = file.baseSeq === 0 ? { state: FileState.empty, from: "log" } : undefined
  let seq = file.baseSeq
  let epoch = 0
  let isWhole = true
  const compareStored = Effect.fnUntraced(function*() {
    while (stored[0] !== undefined && stored[0].seq <= seq) {
      const state = stored.shift()
      if (state !== undefined && state.seq === seq) known = yield* checkState(fileId, state, known, report)
      else if (state !== undefined) yield* checkState(fileId, state, undefined, report)
    }
  })

  const take = Effect.fnUntraced(function*(rows: ReadonlyArray<SegmentRow>) {
    let entries: Array<LogEntry> = []
    const settle = () => {
      if (known !== undefined) known = { ...known, state: FileState.replay(known.state, entries) }
      entries = []
    }
    for (const row of rows) {
      if (row.epoch < epoch) yield* report.found("epoch_decreases", { seq: row.seq, detail: `${epoch}, then ${row.epoch}` })
      epoch = Math.max(epoch, row.epoch)
      const entry = yield* Effect.orElseSucceed(Effect.try(() => toEntry(row)), () => undefined)
      if (entry === undefined) {
        yield* report.found("operation_invalid", { seq: row.seq })
        known = undefined
      } else entries.push(entry)
      seq = row.seq
      if (known === undefined) entries = []
      if (stored[0]?.seq === seq) {
        settle()
        yield* compareStored()
      }
    }
    settle()
    yield* Effect.yieldNow
  })

  yield* compareStored()
  while (seq < file.lastSeq) {
    const stretch: LogWalk.Stretch | undefined = yield* walk.next(seq, file.lastSeq)
    if (stretch === undefined) break
    if (stretch.gap > 0) {
      yield* report.found("log_gap", { seq: seq + 1, detail: `${stretch.gap} operations` })
      known = undefined
      isWhole = false
      seq += stretch.gap
      yield* compareStored()
    }
    yield* take(stretch.rows)
  }
  yield* reportHead(file, isWhole, report)
  for (const state of stored) yield* report.found("state_beyond_log", { seq: state.seq, detail: state.of })
  if (epoch > file.epoch) {
    yield* report.found("epoch_behind", { detail: `${file.epoch}, the log has ${epoch}` }, Effect.as(audit.raiseEpoch(fileId, epoch), true))
  }
  for (const duplicate of yield* audit.duplicateKeys(fileId)) yield* report.found("key_duplicate", { seq: duplicate })
  if (known !== undefined) {
    for (const { kind, objectId } of documentFaults(known.state.document)) yield* report.found(kind, { objectId })
  }
  yield* checkPictures(fileId, known?.state.document, report)
})

const reportHead = Effect.fnUntraced(function*(file: AuditedFile, isWhole: boolean, report: Report) {
  const audit = yield* Audit
  const detail = `the head is ${file.headSeq}, the log ends at ${file.lastSeq}`
  if (file.headSeq > file.lastSeq) yield* report.found("log_short", { seq: file.lastSeq, detail })
  // Beyond a gap there is nothing that could be loaded.
  const raise = isWhole ? Effect.as(audit.raiseHead(file), true) : undefined
  if (file.headSeq < file.lastSeq) yield* report.found("head_behind", { seq: file.headSeq, detail }, raise)
})

/** Compares a stored state with what is known at its seq, and returns what is known then. */
const checkState = Effect.fnUntraced(function*(fileId: string, stored: StoredState, known: Known | undefined, report: Report) {
  const audit = yield* Audit
  const { id, of, seq } = stored
  const where = { seq, detail: id ?? undefined }
  // Only the log alone may overrule what is stored.
  const again = known?.from === "log" ? Effect.as(audit.replaceState(fileId, stored, known.state.document), true) : undefined
  const document = yield* audit.readState(stored)
  if ("unreadable" in document) {
    yield* report.found(of === "checkpoint" ? "checkpoint_unreadable" : "version_unreadable", where, again)
    return known
  }
  if (known === undefined) return { state: { ...FileState.empty, seq, document }, from: "stored state" } satisfies Known
  if (!(yield* isSame(document, known.state.document))) {
    yield* of === "checkpoint" ? report.found("checkpoint_differs", where, again) : report.found("version_differs", where)
  }
  return known
})

/** To the last register and stamp. */
const isSame = Effect.fnUntraced(function*(a: Document.Document, b: Document.Document) {
  const others = Checkpoint.encode(b)
  for (const piece of Checkpoint.encode(a)) {
    if (others.next().value !== piece) return false
    yield* Effect.yieldNow
  }
  return others.next().done === true
})
