/**
 * A reconnect storm: all editors lose their connections in the same moment and come back as the SDK does, after a random
 * wait that grows with each try that fails, each with what it has seen. The clock runs until the last one has its `sync`.
 */
import { performance } from "node:perf_hooks"
import { setTimeout as sleep } from "node:timers/promises"
import { type BenchEditor, createFile, openEditor, openEditors } from "./BenchEditor.ts"
import { Histogram } from "./Histogram.ts"
import type { Storm, StormResult } from "./LoadSpec.ts"

/** As `Connection` of the SDK waits: up to so long before the first try, doubled with each. */
const retryMillis = { base: 250, max: 10_000 }
const triesMax = 20

export const runStormLoad = async (spec: Storm): Promise<StormResult> => {
  const files = await Promise.all(Array.from({ length: spec.editors / spec.editorsPerFile }, () => createFile(spec.url)))
  const optionsOf = (index: number) => ({ url: spec.url, fileId: files[index % files.length] ?? "", index })
  const editors = await openEditors(spec.editors, optionsOf)
  const synced = new Histogram()
  let tries = 0
  const startedAt = performance.now()
  for (const { webSocket } of editors) webSocket.terminate()
  const back = await Promise.all(editors.map(async ({ index }): Promise<BenchEditor> => {
    for (let attempt = 0; ; attempt++) {
      await sleep(Math.random() * Math.min(retryMillis.max, retryMillis.base * 2 ** attempt))
      tries++
      try {
        const editor = await openEditor({ ...optionsOf(index), sinceSeq: 0 })
        synced.record(performance.now() - startedAt)
        return editor
      } catch (cause) {
        if (attempt >= triesMax) throw cause
      }
    }
  }))
  for (const { webSocket } of back) webSocket.terminate()
  return { _tag: "Storm", editors: back.length, tries, syncedMillis: synced.latencies() }
}
