/** A whole file as programs read it: JSON with its digest, of the present or of a state before it. */
import { createHash } from "node:crypto"
import { digestSteps } from "@easel/document"
import { stepwise } from "@easel/store"
import * as Effect from "effect/Effect"
import type { CommittedFile } from "./CommittedFile.ts"
import type { FileState } from "./FileState.ts"
import { encodeSnapshot } from "./snapshot.ts"

/** Made in slices, because other actors share the thread. */
export const wholeRead = Effect.fnUntraced(function*(file: CommittedFile, { document, seq }: Pick<FileState, "document" | "seq">) {
  const { epoch, fileId, name } = file
  const plain = { format: "json", encoding: "identity" } as const
  const body = yield* encodeSnapshot(fileId, name, document, plain)
  const digest = yield* stepwise(digestSteps(document, createHash("sha256")))
  return { epoch, seq, ...plain, body, digest }
})
