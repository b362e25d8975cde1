/** Projects: folders of a team's files. They give nobody a role; members of the team have theirs in all of them. */
import * as HttpApiEndpoint from "effect/http-api/HttpApiEndpoint"
import * as HttpApiGroup from "effect/http-api/HttpApiGroup"
import * as HttpApiSchema from "effect/http-api/HttpApiSchema"
import * as OpenApi from "effect/http-api/OpenApi"
import * as Schema from "effect/Schema"
import { Authorization, byUsers } from "./Authorization.ts"
import { aboutOne, BadRequest, Conflict, KeyTaken, Stale } from "./problems.ts"
import { conditional, located, Name, nameShape, repeatable, revision, Time } from "./texts.ts"

export const NewProject = Schema.Struct({ name: Name }).annotate({ description: `{"name": ${nameShape}}` })

const Project = Schema.Struct({ id: Schema.String, teamId: Schema.String, name: Schema.String, revision, createdAt: Time }).annotate({ identifier: "Project" })

const ofTeam = { id: Schema.String.annotate({ description: "The team's id, a UUID." }) }
const ofProject = { id: Schema.String.annotate({ description: "The project's id, a UUID." }) }

export class ProjectsGroup extends HttpApiGroup.make("projects")
  .add(
    HttpApiEndpoint.post("create", "/api/teams/:id/projects", {
      params: ofTeam,
      headers: repeatable,
      payload: NewProject,
      success: HttpApiSchema.WithHeaders(Project.pipe(HttpApiSchema.status(201)), located),
      error: [BadRequest, Conflict, KeyTaken, ...aboutOne]
    }).annotate(OpenApi.Summary, "Makes a project in a team, by its editors"),
    HttpApiEndpoint.get("list", "/api/teams/:id/projects", { params: ofTeam, success: Schema.Array(Project), error: aboutOne })
      .annotate(OpenApi.Summary, "Lists the projects of a team, by name"),
    HttpApiEndpoint.get("read", "/api/projects/:id", { params: ofProject, success: Project, error: aboutOne })
      .annotate(OpenApi.Summary, "One project"),
    HttpApiEndpoint.patch("rename", "/api/projects/:id", {
      params: ofProject,
      headers: conditional,
      payload: NewProject,
      success: Project,
      error: [BadRequest, Stale, ...aboutOne]
    }).annotate(OpenApi.Summary, "Names a project"),
    HttpApiEndpoint.delete("remove", "/api/projects/:id", { params: ofProject, headers: conditional, error: [Conflict, Stale, ...aboutOne] })
      .annotate(OpenApi.Summary, "Removes a project in which there are no files; those in the trash come back without one")
  )
  .middleware(Authorization)
  .annotateEndpoints(OpenApi.Override, byUsers)
  .annotateMerge(OpenApi.annotations({ title: "Projects", description: "Folders of a team's files." }))
{}
