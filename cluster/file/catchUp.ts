/** Publishes what was committed without the actor hearing of it, up to the head of its grant. */
import type { LogEntry } from "@easel/protocol"
import { type Grant, Log } from "@easel/store"
import * as Effect from "effect/Effect"
import { LogIncomplete } from "./activation.ts"
import { committedEvent, toRows } from "./committedEvent.ts"
import type { CommittedFile } from "./CommittedFile.ts"
import * as FileState from "./FileState.ts"

const pageEntries = 5_000

export const catchUp = Effect.fnUntraced(function*(file: CommittedFile, { fileId, headSeq }: Grant) {
  const log = yield* Log
  while (file.state.seq < headSeq) {
    const entries: ReadonlyArray<LogEntry> = yield* log.read(fileId, file.state.seq, headSeq, pageEntries)
    if (entries.length === 0) return yield* new LogIncomplete({ fileId, reason: `no entry after seq ${file.state.seq}` })
    const fromSeq = file.state.seq
    file.advance(FileState.replay(file.state, entries), committedEvent(file.epoch, fromSeq, toRows(entries)))
  }
})
