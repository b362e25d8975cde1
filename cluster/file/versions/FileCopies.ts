/**
 * Copies of a file at a seq. A copy begins with what the file was there, kept as its first version, and its log goes on
 * from that seq: registers keep their stamps, and so their seqs. Who repeats a request gets the same copy.
 */
import type { Principal } from "@easel/protocol"
import { Files, type NewFile, Versions } from "@easel/store"
import * as Effect from "effect/Effect"
import { available } from "../available.ts"
import type { VersionedFile } from "./VersionedFile.ts"

interface CopyRequest extends Required<Pick<NewFile, "id" | "place">> {
  readonly id: string
  readonly by: Principal
  readonly name: string
  readonly owner?: string | undefined
  /** The present one when there is none. */
  readonly seq?: number | undefined
}

export const make = Effect.fnUntraced(function*({ fileFor, fileId, stateAt }: VersionedFile) {
  const files = yield* Files
  const versions = yield* Versions

  return {
    copy: ({ by, id, name, owner, place, seq }: CopyRequest) =>
      Effect.gen(function*() {
        const file = yield* fileFor(by, "read")
        const state = yield* stateAt(file, seq ?? file.state.seq)
        // Whole: what everything later rests on needs no second blob.
        const { blob } = yield* versions.keep(state.document)
        yield* files.copy(name, { id, owner, place }, { fileId: file.fileId, of: file.name, seq: state.seq, blob, by: by.userId })
      }).pipe(available(fileId))
  }
})
