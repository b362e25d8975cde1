/** Where a file is to be, and whether somebody may put files there: the editors of a team may, in it and its projects. */
import { type Principal, problem } from "@easel/protocol"
import * as Effect from "effect/Effect"
import { requireInTeam } from "./auth/requireRole.ts"
import { fail } from "./httpProblems.ts"
import { projectById } from "./requestPath.ts"

interface WantedPlace {
  readonly teamId?: string | null | undefined
  /** Its team is that of the file. */
  readonly projectId?: string | null | undefined
}

export const placeFor = Effect.fnUntraced(function*(principal: Principal, { projectId, teamId }: WantedPlace) {
  if (typeof projectId === "string") {
    const project = yield* projectById(projectId)
    yield* requireInTeam(project.teamId, principal, "edit")
    if (typeof teamId === "string" && teamId.toLowerCase() !== project.teamId) return yield* fail(problem(400, "the project is one of another team"))
    return { teamId: project.teamId, projectId: project.id }
  }
  if (typeof teamId !== "string") return { teamId: null, projectId: null }
  yield* requireInTeam(teamId, principal, "edit")
  return { teamId: teamId.toLowerCase(), projectId: null }
})
