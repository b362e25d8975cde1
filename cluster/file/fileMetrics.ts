/** Metrics of file actors. Names with the prefix `figma_` are part of the contract with dashboards. */
import type { OperationResult, Submission } from "@easel/protocol"
import type * as Context from "effect/Context"
import * as Metric from "effect/Metric"

const operations = Metric.counter("figma_operations_total", {
  description: "Operations answered, by type and status",
  incremental: true
})

export const operationLatency = Metric.histogram("figma_operation_latency_ms", {
  description: "Milliseconds from an operation's arrival at its actor to its durable answer",
  boundaries: Metric.exponentialBoundaries({ start: 0.5, factor: 2, count: 14 })
})

export const activations = Metric.counter("easel_file_activations_total", { description: "Files loaded into memory", incremental: true })
export const openFiles = Metric.gauge("easel_files_open", { description: "Files in memory" })
export const hotFiles = Metric.gauge("easel_files_hot", { description: "Files in memory that live in the hot group" })
export const moves = Metric.counter("easel_file_moves_total", {
  description: "Files that were moved to another group of shards, by the group",
  incremental: true
})
export const recoveries = Metric.counter("easel_file_recoveries_total", {
  description: "Times an actor read its log again after a commit that failed or whose outcome was unknown",
  incremental: true
})
export const fencedWrites = Metric.counter("easel_fenced_writes_total", {
  description: "Commits refused because the file was granted to another owner",
  incremental: true
})
export const quarantines = Metric.counter("easel_file_quarantines_total", {
  description: "Files that were put into quarantine because their actors failed again and again",
  incremental: true
})
export const versionsSaved = Metric.counter("easel_versions_saved_total", {
  description: "Versions of files that were to be saved, by kind and whether they were",
  incremental: true
})

const byTypeAndStatus = new Map<string, Metric.Metric<number, Metric.CounterState<number>>>()

/** Counts the answers of a batch; one metric update per kind and batch, not per operation. */
export const countOperations = (
  submissions: ReadonlyArray<Submission>,
  results: ReadonlyArray<ReadonlyArray<OperationResult>>,
  services: Context.Context<never>
): void => {
  const counts = new Map<string, number>()
  submissions.forEach(({ operations: sent }, index) => {
    sent.forEach(({ operationType }, at) => {
      const status = results[index]?.[at]?.status ?? "rejected"
      const kind = `${operationType} ${status}`
      counts.set(kind, (counts.get(kind) ?? 0) + 1)
    })
  })
  for (const [kind, count] of counts) {
    let metric = byTypeAndStatus.get(kind)
    if (metric === undefined) {
      const [type = "", status = ""] = kind.split(" ")
      metric = Metric.withAttributes(operations, { type, status })
      byTypeAndStatus.set(kind, metric)
    }
    metric.updateUnsafe(count, services)
  }
}

