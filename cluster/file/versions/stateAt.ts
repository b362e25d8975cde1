/**
 * The document of a file at a seq: the nearest state that is stored at or below it, and the log on top. It costs what
 * loading the file would cost, and the file's actor goes on meanwhile.
 */
import { Document } from "@easel/document"
import { SeqNotCovered } from "@easel/protocol"
import { Checkpoints, Log, type SavedCheckpoint } from "@easel/store"
import * as Effect from "effect/Effect"
import type { CommittedFile } from "../CommittedFile.ts"
import * as FileState from "../FileState.ts"

/** Entries that are read and replayed in one turn: some milliseconds. */
const pageEntries = 1_000

export const make = Effect.gen(function*() {
  const checkpoints = yield* Checkpoints
  const log = yield* Log

  return Effect.fn("stateAt")(function*({ fileId, state: now }: CommittedFile, seq: number) {
    if (seq === now.seq) return now
    if (seq < 0 || seq > now.seq) return yield* new SeqNotCovered({ seq, reason: `the file is at seq ${now.seq}` })
    const stored: SavedCheckpoint = (yield* checkpoints.load(fileId, seq)) ?? { seq: 0, document: Document.empty }
    let state: FileState.FileState = { ...FileState.empty, ...stored }
    while (state.seq < seq) {
      const entries = yield* log.read(fileId, state.seq, seq, pageEntries)
      if (entries[0]?.seq !== state.seq + 1) return yield* new SeqNotCovered({ seq, reason: "the log does not reach back so far" })
      state = FileState.replay(state, entries)
      yield* Effect.yieldNow
    }
    return state
  })
})
