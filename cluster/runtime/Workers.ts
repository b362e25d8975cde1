/**
 * The workers of a node: runners in threads of their own, each with its own shards, database connections and heap.
 * The node's gateway calls them as it calls runners elsewhere.
 *
 * A worker that dies is started again, soon at first and then less often. Its node knows of its death before anybody
 * else could, and says so (`onDeath`), so that its shards are free at once.
 * When the scope closes the workers are asked to hand over their files, and ended when they do not.
 */
import { Worker } from "node:worker_threads"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Metric from "effect/Metric"
import * as Schedule from "effect/Schedule"
import * as Schema from "effect/Schema"
import type * as Scope from "effect/Scope"
import type { RunnerSettings } from "./Runner.ts"
import { encode } from "./WorkerSettings.ts"

/** A worker ended by itself. */
class WorkerEnded extends Schema.TaggedError<WorkerEnded>()("WorkerEnded", { worker: Schema.Int, reason: Schema.String }) {}

const restarts = Metric.counter("easel_worker_restarts_total", { description: "Workers that died and were started again", incremental: true })

/** 100 ms doubling to 10 s. */
const restartSchedule = Schedule.min([Schedule.exponential("100 millis", 2), Schedule.spaced("10 seconds")])

/** Longest a worker may take to hand over its files. */
const stopWait = "10 seconds"

/** From sources a worker is a source file, in a build it is the bundle beside the program. */
const program = new URL(import.meta.url.endsWith(".ts") ? "../main/worker.ts" : "./worker.mjs", import.meta.url)

/** Longest a worker may take to tell its metrics. */
const metricsWait = "1 second"

export interface Workers {
  /** The metrics of those that live, in Prometheus' text format, by number. */
  readonly metrics: Effect.Effect<ReadonlyMap<number, string>>
}

/** Starts `count` workers, waits until each hosts shards, and keeps them until the scope closes. */
export const supervise = Effect.fn("Workers.supervise")(function*(
  settings: RunnerSettings,
  count: number,
  onDeath: (address: string) => Effect.Effect<void>
): Effect.fn.Return<Workers, never, Scope.Scope> {
  const living = new Map<number, Worker>()
  yield* Effect.forEach(
    Array.from({ length: count }, (_, index) => index + 1),
    (worker) =>
      Effect.gen(function*() {
        const ready = yield* Deferred.make<void>()
        yield* Effect.scoped(run(settings, worker, living, ready, onDeath)).pipe(
          Effect.tapError((error) =>
            Effect.logError("A worker died and is started again", { worker, reason: error.reason }).pipe(
              Effect.andThen(Metric.update(restarts, 1))
            )),
          Effect.retry(restartSchedule),
          Effect.forkScoped
        )
        yield* Deferred.await(ready)
      }),
    { concurrency: "unbounded", discard: true }
  )
  return {
    metrics: Effect.forEach(living, ([worker, thread]) => Effect.map(metricsOf(thread), (text) => [worker, text] as const), {
      concurrency: "unbounded"
    }).pipe(Effect.map((texts) => new Map(texts)))
  }
})

/** One life of a worker. Never returns. */
const run = Effect.fnUntraced(function*(
  settings: RunnerSettings,
  worker: number,
  living: Map<number, Worker>,
  ready: Deferred.Deferred<void>,
  onDeath: (address: string) => Effect.Effect<void>
): Effect.fn.Return<never, WorkerEnded, Scope.Scope> {
  const thread = yield* Effect.acquireRelease(
    Effect.sync(() => new Worker(program, { workerData: encode(settings, worker) })),
    stop
  )
  yield* Effect.acquireRelease(
    Effect.sync(() => living.set(worker, thread)),
    () => Effect.sync(() => living.delete(worker))
  )
  return yield* Effect.callback<never, WorkerEnded>((resume) => {
    let address = ""
    const end = (reason: string) => resume(Effect.andThen(onDeath(address), Effect.fail(new WorkerEnded({ worker, reason }))))
    thread.on("message", (message: unknown) => {
      if (typeof message !== "object" || message === null || !("ready" in message)) return
      address = String(message.ready)
      Deferred.doneUnsafe(ready, Effect.void)
    })
    thread.on("error", (error) => end(error instanceof Error ? error.message : String(error)))
    thread.on("exit", (code) => end(`exit code ${code}`))
  })
})

const metricsOf = (thread: Worker): Effect.Effect<string> =>
  Effect.callback<string>((resume) => {
    const answer = (message: unknown): void => {
      if (typeof message !== "object" || message === null || !("metrics" in message)) return
      resume(Effect.succeed(String(message.metrics)))
    }
    thread.on("message", answer)
    thread.postMessage("metrics")
    return Effect.sync(() => thread.off("message", answer))
  }).pipe(Effect.timeoutOrElse({ duration: metricsWait, orElse: () => Effect.succeed("") }))

const stop = (thread: Worker): Effect.Effect<void> =>
  Effect.callback<void>((resume) => {
    if (thread.threadId === -1) return resume(Effect.void)
    thread.once("exit", () => resume(Effect.void))
    thread.postMessage("stop")
  }).pipe(
    Effect.timeoutOption(stopWait),
    Effect.andThen(Effect.promise(() => thread.terminate())),
    Effect.asVoid
  )
