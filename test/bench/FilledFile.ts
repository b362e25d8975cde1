/**
 * A file full of objects, loaded as any editor would: creates over the protocol, acked before it counts as filled.
 *
 * Frames stay under the protocol's 64 KiB and eight of them are on their way at once. An operation that is not applied
 * fails the fill, because every later number would be about another document.
 */
import { randomUUID } from "node:crypto"
import { type AckPayload, type BenchEditor, createFile, openEditor, payloadOf } from "./BenchEditor.ts"
import { createText, operationFrame } from "./Workload.ts"

export interface FilledFile {
  readonly fileId: string
  readonly objectIds: ReadonlyArray<string>
  /** Still subscribed, so that the file stays open until it is closed. */
  readonly editor: BenchEditor
}

const frameObjects = 100
const framesInFlight = 8
const fillMillisMax = 60_000

export const fillFile = async (url: string, objects: number): Promise<FilledFile> => {
  const fileId = await createFile(url)
  const objectIds = Array.from({ length: objects }, () => randomUUID())
  let sent = 0
  let acked = 0
  let onAck = (_ack: AckPayload): void => {}
  let onFault = (_reason: string): void => {}
  const editor = await openEditor({
    url,
    fileId,
    index: 0,
    onFrame: (_editor, type, data) => {
      if (type === "ack") onAck(payloadOf(data))
      if (type === "error") onFault(data.toString())
    },
    onClose: (_editor, reason) => onFault(reason)
  })
  const sendFrame = (): void => {
    const ids = objectIds.slice(sent, sent + frameObjects)
    if (ids.length === 0) return
    editor.webSocket.send(operationFrame(ids.map((id, offset) => createText(randomUUID(), id, sent + offset))))
    sent += ids.length
  }
  await new Promise<void>((resolve, reject) => {
    const fail = (reason: string): void => {
      clearTimeout(deadline)
      reject(new Error(`filling stopped at ${acked} of ${objects} objects: ${reason}`))
    }
    const deadline = setTimeout(() => fail(`not done within ${fillMillisMax} ms`), fillMillisMax)
    onFault = fail
    onAck = (ack) => {
      const refused = ack.results.find((result) => result.status !== "applied")
      if (refused !== undefined) return fail(JSON.stringify(refused))
      acked += ack.results.length
      if (acked >= objects) {
        clearTimeout(deadline)
        return resolve()
      }
      // The servers may ack several frames at once, so the window is counted in operations.
      while (sent < objects && sent - acked <= (framesInFlight - 1) * frameObjects) sendFrame()
    }
    for (let frame = 0; frame < framesInFlight; frame++) sendFrame()
  })
  return { fileId, objectIds, editor }
}
