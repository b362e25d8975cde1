/** Files over HTTP: making, listing and reading them. What changes about one: `fileChanges.ts`. */
import { Limits, problem, type Snapshot } from "@easel/protocol"
import { type FilesQuery, NewCopy, NewFile } from "@easel/protocol/api"
import { Files } from "@easel/store"
import * as Effect from "effect/Effect"
import * as HttpServerRequest from "effect/http/HttpServerRequest"
import * as HttpServerResponse from "effect/http/HttpServerResponse"
import * as HttpApiSchema from "effect/http-api/HttpApiSchema"
import { askedFile } from "./askedFile.ts"
import { accountOf, callerOf } from "./auth/requestCaller.ts"
import { requireInFile } from "./auth/requireRole.ts"
import { fileBody } from "./fileBody.ts"
import { FileClients } from "./FileClients.ts"
import { placeFor } from "./filePlace.ts"
import { fail, fileProblem, HttpProblem, noSuchFile } from "./httpProblems.ts"
import { madeId, once } from "./keyedRequest.ts"
import { askedPage } from "./listPage.ts"
import { readPresence } from "./presenceRoutes.ts"
import { bodyBy } from "./requestBody.ts"
import { existingFile } from "./requestPath.ts"
import { hasAlready, notModified } from "./revisions.ts"
import { whileMoving } from "./whileMoving.ts"
import { wholeFile } from "./wholeFile.ts"

/** Who makes a file owns it. In a team its editors may make some, and its members have their roles in them. */
export const createFile = once(Effect.gen(function*() {
  const { identity, principal } = yield* accountOf
  const { name, ...wanted } = yield* bodyBy(NewFile)
  const place = yield* placeFor(principal, wanted)
  const file = yield* (yield* Files).create(name, { id: yield* madeId, owner: identity?.userId, place })
  return HttpApiSchema.withHeaders({ body: fileBody(file), headers: { location: `/api/files/${file.id}` } })
}))

/** Who may read a file may copy it: beside it, where he may make files, or as his own. */
export const duplicateFile = once(Effect.gen(function*() {
  const { identity, principal } = yield* accountOf
  const original = yield* existingFile
  const { name = copyName(original.name), seq, ...wanted } = yield* bodyBy(NewCopy)
  const isPlaced = wanted.teamId !== undefined || wanted.projectId !== undefined
  const beside = placeFor(principal, { teamId: original.teamId, projectId: original.projectId })
  const place = yield* (isPlaced ? placeFor(principal, wanted) : Effect.catchIf(beside, isForbidden, () => Effect.succeed(nowhere)))
  const id = yield* madeId
  const copy = { id, by: principal, name, owner: identity?.userId, place, seq }
  yield* Effect.catch(whileMoving((yield* FileClients).of(original.id).Duplicate(copy)), fileProblem)
  const file = yield* Effect.catchTag((yield* Files).find(id), "FileMissing", () => noSuchFile)
  return HttpApiSchema.withHeaders({ body: fileBody(file), headers: { location: `/api/files/${id}` } })
}))

const isForbidden = (error: unknown): error is HttpProblem => error instanceof HttpProblem && error.status === 403

const nowhere = { teamId: null, projectId: null }

const copyName = (name: string): string => `Copy of ${name}`.slice(0, Limits.fileNameCharsMax)

/** Newest first. */
export const listFiles = Effect.fnUntraced(function*({ name: search, projectId, teamId, trashed, ...query }: FilesQuery) {
  const { after, answer, take } = yield* askedPage(query)
  const { identity } = yield* accountOf
  const visibleTo = identity?.isAdmin === true ? undefined : identity?.userId
  const from = { after, visibleTo, search, teamId, projectId, trashed: trashed === "true" }
  const { headers, shown } = answer(yield* (yield* Files).list(take, from))
  return HttpApiSchema.withHeaders({ body: shown.map(fileBody), headers })
})

/**
 * What it is now, or was at a seq. Its tag is asked for of the database before the actor is: a name that the actor does
 * not know yet is not answered under the tag that it has then.
 */
export const readFile = Effect.gen(function*() {
  const { principal: by } = yield* callerOf
  const { id, name, revision, seq: headSeq } = yield* existingFile
  const seq = yield* askedSeq
  const tagAt = (seq: number): string => `"${revision}.${seq}"`
  if (yield* hasAlready(tagAt(seq ?? headSeq))) {
    yield* requireInFile(id, by, "read")
    return notModified(tagAt(seq ?? headSeq))
  }
  const file = (yield* FileClients).of(id)
  const call = seq === undefined ? file.Read({ by }) : file.ReadAt({ by, at: { _tag: "Seq", seq } })
  const read = yield* whileMoving<Snapshot & { readonly digest: string }, Effect.Error<typeof call>, never>(call).pipe(Effect.catch(fileProblem))
  const whole = wholeFile(read)
  const isNamed = Buffer.from(read.body.subarray(0, headBytesMax)).toString("utf8").startsWith(`{"id":"${id}","name":${JSON.stringify(name)},`)
  return isNamed ? HttpServerResponse.setHeader(whole, "etag", tagAt(read.seq)) : whole
})

const askedSeq = Effect.gen(function*() {
  const { url } = yield* HttpServerRequest.HttpServerRequest
  const text = new URL(url, "http://easel").searchParams.get("seq")
  if (text === null) return undefined
  return /^\d{1,15}$/.test(text) ? Number(text) : yield* fail(problem(400, "seq is a whole number from 0"))
})

/** More than id and name take, escaped. */
const headBytesMax = 4 * 1024

export const filePresence = Effect.gen(function*() {
  const { by, file, fileId } = yield* askedFile
  yield* requireInFile(fileId, by, "read")
  return yield* Effect.catchTag(readPresence(fileId, file), "StoreUnavailable", () =>
    fail(problem(503, "presence cannot be read now: try again"))).pipe(
      Effect.catch((error) => error instanceof HttpProblem ? Effect.fail(error) : fileProblem(error)))
})
