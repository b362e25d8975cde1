/**
 * Editors that join and never read. Large values fill what the kernel and the server keep for each, so that in the
 * measured window they lag, and are closed.
 */
import { setTimeout as sleep } from "node:timers/promises"
import { type BenchEditor, openEditors } from "./BenchEditor.ts"
import type { Paced, Saturate } from "./LoadSpec.ts"
import { rssBytes } from "./ProcessUsage.ts"
import { observerPrefix, operationFrame } from "./Workload.ts"

/** More than the kernel takes for a socket that is not read, and the server's budget behind it. */
const fillBytes = 5_000_000
const valueBytes = 200_000
/** Long enough for those that read: the fill is for those that do not. */
const fillPauseMillis = 200

/** Indices of editors are names, too: these are nobody else's. */
const firstIndex = 10_000

export const openConsumers = async (spec: Paced | Saturate, fileId: string): Promise<ReadonlyArray<BenchEditor>> => {
  const count = spec._tag === "Paced" ? spec.consumers ?? 0 : 0
  const consumers = await openEditors(count, (index) => ({ url: spec.url, fileId, index: firstIndex + index }))
  for (const { webSocket } of consumers) webSocket.pause()
  return consumers
}

/**
 * Returns what each has come to cost the server, in resident memory, the values themselves, which all share, included;
 * and how many operations it took.
 */
export const fillConsumers = async (
  spec: Paced | Saturate,
  consumers: ReadonlyArray<BenchEditor>,
  observer: BenchEditor | undefined,
  objectIds: ReadonlyArray<string>
): Promise<{ readonly bytesEach: number; readonly operations: number }> => {
  // Without consumers as well, so that the two loads differ in nothing else.
  if (spec._tag !== "Paced" || spec.consumers === undefined) return { bytesEach: 0, operations: 0 }
  const before = rssBytes(spec.pid)
  const value = JSON.stringify("x".repeat(valueBytes))
  let operations = 0
  for (; operations * valueBytes < fillBytes; operations++) {
    // By the observer and under its prefix: what of it is squashed for an editor that lags is not missed.
    const id = observerPrefix + crypto.randomUUID().slice(8)
    const operation = `{"id":"${id}","operationType":"update","objectId":"${objectIds[0] ?? ""}","propertyPath":"data.filler",` +
      `"newValue":${value},"timestamp":${Date.now()},"idempotencyKey":"${id}"}`
    observer?.webSocket.send(operationFrame([operation]))
    await sleep(fillPauseMillis)
  }
  return { bytesEach: consumers.length === 0 ? 0 : (rssBytes(spec.pid) - before) / consumers.length, operations }
}

export const slowConsumersClosed = async (url: string): Promise<number> =>
  Number(/^easel_slow_consumers_total (\d+)$/m.exec(await (await fetch(`${url}/metrics`)).text())?.[1] ?? Number.NaN)
