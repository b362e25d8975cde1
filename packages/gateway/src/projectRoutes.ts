/** Projects of a team. Its members see them, its editors make, name and remove them. */
import { type Action, problem } from "@easel/protocol"
import { NewProject } from "@easel/protocol/api"
import { type Project, Projects } from "@easel/store"
import * as Effect from "effect/Effect"
import * as HttpApiSchema from "effect/http-api/HttpApiSchema"
import { accountOf } from "./auth/requestCaller.ts"
import { requireInTeam } from "./auth/requireRole.ts"
import { fail, stale } from "./httpProblems.ts"
import { madeId, once } from "./keyedRequest.ts"
import { bodyBy } from "./requestBody.ts"
import { existingProject, existingTeam, noSuchProject } from "./requestPath.ts"
import { askedRevision, revised } from "./revisions.ts"

/** The project in the path, if the caller may do this in its team. */
const projectFor = Effect.fnUntraced(function*(action: Action) {
  const { principal } = yield* accountOf
  const project = yield* existingProject
  yield* requireInTeam(project.teamId, principal, action)
  return project
})

const teamFor = Effect.fnUntraced(function*(action: Action) {
  const { principal } = yield* accountOf
  const team = yield* existingTeam
  yield* requireInTeam(team.id, principal, action)
  return team
})

export const createProject = once(Effect.gen(function*() {
  const { id: teamId } = yield* teamFor("edit")
  const { name } = yield* bodyBy(NewProject)
  const project = yield* (yield* Projects).create(teamId, name, yield* madeId).pipe(
    Effect.catchTag("TooManyProjects", ({ projectsMax }) => fail(problem(409, `a team has at most ${projectsMax} projects`)))
  )
  return HttpApiSchema.withHeaders({ body: projectBody(project), headers: { location: `/api/projects/${project.id}` } })
}))

export const listProjects = Effect.gen(function*() {
  const { id } = yield* teamFor("read")
  return (yield* (yield* Projects).list(id)).map(projectBody)
})

export const readProject = Effect.flatMap(projectFor("read"), (project) => revised(projectBody(project)))

export const renameProject = Effect.gen(function*() {
  const { id } = yield* projectFor("edit")
  const { name } = yield* bodyBy(NewProject)
  const renamed = yield* Effect.catchTag((yield* Projects).rename(id, name, yield* askedRevision), "RevisionStale", stale)
  return renamed === undefined ? yield* noSuchProject : yield* revised(projectBody(renamed))
})

export const removeProject = Effect.gen(function*() {
  const { id } = yield* projectFor("edit")
  const wasThere = yield* (yield* Projects).remove(id, yield* askedRevision).pipe(
    Effect.catchTags({
      RevisionStale: stale,
      ProjectNotEmpty: () => fail(problem(409, "there are files in it: move them, or put them into the trash, first"))
    })
  )
  if (!wasThere) return yield* noSuchProject
})

const projectBody = ({ createdAt, ...project }: Project) => ({ ...project, createdAt: new Date(createdAt).toISOString() })
