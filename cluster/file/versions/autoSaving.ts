/** Saves auto versions of the files in memory: one loop for all files of a runner, a few saves at a time. */
import { supervisedLoop } from "@easel/store"
import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type { CommittedFile } from "../CommittedFile.ts"
import { type ResidentFile, ResidentFiles } from "../ResidentFiles.ts"
import { AutoSaves } from "./AutoSaves.ts"

const look = "1 second"

/** Saves under way at once; more would only take the thread from those who edit. */
const savesMax = 4

/** `interval` from the first change that is in no version; zero: never. */
export const layer = (interval: Duration.Duration) =>
  Layer.effectDiscard(Effect.gen(function*() {
    const intervalMillis = Duration.toMillis(interval)
    if (intervalMillis === 0) return
    const { awake, keepAwake } = yield* ResidentFiles
    const saves = new AutoSaves(intervalMillis)

    const save = (actor: ResidentFile, file: CommittedFile) =>
      actor.saveVersion(file).pipe(
        Effect.andThen(Effect.sync(() => saves.saved(file.fileId))),
        Effect.catchTag("StoreUnavailable", ({ reason }) =>
          Effect.flatMap(Clock.currentTimeMillis, (nowMillis) => {
            saves.failed(file.fileId, nowMillis)
            return Effect.logWarning("An auto version was not saved; it is tried again", { fileId: file.fileId, reason })
          })),
        // A defect costs this save, not those of the other files.
        Effect.catchDefect((defect) => Effect.logError("An auto version failed", defect))
      )

    const round = Effect.gen(function*() {
      const files = new Map<string, readonly [ResidentFile, CommittedFile]>()
      for (const actor of awake) {
        const file = actor.inMemory()
        if (file !== undefined) files.set(file.fileId, [actor, file])
      }
      const looks = Array.from(files.values(), ([, { fileId, state, versionSeq }]) => ({ fileId, seq: state.seq, versionSeq }))
      const due = saves.due(looks, yield* Clock.currentTimeMillis).flatMap((fileId) => {
        const found = files.get(fileId)
        return found === undefined ? [] : [found]
      })
      yield* Effect.forEach(due, ([actor, file]) => save(actor, file), { concurrency: savesMax, discard: true })
    })
    keepAwake(({ state, versionSeq }) => state.seq > versionSeq)
    yield* supervisedLoop("autoSaving", Effect.delay(round, look))
  }))
