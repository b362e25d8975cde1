/**
 * Comments: the editors of one file begin threads in turn, at a pace, and all of them follow what is said. A thread has
 * the id of its request, so how long it took to each of the others is known where it arrives.
 */
import { randomUUID } from "node:crypto"
import { performance } from "node:perf_hooks"
import { setTimeout as sleep } from "node:timers/promises"
import { createFile, openEditors, payloadOf } from "./BenchEditor.ts"
import { Histogram } from "./Histogram.ts"
import type { Comments, CommentsResult } from "./LoadSpec.ts"

/** What is still on its way when the load ends has so long to arrive. */
const settleMillis = 2_000

export const runCommentLoad = async (spec: Comments): Promise<CommentsResult> => {
  const fileId = await createFile(spec.url)
  const told = new Histogram()
  /** By the id of the thread. */
  const written = new Map<string, { readonly by: number; readonly atMillis: number }>()
  let [isOver, reached, disconnected] = [false, 0, 0]
  const editors = await openEditors(spec.editors, (index) => ({
    url: spec.url,
    fileId,
    index,
    onFrame: ({ index: reader }, type, data) => {
      if (type !== "other") return
      // SAFETY: of the frames that come here only `comment` has a comment and no request.
      const { comment, requestId }: { readonly comment?: { readonly id: string }; readonly requestId?: string } = payloadOf(data)
      const thread = comment === undefined || requestId !== undefined ? undefined : written.get(comment.id)
      if (thread === undefined || thread.by === reader) return
      told.record(performance.now() - thread.atMillis)
      reached++
    },
    onClose: () => {
      if (!isOver) disconnected++
    }
  }))
  for (const { webSocket } of editors) webSocket.send(JSON.stringify({ type: "comments", payload: {} }))
  await sleep(spec.warmupMillis)
  const startedAt = performance.now()
  let sent = 0
  for (let now = startedAt; now - startedAt < spec.measureMillis; now = performance.now()) {
    for (const due = Math.floor((now - startedAt) / 1_000 * spec.perSecond); sent < due; sent++) {
      const [requestId, by] = [randomUUID(), sent % editors.length]
      written.set(requestId, { by, atMillis: performance.now() })
      const write = { type: "thread", anchor: { kind: "page", x: sent, y: 0 }, body: "Said while everybody listens." }
      editors[by]?.webSocket.send(JSON.stringify({ type: "comment", payload: { requestId, write } }))
    }
    await sleep(1)
  }
  await sleep(settleMillis)
  isOver = true
  for (const { webSocket } of editors) webSocket.terminate()
  return { _tag: "Comments", written: sent, toldMillis: told.latencies(), missed: sent * (spec.editors - 1) - reached, disconnected }
}
