/**
 * Saves a file's checkpoints: every so many operations, not more often than every so many seconds, one at a time, and
 * when the file is put to rest. A checkpoint that cannot be saved costs nothing but a longer load.
 */
import { Checkpoints } from "@easel/store"
import * as Effect from "effect/Effect"
import type { CommittedFile } from "./CommittedFile.ts"

/** Operations between checkpoints; a big document waits until half as many operations as it has objects. */
const operationsMin = 2_000

/** Milliseconds between checkpoints of a busy file. Longer makes loading it after a crash longer. */
const millisMin = 5_000

export const make = Effect.map(Checkpoints, (checkpoints) => {
  let savedSeq = 0
  let startedMillis = 0
  let saving = false

  const save = (file: CommittedFile): Effect.Effect<void> =>
    Effect.suspend(() => {
      const { epoch, fileId, state: { document, seq } } = file
      if (seq === savedSeq) return Effect.void
      return checkpoints.save(fileId, epoch, seq, document).pipe(
        Effect.andThen(Effect.sync(() => {
          savedSeq = seq
        })),
        Effect.catchTag("StoreUnavailable", (error) =>
          Effect.logWarning("Saving a checkpoint failed; the log has everything", { fileId, seq, reason: error.reason }))
      )
    })

  return {
    /** For a file that leaves: whoever serves it next does not have to wait, and reads the log if he is faster. */
    saveAside: (file: CommittedFile): Effect.Effect<void> => checkpoints.aside(save(file)),
    /** The file was loaded with the help of a checkpoint at this seq. */
    loadedFrom: (seq: number): void => {
      savedSeq = seq
    },
    /** The checkpoint to save now, or `undefined`. */
    due: (file: CommittedFile, nowMillis: number): Effect.Effect<void> | undefined => {
      const dueSeq = savedSeq + Math.max(operationsMin, file.state.document.size / 2)
      if (saving || file.state.seq < dueSeq || nowMillis < startedMillis + millisMin) return undefined
      saving = true
      startedMillis = nowMillis
      return Effect.ensuring(
        save(file),
        Effect.sync(() => {
          saving = false
        })
      )
    }
  }
})
