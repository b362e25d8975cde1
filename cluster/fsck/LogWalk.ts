/**
 * The rows of one file's log in order, from segments and from the table, a few at a time. What is found on the way of
 * segments is told to whoever walks; gaps are stepped over, so that what lies behind them is looked at, too.
 */
import { Audit, type SegmentRecord, type SegmentRow } from "@easel/store"
import * as Effect from "effect/Effect"
import type { Report } from "./Report.ts"

/** Rows that are read from the table at once. */
const pageRows = 1_000

export interface Stretch {
  /** They follow each other. */
  readonly rows: ReadonlyArray<SegmentRow>
  /** Seqs before them that are missing. */
  readonly gap: number
}

export const make = Effect.fnUntraced(function*(fileId: string, report: Report) {
  const audit = yield* Audit
  let segments = yield* audit.segments(fileId)
  yield* reportOverlaps(segments, report)
  /** Segments that cannot be read, by where they begin. */
  const passedOver = new Set<number>()

  const rowsOf = Effect.fnUntraced(function*(record: SegmentRecord) {
    const { fromSeq, toSeq } = record
    const segment = yield* audit.readSegment(record)
    const at = { seq: fromSeq }
    if ("unreadable" in segment) {
      yield* report.found("segment_unreadable", { ...at, detail: segment.unreadable }, audit.forgetSegment(fileId, record))
      return undefined
    }
    if (segment.fileId !== fileId || segment.fromSeq !== fromSeq || segment.toSeq !== toSeq) {
      yield* report.found("segment_differs", { ...at, detail: `it holds ${segment.fileId} ${segment.fromSeq} to ${segment.toSeq}` })
      return undefined
    }
    const rows = yield* Effect.exit(Effect.try(() => Array.from({ length: toSeq - fromSeq + 1 }, (_, index) => segment.rowAt(fromSeq + index))))
    if (rows._tag === "Failure") {
      yield* report.found("segment_unreadable", { ...at, detail: "a row of it is damaged" }, audit.forgetSegment(fileId, record))
      return undefined
    }
    if (!(yield* audit.isIndexed(fileId, fromSeq, rows.value))) {
      yield* report.found("segment_index_wrong", at, Effect.as(audit.indexSegment(fileId, fromSeq, rows.value), true))
    }
    return rows.value
  })

  const fromSegment = Effect.fnUntraced(function*(seq: number) {
    const record = segments.find(({ fromSeq, toSeq }) => fromSeq <= seq && seq <= toSeq && !passedOver.has(fromSeq))
    if (record === undefined) return undefined
    const rows = yield* rowsOf(record)
    if (rows === undefined) passedOver.add(record.fromSeq)
    return rows?.filter((row) => row.seq >= seq)
  })

  /** What follows a seq, up to a last one; `undefined` at the end of the log. */
  const next = Effect.fnUntraced(function*(afterSeq: number, lastSeq: number) {
    const follow = Effect.gen(function*() {
      const old = yield* fromSegment(afterSeq + 1)
      if (old !== undefined) return old
      const page = yield* audit.rows(fileId, afterSeq, pageRows)
      const end = page.findIndex((row, index) => row.seq !== afterSeq + index + 1)
      // While months move, rows are in both: the segment that begins next is looked at as well.
      const nextSegment = segments.find(({ fromSeq }) => fromSeq > afterSeq && !passedOver.has(fromSeq))?.fromSeq ?? Infinity
      return (end === -1 ? page : page.slice(0, end)).filter(({ seq }) => seq <= lastSeq && seq < nextSegment)
    })
    let rows = yield* follow
    if (rows.length === 0 && afterSeq < lastSeq) {
      // What was read of segments may be older than the month that has just left the table.
      segments = yield* audit.segments(fileId)
      rows = yield* follow
    }
    if (rows.length > 0) return { rows, gap: 0 } satisfies Stretch
    const inTable = (yield* audit.rows(fileId, afterSeq, 1))[0]?.seq ?? Infinity
    const inSegment = Math.min(...segments.filter(({ fromSeq }) => fromSeq > afterSeq && !passedOver.has(fromSeq)).map(({ fromSeq }) => fromSeq), Infinity)
    const first = Math.min(inTable, inSegment)
    return first > lastSeq ? undefined : { rows: [], gap: first - afterSeq - 1 } satisfies Stretch
  })

  return { next }
})

const reportOverlaps = (segments: ReadonlyArray<SegmentRecord>, report: Report) =>
  Effect.forEach(segments, ({ fromSeq }, index) => {
    const before = segments[index - 1]
    return before !== undefined && before.toSeq >= fromSeq ? report.found("segment_overlap", { seq: fromSeq }) : Effect.void
  }, { discard: true })
