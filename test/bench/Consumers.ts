/**
 * Editors that join and never read. Large values fill what the kernel and the server keep for each, so that in the
 * measured window they lag, and are closed.
 */
import { setTimeout as sleep } from "node:timers/promises"
import { type BenchEditor, openEditors } from "./BenchEditor.ts"
import type { Paced, Saturate } from "./LoadSpec.ts"
import { rssBytes } from "./ProcessUsage.ts"
import { operationFrame } from "./Workload.ts"

/** More than the kernel takes for a socket that is not read, and the server's budget behind it. */
const fillBytes = 5_000_000
const valueBytes = 200_000
const fillPauseMillis = 50

/** Indices of editors are names, too: these are nobody else's. */
const firstIndex = 10_000

export const openConsumers = async (spec: Paced | Saturate, fileId: string): Promise<ReadonlyArray<BenchEditor>> => {
  const count = spec._tag === "Paced" ? spec.consumers ?? 0 : 0
  const consumers = await openEditors(count, (index) => ({ url: spec.url, fileId, index: firstIndex + index }))
  for (const { webSocket } of consumers) webSocket.pause()
  return consumers
}

/** Returns what each has come to cost the server, in resident memory; the values themselves, which all share, included. */
export const fillConsumers = async (
  spec: Paced | Saturate,
  consumers: ReadonlyArray<BenchEditor>,
  editors: ReadonlyArray<BenchEditor>,
  objectIds: ReadonlyArray<string>
): Promise<number> => {
  if (consumers.length === 0) return 0
  const before = rssBytes(spec.pid)
  const value = JSON.stringify("x".repeat(valueBytes))
  for (let sent = 0, turn = 0; sent < fillBytes; sent += valueBytes, turn++) {
    const id = crypto.randomUUID()
    const operation = `{"id":"${id}","operationType":"update","objectId":"${objectIds[0] ?? ""}","propertyPath":"data.filler",` +
      `"newValue":${value},"timestamp":${Date.now()},"idempotencyKey":"${id}"}`
    editors[turn % editors.length]?.webSocket.send(operationFrame([operation]))
    await sleep(fillPauseMillis)
  }
  return (rssBytes(spec.pid) - before) / consumers.length
}

export const slowConsumersClosed = async (url: string): Promise<number> =>
  Number(/^easel_slow_consumers_total (\d+)$/m.exec(await (await fetch(`${url}/metrics`)).text())?.[1] ?? Number.NaN)
