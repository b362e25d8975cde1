/** Metrics of the journal: how many rows share a commit and how long a commit takes. */
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Metric from "effect/Metric"

const rowsPerCommit = Metric.histogram("easel_journal_rows_per_commit", {
  description: "Operation rows in one group commit",
  boundaries: Metric.exponentialBoundaries({ start: 1, factor: 2, count: 14 })
})

const commitMillis = Metric.histogram("easel_journal_commit_ms", {
  description: "Milliseconds from sending a group commit to its durable reply",
  boundaries: Metric.exponentialBoundaries({ start: 0.5, factor: 2, count: 14 })
})

/** Counts a commit of so many rows and times it. */
export const observeCommit = (rows: number) => <A, E, R>(commit: Effect.Effect<A, E, R>): Effect.Effect<A, E, R> =>
  Effect.gen(function*() {
    const started = yield* Clock.currentTimeNanos
    const result = yield* commit
    const ended = yield* Clock.currentTimeNanos
    yield* Metric.update(rowsPerCommit, rows)
    yield* Metric.update(commitMillis, Number(ended - started) / 1e6)
    return result
  })
