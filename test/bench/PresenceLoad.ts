/**
 * Cursors: every editor of one file moves thirty times a second, and everybody sees everybody. A cursor carries when it
 * was there, so its age is read where it arrives, by a few editors that decode what they get; the others only count it.
 */
import { performance } from "node:perf_hooks"
import { setTimeout as sleep } from "node:timers/promises"
import { createFile, openEditors, payloadOf } from "./BenchEditor.ts"
import { Histogram } from "./Histogram.ts"
import type { Presence, PresenceResult } from "./LoadSpec.ts"
import { cpuMillis } from "./ProcessUsage.ts"

/** Editors that decode. */
const observers = 2

interface Entry {
  readonly cursor: { readonly at: number } | null
}

export const runPresenceLoad = async (spec: Presence): Promise<PresenceResult> => {
  const fileId = await createFile(spec.url)
  const ages = new Histogram()
  let [isMeasuring, isOver] = [false, false]
  let [bytes, frames, disconnected] = [0, 0, 0]
  const editors = await openEditors(spec.editors, (index) => ({
    url: spec.url,
    fileId,
    index,
    onFrame: ({ index: reader }, type, data) => {
      if (!isMeasuring || type !== "other") return
      bytes += data.length
      frames++
      if (reader >= observers) return
      const now = performance.now()
      // SAFETY: the cursors are those that are sent below.
      const { presence = [] }: { readonly presence?: ReadonlyArray<Entry> } = payloadOf(data)
      for (const { cursor } of presence) if (cursor !== null) ages.record(now - cursor.at)
    },
    onClose: () => {
      if (!isOver) disconnected++
    }
  }))
  const perMillisecond = spec.editors * spec.hertz / 1000
  const startedAt = performance.now()
  let sent = 0
  const timer = setInterval(() => {
    const now = performance.now()
    for (const due = Math.floor((now - startedAt) * perMillisecond); sent < due; sent++) {
      const { webSocket } = editors[sent % editors.length] ?? {}
      webSocket?.send(JSON.stringify({ type: "presence", payload: { cursor: { x: sent % 1000, y: 400, at: now }, selection: [], viewport: null } }))
    }
  }, 1)
  await sleep(spec.warmupMillis)
  const before = { at: performance.now(), server: cpuMillis(spec.pid), own: process.cpuUsage() }
  isMeasuring = true
  await sleep(spec.measureMillis)
  isMeasuring = false
  const millis = performance.now() - before.at
  const serverMillis = cpuMillis(spec.pid) - before.server
  const own = process.cpuUsage(before.own)
  clearInterval(timer)
  isOver = true
  for (const { webSocket } of editors) webSocket.terminate()
  return {
    _tag: "Presence",
    ageMillis: ages.latencies(),
    bytesPerEditorSecond: bytes / spec.editors / millis * 1000,
    framesPerEditorSecond: frames / spec.editors / millis * 1000,
    serverCpu: serverMillis / millis,
    generatorCpu: (own.user + own.system) / 1000 / millis,
    disconnected
  }
}
