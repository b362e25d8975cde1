/**
 * A document of more objects than people draw: how long it takes to open, in memory and out of it, to edit, to save and
 * to read, and the memory that it needs. One editor edits, an operation at a time; the next follows its answer.
 */
import { randomUUID } from "node:crypto"
import { performance } from "node:perf_hooks"
import { setTimeout as sleep } from "node:timers/promises"
import { waitUntil } from "../harness/waitUntil.ts"
import { openEditor } from "./BenchEditor.ts"
import { fillFile } from "./FilledFile.ts"
import { Histogram, type Latencies } from "./Histogram.ts"
import { Inspector } from "./Inspector.ts"
import type { LargeDocument, LargeDocumentResult } from "./LoadSpec.ts"
import { answerOf, applied, moveText } from "./versionRequests.ts"

/** Lets the checkpoints that follow a fill, and garbage, settle. */
const settleMillis = 5_000

const leaveMillisMax = 60_000

export const runLargeDocument = async (spec: LargeDocument): Promise<LargeDocumentResult> => {
  if (spec.inspectorUrl === undefined) throw new Error("the server was started without its inspector")
  const inspector = await Inspector.open(spec.inspectorUrl)
  const before = await inspector.usageAfterCollection()
  const startedAt = performance.now()
  const { editor, fileId, objectIds } = await fillFile(spec.url, spec.objects)
  const fillMillis = performance.now() - startedAt
  await sleep(settleMillis)
  const after = await inspector.usageAfterCollection()
  inspector.close()

  let edits = 0
  /** Until the work is done, and so often at least. */
  const editsDuring = async (work: Promise<unknown>, atLeast: number): Promise<Latencies> => {
    const histogram = new Histogram()
    let isDone = false
    const done = work.finally(() => void (isDone = true))
    for (let count = 0; count < atLeast || !isDone; count++) {
      const sentAt = performance.now()
      await applied(editor, [moveText(randomUUID(), objectIds[edits % objectIds.length] ?? "", ++edits)])
      histogram.record(performance.now() - sentAt)
    }
    await done
    return histogram.latencies()
  }
  const editMillis = await editsDuring(Promise.resolve(), spec.edits)
  const path = `${spec.url}/api/files/${fileId}`
  const saves: Array<number> = []
  let versionId = ""
  const savingMillis = await editsDuring((async () => {
    for (let save = 0; save < spec.saves; save++) {
      versionId = (await timed(saves, () => answerOf<{ readonly id: string }>(`${path}/versions`, { name: "Saved" }))).id
    }
  })(), 1)
  const reads: Array<number> = []
  for (let read = 0; read < spec.saves; read++) {
    await timed(reads, async () => (await fetch(`${path}/versions/${versionId}/document`)).arrayBuffer())
  }
  const open = async (): Promise<number> => {
    const { joinMillis, objects, webSocket } = await openEditor({ url: spec.url, fileId, index: 1 })
    webSocket.close()
    if (objects !== spec.objects) throw new Error(`joined ${objects} of ${spec.objects} objects`)
    return joinMillis
  }
  const warmMillis = await open()
  editor.webSocket.close()
  await waitUntil(async () => {
    const metrics = await (await fetch(`${spec.url}/metrics`)).text()
    return /^easel_files_open\S* 0$/m.test(metrics)
  }, { deadlineMillis: leaveMillisMax, what: "the file has left memory" })
  const coldMillis = await open()
  return {
    _tag: "LargeDocument",
    liveBytes: after.liveBytes - before.liveBytes,
    rssBytes: after.rssBytes - before.rssBytes,
    fillMillis,
    editMillis,
    savingMillis,
    saveMillis: saves,
    readMillis: reads,
    warmMillis,
    coldMillis
  }
}

const timed = async <A>(times: Array<number>, work: () => Promise<A>): Promise<A> => {
  const startedAt = performance.now()
  const result = await work()
  times.push(performance.now() - startedAt)
  return result
}
