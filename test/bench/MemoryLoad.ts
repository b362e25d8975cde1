/**
 * How a server's memory grows with idle connections and with idle open files.
 *
 * Nobody can force a collection in another process, so one reading says little; the report fits a line through several.
 * Before each reading the server gets a moment, and the lowest of a few readings counts. Garbage that is left makes the
 * slope too steep, never too flat, as long as the server is a fresh one.
 */
import { setTimeout as sleep } from "node:timers/promises"
import { type BenchEditor, createFile, openEditor } from "./BenchEditor.ts"
import { fillFile } from "./FilledFile.ts"
import type { IdleConnections, IdleFiles, MemoryPoint, MemoryResult } from "./LoadSpec.ts"
import { rssBytes } from "./ProcessUsage.ts"

const settleMillis = 400
const readings = 3
/** Handshakes, or fills, at once. */
const openingMax = 10

interface Growth {
  readonly url: string
  readonly pid: number
  readonly count: number
  readonly steps: number
  readonly openOne: (index: number) => Promise<BenchEditor>
}

export const runIdleConnections = async (spec: IdleConnections): Promise<MemoryResult> => {
  const files = Array.from({ length: Math.ceil(spec.connections / spec.editorsPerFile) }, () => createFile(spec.url))
  const fileIds = await Promise.all(files)
  // The files are open before the first reading, so that only connections are added.
  const openers = await Promise.all(fileIds.map((fileId, index) => openEditor({ url: spec.url, fileId, index })))
  const result = await grow({
    ...spec,
    count: spec.connections,
    // One step fills a few files up rather than all of them a little, as people arrive in real life.
    openOne: (index) =>
      openEditor({ url: spec.url, fileId: fileIds[Math.floor(index / spec.editorsPerFile)] ?? "", index: index + 1 })
  })
  for (const { webSocket } of openers) webSocket.terminate()
  return result
}

export const runIdleFiles = (spec: IdleFiles): Promise<MemoryResult> =>
  grow({
    ...spec,
    count: spec.files,
    openOne: async () => (await fillFile(spec.url, spec.objects)).editor
  })

const grow = async (growth: Growth): Promise<MemoryResult> => {
  const editors: Array<BenchEditor> = []
  // The first step warms the server up (compiled code, a grown young generation), so nothing is read before it.
  const points: Array<MemoryPoint> = []
  for (let step = 1; step <= growth.steps; step++) {
    const target = Math.round(growth.count * step / growth.steps)
    while (editors.length < target) {
      const batch = Array.from({ length: Math.min(openingMax, target - editors.length) }, (_, offset) =>
        growth.openOne(editors.length + offset))
      editors.push(...await Promise.all(batch))
    }
    points.push(await memoryPoint(growth, target))
  }
  const disconnected = editors.filter(({ webSocket }) => webSocket.readyState !== webSocket.OPEN).length
  for (const { webSocket } of editors) webSocket.terminate()
  return { _tag: "Memory", points, disconnected }
}

const memoryPoint = async ({ url, pid }: Growth, count: number): Promise<MemoryPoint> => {
  const rss: Array<number> = []
  const heap: Array<number> = []
  for (let reading = 0; reading < readings; reading++) {
    await sleep(settleMillis)
    rss.push(rssBytes(pid))
    heap.push(await heapBytes(url))
  }
  return { count, rssBytes: Math.min(...rss), heapBytes: Math.min(...heap) }
}

const heapBytes = async (url: string): Promise<number> => {
  const response = await fetch(`${url}/metrics`)
  const line = /^process_heap_bytes(?:\{[^}]*\})? (\S+)/m.exec(await response.text())
  return Number(line?.[1] ?? Number.NaN)
}
