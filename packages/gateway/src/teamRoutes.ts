/** Making and listing teams. Their members: `membersRoutes.ts`. */
import { Teams } from "@easel/store"
import * as Effect from "effect/Effect"
import * as HttpServerResponse from "effect/http/HttpServerResponse"
import * as Schema from "effect/Schema"
import { accountOf } from "./auth/requestCaller.ts"
import { requireRolesApply } from "./auth/requireRole.ts"
import { bodyBy, Name, nameShape } from "./requestBody.ts"

const NewTeam = Schema.Struct({ name: Name })

/** Who makes a team owns it. */
export const createTeam = Effect.gen(function*() {
  const { principal } = yield* accountOf
  yield* requireRolesApply
  const { name } = yield* bodyBy(NewTeam, `{"name": ${nameShape}}`)
  return yield* HttpServerResponse.json(yield* (yield* Teams).create(name, principal.userId), { status: 201 })
})

/** Those that the caller is in. */
export const listTeams = Effect.gen(function*() {
  const { principal } = yield* accountOf
  return yield* HttpServerResponse.json(yield* (yield* Teams).list(principal.userId))
})
