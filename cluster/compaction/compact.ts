/**
 * Compaction: months of the log that ended before the offline horizon move from the table to segments in object
 * storage, oldest first. Each file of a month gets its segments, and a checkpoint at or above what it had there, unless
 * it has one that can be read. When all of them have, the month leaves the table. Nothing is lost by it: the log reads
 * from segments what the table has no more.
 *
 * A file that has no checkpoint and cannot be replayed keeps its month where it is, and all that follow. A run that is
 * killed is carried on by the next one.
 */
import { isRefusal, validateOperation } from "@easel/document"
import { Checkpoints, type FileMonth, type LogMonth, type SegmentRow, Segments } from "@easel/store"
import * as Cause from "effect/Cause"
import type * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as activation from "../file/activation.ts"
import { wasSentAsStored } from "./sentAsStored.ts"

export interface CompactedMonth {
  readonly name: string
  /** What the table and its indexes had. */
  readonly bytes: number
  readonly outcome: "moved" | "held back" | "would move"
  readonly files: number
  /** What this run wrote; a run before it may have written the rest. */
  readonly segments: number
  readonly rows: number
  readonly segmentBytes: number
  /** Rows that the table keeps, because their senders' clocks were wrong. */
  readonly kept: number
  readonly checkpoints: number
  readonly heldBackBy: ReadonlyArray<{ readonly fileId: string; readonly reason: string }>
}

/** Files at once. More would hold more documents in memory. */
const filesAtOnce = 4

/** Names of files that hold a month back; the rest is counted by `easel fsck`. */
const heldBackMax = 100

/** `None`: somebody else is at it. With `report` nothing is changed. */
export const compact = Effect.fn("compact")(function*(mode: "compact" | "report", horizon: Duration.Duration) {
  const segments = yield* Segments
  return yield* segments.alone(Effect.gen(function*() {
    const months: Array<CompactedMonth> = []
    for (const month of yield* segments.monthsBefore(horizon)) {
      const compacted: CompactedMonth = mode === "report" ? { ...nothingOf(month), outcome: "would move" } : yield* compactMonth(month)
      months.push(compacted)
      // Checkpoints of what follows would rest on it.
      if (compacted.outcome === "held back") break
    }
    return months
  }))
})

const compactMonth = Effect.fnUntraced(function*(month: LogMonth) {
  const segments = yield* Segments
  let done = nothingOf(month)
  let page: ReadonlyArray<FileMonth> = []
  do {
    page = yield* segments.filesIn(month.name, page.at(-1)?.fileId)
    yield* Effect.forEach(page, (file) =>
      Effect.map(compactFile(month.name, file), (part) => {
        done = {
          ...done,
          files: done.files + 1,
          segments: done.segments + part.segments,
          rows: done.rows + part.rows,
          segmentBytes: done.segmentBytes + part.segmentBytes,
          kept: done.kept + part.kept,
          checkpoints: done.checkpoints + part.checkpoints,
          heldBackBy: [...done.heldBackBy, ...part.heldBackBy].slice(0, heldBackMax)
        }
      }), { concurrency: filesAtOnce, discard: true })
  } while (page.length > 0)
  if (done.heldBackBy.length > 0) return done
  return yield* segments.detach(month.name).pipe(
    Effect.as<CompactedMonth>({ ...done, outcome: "moved" }),
    // The next run writes what is missing.
    Effect.catchTag("MonthIncomplete", () => Effect.succeed(done))
  )
})

const compactFile = Effect.fnUntraced(function*(month: string, { epoch, fileId, lastSeq }: FileMonth) {
  const segments = yield* Segments
  const part = { segments: 0, rows: 0, segmentBytes: 0, kept: 0, checkpoints: 0 }
  const heldBackBy: Array<CompactedMonth["heldBackBy"][number]> = []
  let written = yield* segments.write(month, fileId, 0, mustKeep)
  while (written !== undefined) {
    part.segments++
    part.rows += written.rows
    part.segmentBytes += written.bytes
    part.kept += written.kept
    written = yield* segments.write(month, fileId, written.toSeq, mustKeep)
  }
  yield* cover(fileId, epoch, lastSeq).pipe(
    Effect.map((made) => {
      part.checkpoints += made
    }),
    Effect.catchTag("LogIncomplete", ({ reason }) => {
      heldBackBy.push({ fileId, reason })
      return Effect.logError("A file holds back the compaction of the log", { fileId, month, reason })
    })
  )
  return { ...part, heldBackBy }
})

/** Sees to it that a state at or above a seq is stored and can be read. Returns how many it had to store for that. */
const cover = Effect.fnUntraced(function*(fileId: string, epoch: number, seq: number) {
  const checkpoints = yield* Checkpoints
  const stored = yield* checkpoints.load(fileId, Number.MAX_SAFE_INTEGER)
  if (stored !== undefined && stored.seq >= seq) return 0
  const { state } = yield* activation.load({ fileId, headSeq: seq })
  yield* checkpoints.save(fileId, epoch, seq, state.document)
  return 1
})

const mustKeep = (row: SegmentRow): boolean => {
  const operation = validateOperation(row.hasOldValue ? row : { ...row, oldValue: undefined })
  return isRefusal(operation) || !wasSentAsStored(operation, row.contentHash, row.committedAt)
}

const nothingOf = ({ bytes, name }: LogMonth): CompactedMonth => ({
  name,
  bytes,
  outcome: "held back",
  files: 0,
  segments: 0,
  rows: 0,
  segmentBytes: 0,
  kept: 0,
  checkpoints: 0,
  heldBackBy: []
})

/** Once a day on every runner, of which one does it. Begins when a node has been up for a while, and has nothing else to load. */
export const daily = (horizon: Duration.Duration) =>
  compact("compact", horizon).pipe(
    Effect.flatMap(Option.match({
      onNone: () => Effect.void,
      onSome: (months) =>
        Effect.forEach(months, ({ bytes, files, name, outcome, segmentBytes }) =>
          Effect.logInfo("A month of the log was compacted", { month: name, outcome, files, bytes, segmentBytes }), { discard: true })
    })),
    Effect.catchCause((cause) =>
      Cause.hasInterruptsOnly(cause) ? Effect.failCause(cause) : Effect.logError("Compacting the log failed; it is tried again tomorrow", cause)),
    Effect.delay("10 minutes"),
    Effect.andThen(Effect.sleep("1 day")),
    Effect.forever
  )
