/** Files over HTTP: making, listing, reading and naming them. */
import { problem } from "@easel/protocol"
import { type FileRow, Files } from "@easel/store"
import * as Effect from "effect/Effect"
import * as HttpServerResponse from "effect/http/HttpServerResponse"
import * as Schema from "effect/Schema"
import { accountOf, callerOf } from "./auth/requestCaller.ts"
import { requireInFile, requireInTeam } from "./auth/requireRole.ts"
import type { FileClients } from "./FileClients.ts"
import { fail, fileProblem, HttpProblem } from "./httpProblems.ts"
import { askedPage } from "./listPage.ts"
import { readPresence } from "./presenceRoutes.ts"
import { bodyBy, Name, nameShape } from "./requestBody.ts"
import { existingFile } from "./requestPath.ts"
import { whileMoving } from "./whileMoving.ts"
import { wholeFile } from "./wholeFile.ts"

const NewFile = Schema.Struct({ name: Name, teamId: Schema.optional(Schema.String.check(Schema.isUUID())) })
const Renamed = Schema.Struct({ name: Name })

/** Who makes a file owns it. In a team its editors may make some, and its members have their roles in them. */
export const createFile = Effect.gen(function*() {
  const { identity, principal } = yield* accountOf
  const { name, teamId } = yield* bodyBy(NewFile, `{"name": ${nameShape}, "teamId"?: UUID}`)
  if (teamId !== undefined) yield* requireInTeam(teamId, principal, "edit")
  const file = yield* (yield* Files).create(name, { owner: identity?.userId, teamId })
  return yield* HttpServerResponse.json(fileBody(file), { status: 201, headers: { location: `/api/files/${file.id}` } })
})

/** Newest first. */
export const listFiles = Effect.gen(function*() {
  const { after, answer, take } = yield* askedPage
  const { identity } = yield* accountOf
  const visibleTo = identity?.isAdmin === true ? undefined : identity?.userId
  const { headers, shown } = answer(yield* (yield* Files).list(take, { after, visibleTo }))
  return yield* HttpServerResponse.json(shown.map(fileBody), { headers })
})

export const renameFile = (clients: FileClients["Service"]) =>
  Effect.gen(function*() {
    const { principal } = yield* callerOf
    const { id } = yield* existingFile
    const { name } = yield* bodyBy(Renamed, `{"name": ${nameShape}}`)
    yield* Effect.catch(clients.of(id).Rename({ name, by: principal }), fileProblem)
    return yield* HttpServerResponse.json(fileBody(yield* existingFile))
  })

export const readFile = (clients: FileClients["Service"]) =>
  Effect.gen(function*() {
    const { principal } = yield* callerOf
    const { id } = yield* existingFile
    return wholeFile(yield* whileMoving(clients.of(id).Read({ by: principal })).pipe(Effect.catch(fileProblem)))
  })

export const filePresence = (clients: FileClients["Service"]) =>
  Effect.gen(function*() {
    const { principal } = yield* callerOf
    const { id } = yield* existingFile
    yield* requireInFile(id, principal, "read")
    return yield* Effect.catchTag(readPresence(id, clients.of(id)), "StoreUnavailable", () =>
      fail(problem(503, "presence cannot be read now: try again"))).pipe(
        Effect.catch((error) => error instanceof HttpProblem ? Effect.fail(error) : fileProblem(error)))
  })

const fileBody = ({ createdAt, id, name, seq, updatedAt }: FileRow) => ({
  id,
  name,
  seq,
  createdAt: new Date(createdAt).toISOString(),
  updatedAt: new Date(updatedAt).toISOString()
})
