/**
 * Restores of one file: an earlier state is brought back by ordinary operations, which its editors get like any edit.
 *
 * What is asked for is written down first, with the version of what was there before. Then the restore is committed in
 * portions, among the edits of others, and is done when all are committed. A crash in between leaves the row: the next
 * owner of the file goes on (`resume`). What is still to do follows from the file itself (`restoration`), so the end
 * is the same as without the crash.
 */
import { type At, type Principal, RequestConflict, type Restored, RestoreMissing, type RestoreScope, Forbidden, type Submission } from "@easel/protocol"
import { type Restore, Restores, stepwise } from "@easel/store"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Schedule from "effect/Schedule"
import * as Semaphore from "effect/Semaphore"
import type { FileState } from "../FileState.ts"
import { available } from "../available.ts"
import { portionsOf } from "./portions.ts"
import { clientIdOf, latestTimestampIn, restorationSteps } from "./restoration.ts"
import type { VersionedFile } from "./VersionedFile.ts"

/** A portion whose outcome is not known is sent again under its keys; longer than a file takes to come back. */
const portionRetry = Schedule.spaced("100 millis")
const portionTries = 300

/** What a former owner left undone is tried again, for longer than a database is away. */
const resumeRetry = Schedule.exponential("1 second")
const resumeTries = 8

interface Wanted {
  readonly requestId: string
  readonly by: Principal
  readonly scope: Restore["scope"]
}

export const make = Effect.fnUntraced(function*({ actor, fileFor, fileId, keep, seqOf, stateAt }: VersionedFile) {
  const restores = yield* Restores
  const scope = yield* Effect.scope
  const oneAtATime = yield* Semaphore.make(1)

  /** Whoever asked may go away; the restore goes on. */
  const aside = <A, E>(effect: Effect.Effect<A, E>) =>
    Effect.flatMap(Effect.forkIn(oneAtATime.withPermits(1)(effect), scope), Fiber.join)

  const submit = (submission: Submission) =>
    actor.submit([submission]).pipe(
      Effect.retry({ while: ({ _tag }) => transientTags.has(_tag), schedule: portionRetry, times: portionTries })
    )

  const carryOut = Effect.fn("FileRestores.carryOut")(function*(restore: Restore, target?: FileState) {
    const { state: now } = yield* actor.loaded
    const then = target ?? (yield* stateAt(yield* actor.loaded, restore.targetSeq))
    const changes = yield* stepwise(restorationSteps(now.document, then.document, restore))
    let doneSeq = now.seq
    for (const operations of portionsOf(changes, `${restore.id}:${now.seq}`, restore.timestamp)) {
      const answer = yield* submit({ ...restore.requestedBy, clientId: clientIdOf(restore.id), operations })
      doneSeq = answer.seq
      if (answer.results[0]?.some(({ reason }) => reason === "forbidden") === true) {
        // The role was taken away meanwhile, and what it could not do is not to be done later.
        yield* restores.finish(restore.id, doneSeq)
        return yield* new Forbidden({ fileId })
      }
    }
    yield* restores.finish(restore.id, doneSeq)
    return answerOf({ ...restore, doneSeq })
  })

  const goOn = (restore: Restore) =>
    restore.doneSeq === null ? carryOut(restore) : Effect.succeed(answerOf({ ...restore, doneSeq: restore.doneSeq }))

  /** Writes down what is wanted, and does it. */
  const begin = Effect.fnUntraced(function*({ by, requestId, scope }: Wanted, targetSeq: number) {
    const file = yield* fileFor(by, "edit")
    const { state } = file
    const target = yield* stateAt(file, targetSeq)
    const blob = yield* keep(state.document)
    const before = { id: crypto.randomUUID(), fileId, seq: state.seq, kind: "restore", name: null, createdBy: by.userId } as const
    const timestamp = Math.max(yield* Clock.currentTimeMillis, (yield* stepwise(latestTimestampIn(state.document))) + 1)
    const wanted = { id: requestId, fileId, targetSeq, scope, requestedBy: by, beforeVersion: before.id, fromSeq: state.seq, timestamp }
    const restore = yield* restores.begin(wanted, before, blob)
    if (restore === undefined) return yield* new RequestConflict({ requestId })
    return yield* carryOut(restore, target)
  })

  return {
    restore: ({ at, scope = null, ...request }: Omit<Wanted, "scope"> & { readonly at: At; readonly scope?: RestoreScope | null | undefined }) =>
      aside(Effect.gen(function*() {
        yield* fileFor(request.by, "edit")
        const earlier = yield* restores.find(fileId, request.requestId)
        return yield* earlier === undefined ? begin({ ...request, scope }, yield* seqOf(at)) : goOn(earlier)
      })).pipe(available(fileId)),

    undo: ({ restoreId, ...request }: Omit<Wanted, "scope"> & { readonly restoreId: string }) =>
      aside(Effect.gen(function*() {
        yield* fileFor(request.by, "edit")
        const earlier = yield* restores.find(fileId, request.requestId)
        if (earlier !== undefined) return yield* goOn(earlier)
        const undone = yield* restores.find(fileId, restoreId)
        if (undone === undefined) return yield* new RestoreMissing({ restoreId })
        yield* goOn(undone)
        return yield* begin({ ...request, scope: { _tag: "Undo", restoreId } }, undone.fromSeq)
      })).pipe(available(fileId)),

    /** Goes on with what a former owner left undone. */
    resume: aside(Effect.gen(function*() {
      for (const restore of yield* restores.pending(fileId)) {
        yield* Effect.logInfo("Going on with a restore that was left undone", { fileId, restoreId: restore.id })
        yield* Effect.catchTag(goOn(restore), "Forbidden", () => Effect.void)
      }
    }).pipe(
      Effect.retry({ schedule: resumeRetry, times: resumeTries }),
      Effect.catch((error) => Effect.logError("A restore is left undone until the file is loaded again", { fileId, error: error._tag }))
    ))
  }
})

const transientTags = new Set(["CommitIndeterminate", "FileBusy", "FileUnavailable"])

const answerOf = ({ beforeVersion, doneSeq, fromSeq, id }: Restore & { readonly doneSeq: number }): Restored => ({
  restoreId: id,
  beforeVersion,
  fromSeq,
  seq: doneSeq
})
