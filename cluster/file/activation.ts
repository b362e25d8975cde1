/**
 * Bringing a file into memory: the newest usable checkpoint, then the tail of the log. A file that cannot be loaded
 * completely is an error, never an empty or a shortened file.
 */
import { Document } from "@easel/document"
import { Checkpoints, type Grant, Log } from "@easel/store"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import * as FileState from "./FileState.ts"

/** The log does not add up to what `files.head_seq` says. */
export class LogIncomplete extends Schema.TaggedError<LogIncomplete>()("LogIncomplete", {
  fileId: Schema.String,
  reason: Schema.String
}) {}

export interface Loaded {
  readonly state: FileState.FileState
  readonly checkpointSeq: number
}

const pageEntries = 5_000

/** The state at the head of a granted file. The grant keeps everybody else from moving the head meanwhile. Or at an earlier seq. */
export const load = Effect.fn("activation.load")(function*(grant: Pick<Grant, "fileId" | "headSeq">) {
  const checkpoints = yield* Checkpoints
  const log = yield* Log
  const checkpoint = (yield* checkpoints.load(grant.fileId, grant.headSeq)) ?? { seq: 0, document: Document.empty }
  let state: FileState.FileState = { ...FileState.empty, seq: checkpoint.seq, document: checkpoint.document }
  while (state.seq < grant.headSeq) {
    const entries = yield* log.read(grant.fileId, state.seq, grant.headSeq, pageEntries).pipe(
      Effect.catchDefect((defect) => Effect.fail(new LogIncomplete({ fileId: grant.fileId, reason: String(defect) })))
    )
    const before = state
    state = yield* Effect.try({
      try: () => FileState.replay(before, entries),
      catch: (cause) => new LogIncomplete({ fileId: grant.fileId, reason: String(cause) })
    })
    if (state.seq === before.seq) {
      return yield* new LogIncomplete({
        fileId: grant.fileId,
        reason: `the log ends at seq ${state.seq}, the file at ${grant.headSeq}`
      })
    }
    yield* Effect.yieldNow
  }
  const loaded: Loaded = { state, checkpointSeq: checkpoint.seq }
  return loaded
})
