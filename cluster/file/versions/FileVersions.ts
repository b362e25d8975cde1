/**
 * The versions of one file: what its actor keeps of the states that it went through. A state costs nothing to hold,
 * because documents are persistent, so saving one takes the committed state at once and encodes it afterwards.
 */
import { type At, type Principal, RequestConflict, SeqNotCovered, VersionMissing } from "@easel/protocol"
import { type NewVersion, Versions, type VersionsCursor } from "@easel/store"
import * as Effect from "effect/Effect"
import * as Schedule from "effect/Schedule"
import type { CommittedFile } from "../CommittedFile.ts"
import type { FileState } from "../FileState.ts"
import { wholeRead } from "../wholeRead.ts"
import { available } from "./available.ts"
import type { VersionedFile } from "./VersionedFile.ts"

/** How long a save waits for the seq that its caller has seen. */
const seqWait = "5 seconds"
const seqLook = Schedule.spaced("20 millis")

interface Request {
  readonly by: Principal
}

export const make = Effect.fnUntraced(function*({ existing, fileFor, fileId, seqOf, stateAt }: VersionedFile) {
  const versions = yield* Versions

  const keep = Effect.fnUntraced(function*(version: Omit<NewVersion, "fileId" | "seq">, { document, seq }: FileState) {
    const blob = yield* versions.keep(document)
    return (yield* versions.insert({ ...version, fileId, seq }, blob)) ?? (yield* new RequestConflict({ requestId: version.id }))
  })

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
        return yield* keep({ id: requestId, kind: "named", name, createdBy: by.userId }, file.state)
      }).pipe(available(fileId)),

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
        return yield* wholeRead(file, yield* stateAt(file, yield* seqOf(at)))
      }).pipe(available(fileId))
  }
})

const awaitSeq = (file: CommittedFile, seq: number) =>
  Effect.suspend(() => file.state.seq >= seq ? Effect.void : Effect.fail("not there yet" as const)).pipe(
    Effect.retry(seqLook),
    Effect.timeout(seqWait),
    Effect.mapError(() => new SeqNotCovered({ seq, reason: `the file is at seq ${file.state.seq}` }))
  )
