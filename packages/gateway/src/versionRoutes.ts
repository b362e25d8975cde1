/**
 * Versions of a file over HTTP: keeping its states, listing, reading and comparing them, and bringing one back. What
 * writes takes an `Idempotency-Key`, a UUID: who sends it again gets the same answer and changes nothing more.
 */
import { type At, problem, type Version } from "@easel/protocol"
import * as Effect from "effect/Effect"
import * as HttpRouter from "effect/http/HttpRouter"
import * as HttpServerRequest from "effect/http/HttpServerRequest"
import * as HttpServerResponse from "effect/http/HttpServerResponse"
import * as Schema from "effect/Schema"
import { callerOf } from "./auth/requestCaller.ts"
import type { FileClients } from "./FileClients.ts"
import { fail, fileProblem, type HttpProblem } from "./httpProblems.ts"
import { askedPage } from "./listPage.ts"
import { bodyBy, Name, nameShape } from "./requestBody.ts"
import { existingFile, isUuid } from "./requestPath.ts"
import { whileMoving } from "./whileMoving.ts"
import { wholeFile } from "./wholeFile.ts"

const Seq = Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER }))
const Uuid = Schema.String.check(Schema.isUUID())
const ObjectIds = Schema.Array(Schema.String)

const NewVersion = Schema.Struct({ name: Name, atLeastSeq: Schema.optional(Seq) })
const Changed = Schema.Union([Schema.Struct({ name: Name }), Schema.Struct({ pinned: Schema.Boolean })])
const Wanted = Schema.Struct({
  versionId: Schema.optional(Uuid),
  seq: Schema.optional(Seq),
  scope: Schema.optional(Schema.Union([Schema.Struct({ subtrees: ObjectIds }), Schema.Struct({ objects: ObjectIds })]))
})
const wantedShape = `{"versionId": UUID} or {"seq": number}, "scope"?: {"subtrees": ids} or {"objects": ids}`

/** The caller and the file in the path. */
const asked = (clients: FileClients["Service"]) =>
  Effect.gen(function*() {
    const { principal: by } = yield* callerOf
    const { id } = yield* existingFile
    return { by, file: clients.of(id), fileId: id }
  })

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

const query = Effect.map(HttpServerRequest.HttpServerRequest, ({ url }) => new URL(url, "http://easel").searchParams)

export const saveVersion = (clients: FileClients["Service"]) =>
  Effect.gen(function*() {
    const { by, file, fileId } = yield* asked(clients)
    const wanted = yield* bodyBy(NewVersion, `{"name": ${nameShape}, "atLeastSeq"?: number}`)
    const version = yield* whileMoving(file.SaveVersion({ ...wanted, by, requestId: yield* requestId })).pipe(Effect.catch(fileProblem))
    return yield* HttpServerResponse.json(versionBody(version), { status: 201, headers: { location: `/api/files/${fileId}/versions/${version.id}` } })
  })

export const listVersions = (clients: FileClients["Service"]) =>
  Effect.gen(function*() {
    const { by, file } = yield* asked(clients)
    const { after: before, answer, take: limit } = yield* askedPage
    const found = yield* whileMoving(file.ListVersions({ by, limit, before })).pipe(Effect.catch(fileProblem))
    const { headers, shown } = answer(found)
    return yield* HttpServerResponse.json(shown.map(versionBody), { headers })
  })

export const getVersion = (clients: FileClients["Service"]) =>
  Effect.gen(function*() {
    const { by, file } = yield* asked(clients)
    const version = yield* whileMoving(file.GetVersion({ by, versionId: yield* named("versionId") })).pipe(Effect.catch(fileProblem))
    return yield* HttpServerResponse.json(versionBody(version))
  })

export const changeVersion = (clients: FileClients["Service"]) =>
  Effect.gen(function*() {
    const { by, file } = yield* asked(clients)
    const version = { by, versionId: yield* named("versionId") }
    const changes = yield* bodyBy(Changed, `{"name": ${nameShape}} or {"pinned": true or false}`)
    const call = "name" in changes ? file.RenameVersion({ ...version, ...changes }) : file.PinVersion({ ...version, ...changes })
    return yield* HttpServerResponse.json(versionBody(yield* Effect.catch(whileMoving(call), fileProblem)))
  })

const readAt = (clients: FileClients["Service"], at: Effect.Effect<At, HttpProblem, HttpRouter.RouteContext>) =>
  Effect.gen(function*() {
    const { by, file } = yield* asked(clients)
    return wholeFile(yield* whileMoving(file.ReadAt({ by, at: yield* at })).pipe(Effect.catch(fileProblem)))
  })

export const readVersion = (clients: FileClients["Service"]) => readAt(clients, Effect.map(named("versionId"), (versionId) => ({ _tag: "Version", versionId })))

export const readSeq = (clients: FileClients["Service"]) =>
  readAt(clients, Effect.flatMap(HttpRouter.params, ({ seq = "" }) => stateOf(seq)))

export const compareStates = (clients: FileClients["Service"]) =>
  Effect.gen(function*() {
    const { by, file } = yield* asked(clients)
    const states = yield* query
    const [from, to] = [yield* stateOf(states.get("from") ?? ""), yield* stateOf(states.get("to") ?? "")]
    const description = yield* whileMoving(file.DiffVersions({ by, from, to })).pipe(Effect.catch(fileProblem))
    return yield* HttpServerResponse.json(description)
  })

export const blame = (clients: FileClients["Service"]) =>
  Effect.gen(function*() {
    const { by, file } = yield* asked(clients)
    const register = yield* query
    const [objectId, propertyPath] = [register.get("objectId"), register.get("propertyPath")]
    if (objectId === null || propertyPath === null) return yield* fail(problem(400, "objectId and propertyPath say whose and which"))
    const blamed = yield* whileMoving(file.Blame({ by, objectId, propertyPath })).pipe(Effect.catch(fileProblem))
    return yield* HttpServerResponse.json(blamed)
  })

export const restoreVersion = (clients: FileClients["Service"]) =>
  Effect.gen(function*() {
    const { by, file } = yield* asked(clients)
    const { scope, seq, versionId } = yield* bodyBy(Wanted, wantedShape)
    if ((seq === undefined) === (versionId === undefined)) return yield* fail(problem(400, `the body is JSON ${wantedShape}`))
    const at: At = versionId === undefined ? { _tag: "Seq", seq: seq ?? 0 } : { _tag: "Version", versionId: versionId.toLowerCase() }
    const restored = yield* whileMoving(file.RestoreVersion({ by, at, requestId: yield* requestId, ...(scope === undefined ? {} : { scope: scopeOf(scope) }) })).pipe(
      Effect.catch(fileProblem)
    )
    return yield* HttpServerResponse.json(restored)
  })

export const undoRestore = (clients: FileClients["Service"]) =>
  Effect.gen(function*() {
    const { by, file } = yield* asked(clients)
    const undo = { by, restoreId: yield* named("restoreId"), requestId: yield* requestId }
    return yield* HttpServerResponse.json(yield* whileMoving(file.UndoRestore(undo)).pipe(Effect.catch(fileProblem)))
  })

const scopeOf = (scope: { readonly subtrees: ReadonlyArray<string> } | { readonly objects: ReadonlyArray<string> }) =>
  "subtrees" in scope ? { _tag: "Subtrees", objectIds: scope.subtrees } as const : { _tag: "Objects", objectIds: scope.objects } as const

const versionBody = ({ createdAt, ...version }: Version) => ({ ...version, createdAt: new Date(createdAt).toISOString() })
