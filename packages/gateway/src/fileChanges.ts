/**
 * What changes about a file, and not in it: its name, its place, whether it is in the trash, and its end. A change may
 * name the revision that it is about. A share link lets somebody edit a file and name it, and no more.
 */
import { type Principal, problem } from "@easel/protocol"
import { FileChange } from "@easel/protocol/api"
import { type FileRow, Files, Purges } from "@easel/store"
import * as Effect from "effect/Effect"
import { accountOf, callerOf } from "./auth/requestCaller.ts"
import { requireInFile, requireInTeam } from "./auth/requireRole.ts"
import { fileBody } from "./fileBody.ts"
import { FileClients } from "./FileClients.ts"
import { placeFor } from "./filePlace.ts"
import { fail, fileProblem, noSuchFile, stale } from "./httpProblems.ts"
import { bodyBy } from "./requestBody.ts"
import { existingFile, inTrash, keptFile } from "./requestPath.ts"
import { askedRevision, revised } from "./revisions.ts"

/** How long the actor of a file that went into the trash may take to let go of it: until then editors believe to be in it. */
const recheckWait = "2 seconds"

export const changeFile = Effect.gen(function*() {
  const file = yield* keptFile
  const change = yield* bodyBy(FileChange)
  if (file.trashedAt !== null && !("trashed" in change)) return yield* inTrash
  const revision = yield* askedRevision
  const changed = "name" in change
    ? yield* renamed(file, change.name, revision)
    : "trashed" in change
    ? yield* trashed(file, change.trashed, revision)
    : yield* moved(file, change, revision)
  return yield* revised(fileBody(changed))
})

const renamed = Effect.fnUntraced(function*({ id }: FileRow, name: string, revision: number | undefined) {
  const { principal: by } = yield* callerOf
  yield* Effect.catch((yield* FileClients).of(id).Rename({ name, by, revision }), fileProblem)
  return yield* existingFile
})

/** Between projects of a team by its editors; from team to team by who owns the file, and edits there. */
const moved = Effect.fnUntraced(function*(file: FileRow, to: Exclude<FileChange, { readonly name: string } | { readonly trashed: boolean }>, revision: number | undefined) {
  const own = yield* ownRole
  const place = "projectId" in to && to.projectId === null
    ? { teamId: file.teamId, projectId: null }
    : yield* placeFor(own, to)
  const changesTeam = place.teamId !== file.teamId
  yield* requireInFile(file.id, own, changesTeam ? "share" : "edit")
  if (!changesTeam && file.teamId !== null) yield* requireInTeam(file.teamId, own, "edit")
  const { identity } = yield* callerOf
  // Who owned it by the team that it leaves owns it still.
  const owner = changesTeam && identity !== undefined && !identity.isAdmin ? identity.userId : undefined
  return yield* answered((yield* Files).move(file.id, place, { owner, revision }))
})

/** The database refuses writers from then on; the actor that has the file in memory lets go of it, and sends editors away. */
const trashed = Effect.fnUntraced(function*({ id }: FileRow, isTrashed: boolean, revision: number | undefined) {
  yield* requireInFile(id, yield* ownRole, "edit")
  const file = yield* answered((yield* Files).trash(id, isTrashed, revision))
  if (isTrashed) yield* letGo(id)
  return file
})

const letGo = Effect.fnUntraced(function*(fileId: string) {
  yield* Effect.ignore(Effect.timeout((yield* FileClients).of(fileId).Recheck(), recheckWait))
})

/** For good, and with all that was kept and said of it. */
export const deleteFile = Effect.gen(function*() {
  const own = yield* ownRole
  const { id } = yield* keptFile
  yield* requireInFile(id, own, "share")
  // Once more, so that nobody keeps anything of it while it goes.
  yield* letGo(id)
  yield* (yield* Purges).purge(id, yield* askedRevision).pipe(
    Effect.catchTags({
      FileMissing: () => noSuchFile,
      NotTrashed: () => fail(problem(409, "only what is in the trash is deleted for good: put it there first")),
      RevisionStale: stale
    })
  )
})

/** The caller without the link that he may have come by. */
const ownRole = Effect.map(accountOf, ({ principal: { isAdmin, userId } }): Principal => ({ userId, isAdmin }))

const answered = (change: ReturnType<Files["Service"]["move"]>) =>
  Effect.catchTags(change, { FileMissing: () => noSuchFile, RevisionStale: stale })
