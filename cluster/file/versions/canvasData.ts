/** A file for `files.canvas_data`: what its readers see, with the seq of it, as JSON for those who look at it by SQL. */
import * as Effect from "effect/Effect"
import type { CommittedFile } from "../CommittedFile.ts"
import type { FileState } from "../FileState.ts"
import { encodeSnapshot } from "../snapshot.ts"

/** UTF-8 of what is shown. PostgreSQL parses and compresses it while the row is locked. */
const bytesMax = 1024 * 1024

/** JSON of the smallest object: what has more of them is not tried. */
const objectBytesMin = 60

export const canvasData = Effect.fnUntraced(function*({ fileId, name }: CommittedFile, { document, seq }: FileState) {
  if (document.size * objectBytesMin > bytesMax) return undefined
  const body = yield* encodeSnapshot(fileId, name, document, { format: "json", encoding: "identity" })
  return body.length > bytesMax ? undefined : `{"seq":${seq},${body.subarray(1).toString("utf8")}`
})
