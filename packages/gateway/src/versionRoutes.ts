/**
 * Versions of a file over HTTP: keeping its states, listing, reading and comparing them, and bringing one back. What
 * writes takes an `Idempotency-Key`, a UUID: who sends it again gets the same answer and changes nothing more.
 */
import { type At, problem, type Version } from "@easel/protocol"
import { ChangedVersion, NewVersion, type PageQuery, WantedState } from "@easel/protocol/api"
import * as Effect from "effect/Effect"
import * as HttpRouter from "effect/http/HttpRouter"
import * as HttpServerRequest from "effect/http/HttpServerRequest"
import * as HttpApiSchema from "effect/http-api/HttpApiSchema"
import { askedFile } from "./askedFile.ts"
import { fail, fileProblem, type HttpProblem } from "./httpProblems.ts"
import { askedPage } from "./listPage.ts"
import { bodyBy } from "./requestBody.ts"
import { isUuid } from "./requestPath.ts"
import { whileMoving } from "./whileMoving.ts"
import { wholeFile } from "./wholeFile.ts"

/** The id of a request that may come again. */
const requestId = Effect.gen(function*() {
  const { headers: { "idempotency-key": key } } = yield* HttpServerRequest.HttpServerRequest
  if (key === undefined) return crypto.randomUUID()
  return isUuid(key) ? key.toLowerCase() : yield* fail(problem(400, "Idempotency-Key is a UUID"))
})

const named = (parameter: "versionId" | "restoreId") =>
  Effect.gen(function*() {
    const { [parameter]: id = "" } = yield* HttpRouter.params
    return isUuid(id) ? id.toLowerCase() : yield* fail(problem(404, `${parameter} names nothing of this file`))
  })

/** A version id, or a seq. */
const stateOf = (text: string) => {
  if (/^\d{1,15}$/.test(text)) return Effect.succeed<At>({ _tag: "Seq", seq: Number(text) })
  return isUuid(text) ? Effect.succeed<At>({ _tag: "Version", versionId: text.toLowerCase() }) : fail(problem(400, "a state is named by the id of a version or by a seq"))
}

export const saveVersion = Effect.gen(function*() {
  const { by, file, fileId } = yield* askedFile
  const wanted = yield* bodyBy(NewVersion)
  const version = yield* whileMoving(file.SaveVersion({ ...wanted, by, requestId: yield* requestId })).pipe(Effect.catch(fileProblem))
  return HttpApiSchema.withHeaders({ body: versionBody(version), headers: { location: `/api/files/${fileId}/versions/${version.id}` } })
})

export const listVersions = Effect.fnUntraced(function*(query: PageQuery) {
  const { by, file } = yield* askedFile
  const { after: before, answer, take: limit } = yield* askedPage(query)
  const found = yield* whileMoving(file.ListVersions({ by, limit, before })).pipe(Effect.catch(fileProblem))
  const { headers, shown } = answer(found)
  return HttpApiSchema.withHeaders({ body: shown.map(versionBody), headers })
})

export const getVersion = Effect.gen(function*() {
  const { by, file } = yield* askedFile
  const version = yield* whileMoving(file.GetVersion({ by, versionId: yield* named("versionId") })).pipe(Effect.catch(fileProblem))
  return versionBody(version)
})

export const changeVersion = Effect.gen(function*() {
  const { by, file } = yield* askedFile
  const version = { by, versionId: yield* named("versionId") }
  const changes = yield* bodyBy(ChangedVersion)
  const call = "name" in changes ? file.RenameVersion({ ...version, ...changes }) : file.PinVersion({ ...version, ...changes })
  return versionBody(yield* Effect.catch(whileMoving(call), fileProblem))
})

const readState = (at: Effect.Effect<At, HttpProblem, HttpRouter.RouteContext>) =>
  Effect.gen(function*() {
    const { by, file } = yield* askedFile
    return wholeFile(yield* whileMoving(file.ReadAt({ by, at: yield* at })).pipe(Effect.catch(fileProblem)))
  })

export const readVersion = readState(Effect.map(named("versionId"), (versionId) => ({ _tag: "Version", versionId })))

export const readSeq = readState(Effect.flatMap(HttpRouter.params, ({ seq = "" }) => stateOf(seq)))

export const compareStates = Effect.fnUntraced(function*(states: { readonly from?: string | undefined; readonly to?: string | undefined }) {
  const { by, file } = yield* askedFile
  const [from, to] = [yield* stateOf(states.from ?? ""), yield* stateOf(states.to ?? "")]
  return yield* whileMoving(file.DiffVersions({ by, from, to })).pipe(Effect.catch(fileProblem))
})

export const blame = Effect.fnUntraced(function*({ objectId, propertyPath }: { readonly objectId?: string | undefined; readonly propertyPath?: string | undefined }) {
  const { by, file } = yield* askedFile
  if (objectId === undefined || propertyPath === undefined) return yield* fail(problem(400, "objectId and propertyPath say whose and which"))
  return yield* whileMoving(file.Blame({ by, objectId, propertyPath })).pipe(Effect.catch(fileProblem))
})

export const restoreVersion = Effect.gen(function*() {
  const { by, file } = yield* askedFile
  const { scope, ...wanted } = yield* bodyBy(WantedState)
  const at: At = "seq" in wanted ? { _tag: "Seq", seq: wanted.seq } : { _tag: "Version", versionId: wanted.versionId.toLowerCase() }
  const restore = { by, at, requestId: yield* requestId, ...(scope === undefined ? {} : { scope: scopeOf(scope) }) }
  return yield* whileMoving(file.RestoreVersion(restore)).pipe(Effect.catch(fileProblem))
})

export const undoRestore = Effect.gen(function*() {
  const { by, file } = yield* askedFile
  const undo = { by, restoreId: yield* named("restoreId"), requestId: yield* requestId }
  return yield* whileMoving(file.UndoRestore(undo)).pipe(Effect.catch(fileProblem))
})

const scopeOf = (scope: { readonly subtrees: ReadonlyArray<string> } | { readonly objects: ReadonlyArray<string> }) =>
  "subtrees" in scope ? { _tag: "Subtrees", objectIds: scope.subtrees } as const : { _tag: "Objects", objectIds: scope.objects } as const

const versionBody = ({ createdAt, ...version }: Version) => ({ ...version, createdAt: new Date(createdAt).toISOString() })
