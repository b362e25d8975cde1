/**
 * Typed calls to the actor of one file, as a gateway makes them: within one process, or across to another.
 *
 * The load's process is the gateway; as a node it also hosts the file. Everything else is the same, so the ratio of the
 * two is what the way between nodes costs. `MovePresence` with nothing to move is the bare call; `Submit` of one small
 * operation waits for its commit too; `Watch` is timed from the call to the operation's arrival on the watch stream.
 */
import { FileClients } from "@easel/gateway"
import { Files } from "@easel/store"
import { ConfigProvider, Context, Effect, Layer, Redacted, Stream } from "effect"
import * as Node from "../../cluster/runtime/Node.ts"
import { settings } from "../../cluster/runtime/Settings.ts"
import { create } from "../harness/operations.ts"
import { Histogram } from "./Histogram.ts"
import type { Call, CallResult, Calls } from "./LoadSpec.ts"
import { cpuMillis } from "./ProcessUsage.ts"

const concurrencies = [1, 64]
const gatewayId = "bench"

export const runCallLoad = (spec: Calls): Promise<CallResult> =>
  Effect.runPromise(Effect.scoped(measure(spec)).pipe(Effect.withTracerEnabled(false)))

const measure = Effect.fnUntraced(function*(spec: Calls) {
  const read = yield* settings.parse(ConfigProvider.fromUnknown({ EASEL_DATA: spec.dataFolder }))
  const services = yield* Layer.build(Node.layerMember({ ...read, url: Redacted.make(spec.databaseUrl), rolesApply: false }, spec.role === "node"))
  const { id } = yield* Context.get(services, Files).create("Bench")
  const file = Context.get(services, FileClients).of(id)
  const watched = new WatchTimes()
  yield* file.Watch({ gatewayId, editors: [], shown: [] }).pipe(
    Stream.runForEach((event) => Effect.sync(() => event._tag === "Committed" && watched.arrived(event.body))),
    Effect.forkScoped
  )
  const movePresence = file.MovePresence({ gatewayId, patches: [], left: [] })
  const submit = Effect.suspend(() => {
    const operation = create(crypto.randomUUID(), { x: 1 })
    watched.sent(operation.id)
    return file.Submit({ submissions: [{ clientId: "bench", userId: "bench", operations: [operation] }] })
  })
  // Until the shards are held the first call waits.
  yield* submit
  const calls: Array<Call> = []
  for (const concurrency of concurrencies) {
    calls.push({ name: "MovePresence", concurrency, ...(yield* repeat(movePresence, concurrency, spec)) })
    watched.reset()
    const submitted = yield* repeat(submit, concurrency, spec)
    calls.push({ name: "Submit", concurrency, ...submitted })
    calls.push({ name: "Watch", concurrency, ...submitted, millis: watched.times.latencies() })
  }
  const result: CallResult = { _tag: "Calls", calls }
  return result
})

/** So many callers, each with one call under way. */
const repeat = Effect.fnUntraced(function*<E>(call: Effect.Effect<unknown, E>, concurrency: number, spec: Calls) {
  const times = new Histogram()
  const measureFrom = performance.now() + spec.warmupMillis
  const until = measureFrom + spec.measureMillis
  let count = 0
  let all = 0
  const cpuBefore = usedCpuMillis(spec)
  const caller = Effect.gen(function*() {
    for (let sentAt = performance.now(); sentAt < until; sentAt = performance.now()) {
      yield* call
      all++
      if (sentAt < measureFrom) continue
      times.record(performance.now() - sentAt)
      count++
    }
  })
  yield* Effect.all(Array.from({ length: concurrency }, () => caller), { concurrency: "unbounded", discard: true })
  const cpuMicros = (usedCpuMillis(spec) - cpuBefore) / all * 1000
  return { perSecond: count / spec.measureMillis * 1000, millis: times.latencies(), cpuMicros }
})

const usedCpuMillis = ({ hostPids }: Calls): number => [process.pid, ...hostPids].reduce((sum, pid) => sum + cpuMillis(pid), 0)

class WatchTimes {
  times = new Histogram()
  private readonly sentAt = new Map<string, number>()

  reset(): void {
    this.times = new Histogram()
  }

  sent(operationId: string): void {
    this.sentAt.set(operationId, performance.now())
  }

  arrived(body: Uint8Array): void {
    const now = performance.now()
    const operations: ReadonlyArray<{ readonly id: string }> = JSON.parse(`[${Buffer.from(body).toString("utf8")}]`)
    for (const { id } of operations) {
      const sentAt = this.sentAt.get(id)
      if (sentAt !== undefined) this.times.record(now - sentAt)
      this.sentAt.delete(id)
    }
  }
}
