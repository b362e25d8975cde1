/** A whole file as programs read it: JSON with its digest, of the present or of a state before it. */
import { createHash } from "node:crypto"
import { type DesignObject, digestSteps, type Document } from "@easel/document"
import { type Checkpoints, stepwise } from "@easel/store"
import * as Effect from "effect/Effect"
import type { CommittedFile } from "./CommittedFile.ts"
import type { FileState } from "./FileState.ts"
import { encodeSnapshot } from "./snapshot.ts"
import { type WholeText, wholeSteps } from "./wholeText.ts"

const plain = { format: "json", encoding: "identity" } as const

/** Made in slices, because other actors share the thread. */
export const wholeRead = Effect.fnUntraced(function*(file: CommittedFile, { document, seq }: Pick<FileState, "document" | "seq">) {
  const { fileId, name } = file
  const whole = yield* stepwise(wholeSteps(fileId, name, groupsOf(document)))
  if (whole !== undefined) return readOf(file, seq, whole)
  const body = yield* encodeSnapshot(fileId, name, document, plain)
  return readOf(file, seq, { body, digest: yield* stepwise(digestSteps(document, createHash("sha256"))) })
})

/** Of a state that is stored, and `undefined` when it is not, or cannot be read like that. */
export const storedRead = Effect.fnUntraced(function*(checkpoints: Checkpoints["Service"], file: CommittedFile, seq: number) {
  const whole = yield* checkpoints.read(file.fileId, seq, (objects) => wholeSteps(file.fileId, file.name, objects))
  return whole === undefined ? undefined : readOf(file, seq, whole)
})

const readOf = ({ epoch }: CommittedFile, seq: number, { body, digest }: WholeText) => ({ epoch, seq, ...plain, body, digest })

const objectsPerGroup = 64

function* groupsOf(document: Document.Document): Generator<ReadonlyArray<DesignObject>, void> {
  let group: Array<DesignObject> = []
  for (const object of document.held()) {
    if (group.push(object) < objectsPerGroup) continue
    yield group
    group = []
  }
  yield group
}
