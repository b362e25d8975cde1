/**
 * The versions of one file: what its actor keeps of the states that it went through. A state costs nothing to hold,
 * because documents are persistent, so saving one takes the committed state at once and encodes it afterwards.
 */
import { type At, type Principal, RequestConflict, SeqNotCovered, VersionMissing } from "@easel/protocol"
import { Checkpoints, type NewVersion, Versions, type VersionsCursor } from "@easel/store"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Metric from "effect/Metric"
import * as Schedule from "effect/Schedule"
import type { CommittedFile } from "../CommittedFile.ts"
import * as metrics from "../fileMetrics.ts"
import { storedRead, wholeRead } from "../wholeRead.ts"
import { available } from "../available.ts"
import { canvasData } from "./canvasData.ts"
import { thinned } from "./thinned.ts"
import type { VersionedFile } from "./VersionedFile.ts"

/** How long a save waits for the seq that its caller has seen. */
const seqWait = "5 seconds"
const seqLook = Schedule.spaced("20 millis")

/** Who makes versions that nobody asked for. */
const nobody = "easel"

/** Versions of a file that are looked at in one thinning; a file that is saved twice a minute has some two hundred. */
const thinnedMax = 1_000

interface Request {
  readonly by: Principal
}

export const make = Effect.fnUntraced(function*(versioned: VersionedFile) {
  const { existing, fileFor, fileId, seqOf, stateAt } = versioned
  const versions = yield* Versions
  const checkpoints = yield* Checkpoints
  const scope = yield* Effect.scope

  const keep = Effect.fnUntraced(
    function*(file: CommittedFile, version: Omit<NewVersion, "fileId" | "seq">) {
      const { state } = file
      const blob = yield* versioned.keep(state.document)
      const kept = yield* versions.insert({ ...version, fileId, seq: state.seq }, blob)
      if (kept === undefined) return yield* new RequestConflict({ requestId: version.id })
      file.versionSeq = Math.max(file.versionSeq, state.seq)
      return kept
    },
    (saving, _file, { kind }) => Effect.onExit(saving, ({ _tag }) => countSave(kind, _tag === "Success" ? "saved" : "failed"))
  )

  let wantedShows = 0

  /**
   * For those who look at files by SQL. One at a time, and the newest only: commits of the file wait for the same row.
   * What cannot be shown now is shown with the next version.
   */
  const show = Effect.fnUntraced(
    function*(file: CommittedFile) {
      if (wantedShows++ > 0) return
      for (let wanted = 0; wanted !== wantedShows;) {
        wanted = wantedShows
        yield* versions.show(fileId, yield* canvasData(file, file.state))
      }
      wantedShows = 0
    },
    Effect.catch(({ reason }) => {
      wantedShows = 0
      return Effect.logDebug("A version is not shown in files.canvas_data", { fileId, reason })
    })
  )

  const change = Effect.fnUntraced(function*(by: Principal, versionId: string, changes: { readonly name: string } | { readonly pinned: boolean }) {
    yield* fileFor(by, "edit")
    return (yield* versions.change(fileId, versionId, changes)) ?? (yield* new VersionMissing({ versionId }))
  })

  return {
    save: ({ atLeastSeq = 0, by, name, requestId }: Request & { readonly requestId: string; readonly name: string; readonly atLeastSeq?: number | undefined }) =>
      Effect.gen(function*() {
        const file = yield* fileFor(by, "edit")
        const earlier = yield* versions.find(fileId, requestId)
        if (earlier !== undefined) return earlier
        yield* awaitSeq(file, atLeastSeq)
        const version = yield* keep(file, { id: requestId, kind: "named", name, createdBy: by.userId })
        yield* Effect.forkIn(show(file), scope)
        return version
      }).pipe(available(fileId)),

    /** Keeps what is committed, in nobody's name, and lets go of older ones that nobody named. */
    autoSave: (file: CommittedFile) =>
      Effect.gen(function*() {
        yield* Effect.catchTag(keep(file, { id: crypto.randomUUID(), kind: "auto", name: null, createdBy: nobody }), "RequestConflict", Effect.die)
        yield* show(file)
        const unnamed = yield* versions.unnamed(fileId, thinnedMax)
        const old = thinned(unnamed, yield* Clock.currentTimeMillis)
        if (old.length > 0) yield* versions.remove(fileId, old)
      }),

    list: ({ before, by, limit }: Request & { readonly limit: number; readonly before?: VersionsCursor | undefined }) =>
      Effect.andThen(fileFor(by, "read"), versions.list(fileId, limit, before)).pipe(available(fileId)),

    get: ({ by, versionId }: Request & { readonly versionId: string }) =>
      Effect.andThen(fileFor(by, "read"), existing(versionId)).pipe(available(fileId)),

    rename: ({ by, name, versionId }: Request & { readonly versionId: string; readonly name: string }) =>
      change(by, versionId, { name }).pipe(available(fileId)),

    pin: ({ by, pinned, versionId }: Request & { readonly versionId: string; readonly pinned: boolean }) =>
      change(by, versionId, { pinned }).pipe(available(fileId)),

    readAt: ({ at, by }: Request & { readonly at: At }) =>
      Effect.gen(function*() {
        const file = yield* fileFor(by, "read")
        const seq = yield* seqOf(at)
        const stored = seq === file.state.seq ? undefined : yield* storedRead(checkpoints, file, seq)
        return stored ?? (yield* wholeRead(file, yield* stateAt(file, seq)))
      }).pipe(available(fileId))
  }
})

const awaitSeq = (file: CommittedFile, seq: number) =>
  Effect.suspend(() => file.state.seq >= seq ? Effect.void : Effect.fail("not there yet" as const)).pipe(
    Effect.retry(seqLook),
    Effect.timeout(seqWait),
    Effect.mapError(() => new SeqNotCovered({ seq, reason: `the file is at seq ${file.state.seq}` }))
  )

const countSave = (kind: string, status: string) => Metric.update(Metric.withAttributes(metrics.versionsSaved, { kind, status }), 1)
