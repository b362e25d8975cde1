/** Making, listing, naming and removing teams. Their members: `membersRoutes.ts`. */
import { type Action, problem } from "@easel/protocol"
import { NewTeam } from "@easel/protocol/api"
import { Teams } from "@easel/store"
import * as Effect from "effect/Effect"
import { accountOf } from "./auth/requestCaller.ts"
import { requireInTeam, requireRolesApply } from "./auth/requireRole.ts"
import { fail, noSuchTeam, stale } from "./httpProblems.ts"
import { madeId, once } from "./keyedRequest.ts"
import { bodyBy } from "./requestBody.ts"
import { existingTeam } from "./requestPath.ts"
import { askedRevision, revised } from "./revisions.ts"

/** Who makes a team owns it. */
export const createTeam = once(Effect.gen(function*() {
  const { principal } = yield* accountOf
  yield* requireRolesApply
  const { name } = yield* bodyBy(NewTeam)
  return yield* (yield* Teams).create(name, principal.userId, yield* madeId)
}))

/** Those that the caller is in. */
export const listTeams = Effect.gen(function*() {
  const { principal } = yield* accountOf
  return yield* (yield* Teams).list(principal.userId)
})

/** The team in the path, if the caller may do this in it, and his role there. */
const teamFor = Effect.fnUntraced(function*(action: Action) {
  const { principal } = yield* accountOf
  const team = yield* existingTeam
  return { ...team, role: yield* requireInTeam(team.id, principal, action) }
})

export const readTeam = Effect.flatMap(teamFor("read"), revised)

export const renameTeam = Effect.gen(function*() {
  const { id, role } = yield* teamFor("share")
  const { name } = yield* bodyBy(NewTeam)
  const renamed = yield* Effect.catchTag((yield* Teams).rename(id, name, yield* askedRevision), "RevisionStale", stale)
  return renamed === undefined ? yield* noSuchTeam : yield* revised({ ...renamed, role })
})

export const removeTeam = Effect.gen(function*() {
  const { id } = yield* teamFor("share")
  const wasThere = yield* (yield* Teams).remove(id, yield* askedRevision).pipe(
    Effect.catchTags({
      RevisionStale: stale,
      TeamNotEmpty: () => fail(problem(409, "there are files or projects in it, perhaps in the trash"))
    })
  )
  if (!wasThere) return yield* noSuchTeam
})
