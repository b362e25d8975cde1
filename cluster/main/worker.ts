/** A worker of a node: one runner in a thread, until the node says stop. */
import { parentPort, workerData } from "node:worker_threads"
import { ShardingConfig } from "effect/cluster/ShardingConfig"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as PrometheusMetrics from "effect/observability/PrometheusMetrics"
import * as Runner from "../runtime/Runner.ts"
import { layerSql } from "../runtime/storeLayers.ts"
import { decode } from "../runtime/WorkerSettings.ts"

const { settings, worker } = decode(workerData)

/** Answers the node's questions until it says stop. */
const served = Effect.callback<void>((resume) => {
  parentPort?.on("message", (message) => {
    if (message === "stop") resume(Effect.void)
    else if (message === "metrics") void Effect.runPromise(PrometheusMetrics.format()).then((text) => parentPort?.postMessage({ metrics: text }))
  })
})

await Effect.scoped(Effect.gen(function*() {
  const services = yield* Layer.build(
    Runner.layer(settings, { role: "worker", worker }).pipe(Layer.provide(layerSql(settings.url, "shards")))
  )
  const address = Option.getOrThrow(Context.get(services, ShardingConfig).runnerAddress)
  parentPort?.postMessage({ ready: `${address.host}:${address.port}` })
  yield* served
})).pipe(Effect.withTracerEnabled(false), Effect.runPromise)

process.exit(0)
