/**
 * How long it takes to join a file of many objects, and what that weighs on the wire.
 *
 * The clock runs from the start of the connection to the parsed `sync`, so TCP, the WebSocket handshake, inflating and
 * `JSON.parse` all count. The file is open meanwhile and nobody edits. Joins follow each other one at a time; each must
 * bring all objects.
 */
import { setTimeout as sleep } from "node:timers/promises"
import { openEditor } from "./BenchEditor.ts"
import { fillFile } from "./FilledFile.ts"
import type { Join, Joining, JoinResult } from "./LoadSpec.ts"

/** Lets the server's writes that follow a fill (checkpoints, vacuum) and the garbage of the last join settle. */
const pauseMillis = 150

export const runJoinLoad = async (spec: Join): Promise<JoinResult> => {
  const startedAt = performance.now()
  const file = await fillFile(spec.url, spec.objects)
  const fillMillis = performance.now() - startedAt
  const joins: Array<Joining> = []
  for (let join = 0; join < spec.joins; join++) {
    await sleep(pauseMillis)
    const editor = await openEditor({ url: spec.url, fileId: file.fileId, index: join + 1 })
    editor.webSocket.close()
    if (editor.objects !== spec.objects) throw new Error(`joined ${editor.objects} of ${spec.objects} objects`)
    joins.push({ millis: editor.joinMillis, receivedMillis: editor.receivedMillis, wireBytes: editor.wireBytes })
  }
  file.editor.webSocket.close()
  return { _tag: "Join", fillMillis, joins }
}
