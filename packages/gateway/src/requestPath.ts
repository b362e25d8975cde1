/** What a request's path names: a file, a team, a user, or a problem that says what it does not name. */
import { isUserText, problem, userTextShape } from "@easel/protocol"
import { Files, Teams } from "@easel/store"
import * as Effect from "effect/Effect"
import * as HttpRouter from "effect/http/HttpRouter"
import * as Schema from "effect/Schema"
import { fail, noSuchFile } from "./httpProblems.ts"

export const isUuid = Schema.is(Schema.String.check(Schema.isUUID()))

export const existingFile = Effect.gen(function*() {
  const { id = "" } = yield* HttpRouter.params
  if (!isUuid(id)) return yield* noSuchFile
  return yield* (yield* Files).find(id.toLowerCase()).pipe(
    Effect.catchTag("FileMissing", () => noSuchFile)
  )
})

export const existingTeam = Effect.gen(function*() {
  const { id = "" } = yield* HttpRouter.params
  const team = isUuid(id) ? yield* (yield* Teams).find(id.toLowerCase()) : undefined
  return team ?? (yield* fail(problem(404, "no team has this id")))
})

export const namedUser = Effect.gen(function*() {
  const { userId } = yield* HttpRouter.params
  return isUserText(userId) ? userId : yield* fail(problem(400, `a user id is ${userTextShape}`))
})
