/** Files over HTTP: making, listing, reading and naming them. */
import { problem } from "@easel/protocol"
import { NewFile, type PageQuery, Renamed } from "@easel/protocol/api"
import { type FileRow, Files } from "@easel/store"
import * as Effect from "effect/Effect"
import * as HttpApiSchema from "effect/http-api/HttpApiSchema"
import { askedFile } from "./askedFile.ts"
import { accountOf } from "./auth/requestCaller.ts"
import { requireInFile, requireInTeam } from "./auth/requireRole.ts"
import { fail, fileProblem, HttpProblem } from "./httpProblems.ts"
import { askedPage } from "./listPage.ts"
import { readPresence } from "./presenceRoutes.ts"
import { bodyBy } from "./requestBody.ts"
import { existingFile } from "./requestPath.ts"
import { whileMoving } from "./whileMoving.ts"
import { wholeFile } from "./wholeFile.ts"

/** Who makes a file owns it. In a team its editors may make some, and its members have their roles in them. */
export const createFile = Effect.gen(function*() {
  const { identity, principal } = yield* accountOf
  const { name, teamId } = yield* bodyBy(NewFile)
  if (teamId !== undefined) yield* requireInTeam(teamId, principal, "edit")
  const file = yield* (yield* Files).create(name, { owner: identity?.userId, teamId })
  return HttpApiSchema.withHeaders({ body: fileBody(file), headers: { location: `/api/files/${file.id}` } })
})

/** Newest first. */
export const listFiles = Effect.fnUntraced(function*(query: PageQuery) {
  const { after, answer, take } = yield* askedPage(query)
  const { identity } = yield* accountOf
  const visibleTo = identity?.isAdmin === true ? undefined : identity?.userId
  const { headers, shown } = answer(yield* (yield* Files).list(take, { after, visibleTo }))
  return HttpApiSchema.withHeaders({ body: shown.map(fileBody), headers })
})

export const renameFile = Effect.gen(function*() {
  const { by, file } = yield* askedFile
  const { name } = yield* bodyBy(Renamed)
  yield* Effect.catch(file.Rename({ name, by }), fileProblem)
  return fileBody(yield* existingFile)
})

export const readFile = Effect.gen(function*() {
  const { by, file } = yield* askedFile
  return wholeFile(yield* whileMoving(file.Read({ by })).pipe(Effect.catch(fileProblem)))
})

export const filePresence = Effect.gen(function*() {
  const { by, file, fileId } = yield* askedFile
  yield* requireInFile(fileId, by, "read")
  return yield* Effect.catchTag(readPresence(fileId, file), "StoreUnavailable", () =>
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
