/**
 * What versions cost. A version of a large file is read when nobody edits and nothing else is done. Then editors edit at a
 * pace: alone, while a version is saved every second, and while the whole file is restored.
 *
 * Everything is of one run on one server, so that the machine's other work weighs on all phases alike. The editors own
 * objects that the restore does not touch; all others must be as they were in the version, for readers and for the
 * observer, who follows the frames.
 */
import { randomUUID } from "node:crypto"
import { performance } from "node:perf_hooks"
import { setTimeout as sleep } from "node:timers/promises"
import { type BenchEditor, openEditors, payloadOf } from "./BenchEditor.ts"
import { EditRecorder } from "./EditRecorder.ts"
import { fillFile } from "./FilledFile.ts"
import { Histogram, type Latencies } from "./Histogram.ts"
import type { Versions, VersionsResult } from "./LoadSpec.ts"
import { pace, type Session } from "./Pacer.ts"
import { answerOf, applied, moveText } from "./versionRequests.ts"
import { objectsPerEditor, observerPrefix, Workload } from "./Workload.ts"

const saveEveryMillis = 1_000
const settleMillis = 1_000
const frameOperations = 500
/** The first ones of a process are run by the interpreter. */
const warmupReads = 3

interface Saved {
  readonly id: string
}

interface Read {
  readonly objects: ReadonlyArray<{ readonly id: string; readonly x: number }>
}

export const runVersionLoad = async (spec: Versions): Promise<VersionsResult> => {
  const filled = await fillFile(spec.url, spec.objects)
  const path = `${spec.url}/api/files/${filled.fileId}`
  const owned = spec.editors * objectsPerEditor
  const restored = new Set(filled.objectIds.slice(owned))
  const { id: versionId } = await answerOf<Saved>(`${path}/versions`, { name: "As it was filled" })
  // It is not the present any more, and its thumbnail is not made before five seconds have passed.
  await moveAway(filled.editor, filled.objectIds.slice(owned, owned + 1))
  const readMillis: Array<number> = []
  let version: Read = { objects: [] }
  for (let read = -warmupReads; read < spec.reads; read++) {
    const startedAt = performance.now()
    const bytes = await (await fetch(`${path}/versions/${versionId}/document`)).arrayBuffer()
    if (read >= 0) readMillis.push(performance.now() - startedAt)
    else version = JSON.parse(Buffer.from(bytes).toString("utf8"))
  }

  const recorder = new EditRecorder(spec.editors, 1)
  const sessions: Array<Session> = []
  const seen = new Map<string, number>()
  let [isOver, disconnected] = [false, 0]
  const editors = await openEditors(spec.editors, (index) => ({
    url: spec.url,
    fileId: filled.fileId,
    index,
    onFrame: (editor, type, data) => {
      const acked = recorder.receive(editor, type, data)
      const session = sessions[editor.index]
      if (session !== undefined) session.unacked -= acked
      if (editor.index === 0 && type === "operation") follow(seen, restored, data)
    },
    onClose: (_editor, reason) => {
      if (isOver) return
      disconnected++
      recorder.fault(reason)
    }
  }))
  for (const editor of editors) {
    const own = filled.objectIds.slice(editor.index * objectsPerEditor, (editor.index + 1) * objectsPerEditor)
    sessions.push({ editor, workload: new Workload(own, editor.index === 0 ? observerPrefix : undefined), unacked: 0 })
  }
  await moveAway(filled.editor, [...restored])
  // Of a change of everything the next version is stored whole, once; those of every second are not.
  await answerOf(`${path}/versions`, { name: "All moved" })
  const stop = pace(spec, sessions, recorder)
  await sleep(spec.warmupMillis)

  /** How edits fare while something is done. */
  const during = async (work: () => Promise<unknown>): Promise<Latencies> => {
    recorder.syncMillis = new Histogram()
    recorder.measure(true)
    await work()
    recorder.measure(false)
    await sleep(settleMillis)
    return recorder.syncMillis.latencies()
  }
  const aloneMillis = await during(() => sleep(spec.measureMillis))
  const savingMillis = await during(async () => {
    const until = performance.now() + spec.measureMillis
    for (let at = performance.now(); at < until; at += saveEveryMillis) {
      await answerOf(`${path}/versions`, { name: "Every second" })
      await sleep(Math.max(0, at + saveEveryMillis - performance.now()))
    }
  })
  let restoreMillis = 0
  const restoringMillis = await during(async () => {
    const startedAt = performance.now()
    await answerOf(`${path}/restore`, { versionId })
    restoreMillis = performance.now() - startedAt
  })
  stop()
  await sleep(settleMillis)
  isOver = true
  for (const { webSocket } of editors) webSocket.close()

  const now = new Map((await answerOf<Read>(path)).objects.map(({ id, x }) => [id, x]))
  const wrong = version.objects.filter(({ id, x }) => restored.has(id) && (now.get(id) !== x || seen.get(id) !== x)).length
  filled.editor.webSocket.close()
  return {
    _tag: "Versions",
    aloneMillis,
    savingMillis,
    restoringMillis,
    restoreMillis,
    readMillis,
    wrong: version.objects.length === spec.objects ? wrong : spec.objects,
    lost: recorder.samplesUnseen + disconnected + sessions.reduce((sum, { unacked }) => sum + unacked, 0),
    errors: recorder.errors
  }
}

/** What the observer sees of objects that are restored. */
const follow = (seen: Map<string, number>, restored: ReadonlySet<string>, data: Buffer): void => {
  const operations: ReadonlyArray<{ readonly objectId: string; readonly propertyPath?: string; readonly newValue: number }> = payloadOf(data).operations
  for (const { newValue, objectId, propertyPath } of operations) if (propertyPath === "x" && restored.has(objectId)) seen.set(objectId, newValue)
}

/** Changes one property of each, which the restore has to bring back. */
const moveAway = async (editor: BenchEditor, objectIds: ReadonlyArray<string>): Promise<void> => {
  for (let first = 0; first < objectIds.length; first += frameOperations) {
    await applied(editor, objectIds.slice(first, first + frameOperations).map((objectId) => moveText(randomUUID(), objectId, -1)))
  }
}
