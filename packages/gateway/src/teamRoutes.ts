/** Making and listing teams. Their members: `membersRoutes.ts`. */
import { NewTeam } from "@easel/protocol/api"
import { Teams } from "@easel/store"
import * as Effect from "effect/Effect"
import { accountOf } from "./auth/requestCaller.ts"
import { requireRolesApply } from "./auth/requireRole.ts"
import { bodyBy } from "./requestBody.ts"

/** Who makes a team owns it. */
export const createTeam = Effect.gen(function*() {
  const { principal } = yield* accountOf
  yield* requireRolesApply
  const { name } = yield* bodyBy(NewTeam)
  return yield* (yield* Teams).create(name, principal.userId)
})

/** Those that the caller is in. */
export const listTeams = Effect.gen(function*() {
  const { principal } = yield* accountOf
  return yield* (yield* Teams).list(principal.userId)
})
