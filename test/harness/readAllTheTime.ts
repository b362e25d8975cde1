/** Reads files over HTTP, one after the other, whenever somebody is there to answer, and records what it saw. */
import { setTimeout as pause } from "node:timers/promises"
import type { History } from "./History.ts"

const pauseMillis = 20
const answerMillisMax = 5_000

/** Returns how to stop. */
export const readAllTheTime = (
  url: () => string | undefined,
  fileIds: ReadonlyArray<string>,
  history: History
): () => Promise<void> => {
  let stopped = false
  const done = (async () => {
    for (let n = 0; !stopped; n++) {
      const file = fileIds[n % fileIds.length] ?? ""
      const at = url()
      try {
        if (at !== undefined) {
          const response = await fetch(`${at}/api/files/${file}`, { signal: AbortSignal.timeout(answerMillisMax) })
          const { digest, epoch, seq } = JSON.parse(await response.text())
          if (response.status === 200) history.record({ type: "read", file, seq, epoch, digest })
        }
      } catch {
        // Down: the answer to that is to ask again.
      }
      await pause(pauseMillis)
    }
  })()
  return async () => {
    stopped = true
    await done
  }
}
