/** Documents as blobs: the text of a checkpoint, compressed. What checkpoints and versions have in common. */
import { promisify } from "node:util"
import { gunzip, gzip } from "node:zlib"
import { Checkpoint, type Document } from "@easel/document"
import * as Effect from "effect/Effect"
import { BlobCorrupt, type ObjectStore } from "./ObjectStore.ts"
import { stepwise } from "./stepwise.ts"

/** Where a document lies, and how large it is there. */
export interface DocumentBlob {
  readonly sha256: string
  readonly bytes: number
}

const compress = promisify(gzip)
const decompress = promisify(gunzip)

/** Encodes in slices, so that other actors of the thread go on. */
export const put = Effect.fnUntraced(function*(objects: ObjectStore["Service"], document: Document.Document) {
  const pieces: Array<string> = []
  for (const piece of Checkpoint.encode(document)) {
    pieces.push(piece)
    yield* Effect.yieldNow
  }
  const bytes = yield* Effect.promise(() => compress(pieces.join(""), { level: 1 }))
  const blob: DocumentBlob = { sha256: yield* objects.put(bytes), bytes: bytes.length }
  return blob
})

/** Fails with `BlobCorrupt` when there is no such document. */
export const get = Effect.fnUntraced(function*(objects: ObjectStore["Service"], sha256: string) {
  const bytes = yield* objects.get(sha256)
  const text = yield* Effect.tryPromise({ try: () => decompress(bytes), catch: () => new BlobCorrupt({ sha256, reason: "not compressed" }) })
  return yield* stepwise(Checkpoint.decodeSteps(text.toString("utf8"))).pipe(
    Effect.catchDefect((defect) =>
      defect instanceof Checkpoint.CheckpointInvalid ? Effect.fail(new BlobCorrupt({ sha256, reason: defect.message })) : Effect.die(defect))
  )
})
