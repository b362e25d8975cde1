/** What a request's path names: a file, a team, a user, or a problem that says what it does not name. */
import { isUserText, problem, userTextShape } from "@easel/protocol"
import { Files, Projects, Teams } from "@easel/store"
import * as Effect from "effect/Effect"
import * as HttpRouter from "effect/http/HttpRouter"
import * as Schema from "effect/Schema"
import { fail, noSuchFile, noSuchTeam } from "./httpProblems.ts"

export const isUuid = Schema.is(Schema.String.check(Schema.isUUID()))

/** In the trash or not. */
export const keptFile = Effect.gen(function*() {
  const { id = "" } = yield* HttpRouter.params
  if (!isUuid(id)) return yield* noSuchFile
  return yield* Effect.catchTag((yield* Files).findKept(id.toLowerCase()), "FileMissing", () => noSuchFile)
})

export const inTrash = fail(problem(404, "the file is in the trash: who may edit it can take it out"))

export const existingFile = Effect.gen(function*() {
  const file = yield* keptFile
  return file.trashedAt === null ? file : yield* inTrash
})

export const noSuchProject = fail(problem(404, "no project has this id"))

export const projectById = Effect.fnUntraced(function*(id: string) {
  const project = isUuid(id) ? yield* (yield* Projects).find(id.toLowerCase()) : undefined
  return project ?? (yield* noSuchProject)
})

export const existingProject = Effect.flatMap(HttpRouter.params, ({ id = "" }) => projectById(id))

export const existingTeam = Effect.gen(function*() {
  const { id = "" } = yield* HttpRouter.params
  const team = isUuid(id) ? yield* (yield* Teams).find(id.toLowerCase()) : undefined
  return team ?? (yield* noSuchTeam)
})

export const namedUser = Effect.gen(function*() {
  const { userId } = yield* HttpRouter.params
  return isUserText(userId) ? userId : yield* fail(problem(400, `a user id is ${userTextShape}`))
})
