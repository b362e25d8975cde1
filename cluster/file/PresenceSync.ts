/**
 * Writes the boards of this runner's files to the presence store, behind: what changed four times a second, everything
 * every five seconds (so that a store that forgot knows again), all files in one round trip. And tells of files for
 * lists that are alive: who joins, who leaves, what is edited.
 */
import type { FileEvent } from "@easel/protocol"
import { type FilePresence, PresenceStore, supervisedLoop } from "@easel/store"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type { CommittedFile } from "./CommittedFile.ts"
import { type ResidentFile, ResidentFiles } from "./ResidentFiles.ts"

const interval = "250 millis"
/** Every so many intervals. */
const wholeTicks = 20
const updatedTicks = 8

/** Of which files it was told that they are at which seq. */
type Told = WeakMap<CommittedFile, number>

export const layer = Layer.effectDiscard(Effect.gen(function*() {
  const store = yield* PresenceStore
  const { awake, keepAwake } = yield* ResidentFiles
  const told: Told = new WeakMap()
  let tick = 0

  const sync = Effect.suspend(() => {
    tick++
    const saves: Array<FilePresence> = []
    const events: Array<FileEvent> = []
    for (const actor of awake) {
      const file = actor.inMemory()
      if (file === undefined) continue
      look(file, actor, tick % wholeTicks === 0, saves, events)
      if (tick % updatedTicks === 0) tellUpdated(file, told, events)
    }
    return Effect.andThen(store.save(saves), store.announce(events))
  })
  keepAwake((file) => !file.board.isAtRest || told.get(file) !== file.state.seq)
  yield* supervisedLoop("PresenceSync", Effect.delay(sync, interval))
}))

const look = (
  file: CommittedFile,
  { ringPresence }: ResidentFile,
  isWhole: boolean,
  saves: Array<FilePresence>,
  events: Array<FileEvent>
): void => {
  const { board, fileId } = file
  const { changed, joined, left } = board.takeUnsaved()
  for (const { clientId, color, userId, userName } of joined) events.push({ type: "join", fileId, clientId, userId, userName, color })
  for (const clientId of left) events.push({ type: "leave", fileId, clientId })
  if (isWhole) {
    if (board.age()) ringPresence(file)
    if (board.size > 0) saves.push({ fileId, replaces: true, entries: board.entries, left: [] })
  } else if (changed.length > 0 || left.length > 0) saves.push({ fileId, replaces: false, entries: changed, left })
}

/** A file that was just loaded was not just edited. */
const tellUpdated = (file: CommittedFile, told: Told, events: Array<FileEvent>): void => {
  const { fileId, name, state: { seq } } = file
  const before = told.get(file)
  if (before === seq) return
  told.set(file, seq)
  if (before !== undefined) events.push({ type: "updated", fileId, seq, name })
}
