/** Metrics of the gateway. Names with the prefix `figma_` are part of the contract with dashboards. */
import * as Context from "effect/Context"
import * as Metric from "effect/Metric"
import type { Envelope } from "./SubmitLane.ts"

export const connections = Metric.gauge("figma_ws_connections", { description: "Open WebSockets" })
export const collaborators = Metric.gauge("figma_collaborators", { description: "Editors that have joined a file" })
export const slowConsumers = Metric.counter("easel_slow_consumers_total", {
  description: "Sockets closed with 4008 because they did not read",
  incremental: true
})
export const resends = Metric.counter("easel_resends_total", {
  description: "Calls to a file's actor that were sent again because they failed or their outcome was not known",
  incremental: true
})
export const refusedUpgrades = Metric.counter("easel_refused_upgrades_total", {
  description: "WebSockets that were refused because of their origin, or because their address has too many",
  incremental: true
})
export const refusedFrames = Metric.counter("easel_refused_frames_total", {
  description: "Frames that were refused because their connection sent more than it may",
  incremental: true
})
export const outboxBytes = Metric.gauge("easel_outbox_bytes", { description: "Unsent bytes of all sockets" })

const syncLatency = Metric.histogram("figma_sync_latency_ms", {
  description: "Milliseconds from an operation's arrival at the gateway until it was handed to all sockets of the node",
  boundaries: Metric.exponentialBoundaries({ start: 1, factor: 2, count: 13 })
})

/** Called when a frame's operations have been fanned out and are acknowledged. */
export const observeSync = (envelope: Envelope): void => {
  syncLatency.updateUnsafe(performance.now() - envelope.arrivedMillis, Context.empty())
}
