/** Making and listing teams. Their members: `members.ts`. */
import * as HttpApiEndpoint from "effect/http-api/HttpApiEndpoint"
import * as HttpApiGroup from "effect/http-api/HttpApiGroup"
import * as HttpApiSchema from "effect/http-api/HttpApiSchema"
import * as OpenApi from "effect/http-api/OpenApi"
import * as Schema from "effect/Schema"
import { roles } from "../roles.ts"
import { Authorization, byUsers } from "./Authorization.ts"
import { aboutOne, always, BadRequest, Conflict, KeyTaken, Stale } from "./problems.ts"
import { conditional, describesKey, Name, nameShape, revision } from "./texts.ts"

export const NewTeam = Schema.Struct({ name: Name }).annotate({ description: `{"name": ${nameShape}}` })

const Team = Schema.Struct({
  id: Schema.String,
  name: Schema.String,
  revision,
  role: Schema.Literals(roles).annotate({ description: "The caller's." })
}).annotate({ identifier: "Team" })

const teamId = { id: Schema.String.annotate({ description: "The team's id, a UUID." }) }

export class TeamsGroup extends HttpApiGroup.make("teams")
  .add(
    HttpApiEndpoint.post("create", "/api/teams", {
      payload: NewTeam,
      success: Team.pipe(HttpApiSchema.status(201)),
      error: [BadRequest, Conflict, KeyTaken, ...always]
    }).annotate(OpenApi.Summary, "Makes a team, which its maker owns").annotate(OpenApi.Transform, describesKey),
    HttpApiEndpoint.get("list", "/api/teams", { success: Schema.Array(Team), error: always })
      .annotate(OpenApi.Summary, "Lists the teams that the caller is in, by name"),
    HttpApiEndpoint.get("read", "/api/teams/:id", { params: teamId, success: Team, error: aboutOne })
      .annotate(OpenApi.Summary, "One team"),
    HttpApiEndpoint.patch("rename", "/api/teams/:id", {
      params: teamId,
      headers: conditional,
      payload: NewTeam,
      success: Team,
      error: [BadRequest, Stale, ...aboutOne]
    }).annotate(OpenApi.Summary, "Names a team, by its owners"),
    HttpApiEndpoint.delete("remove", "/api/teams/:id", { params: teamId, headers: conditional, error: [Conflict, Stale, ...aboutOne] })
      .annotate(OpenApi.Summary, "Removes a team in which there are no files and no projects, by its owners")
  )
  .middleware(Authorization)
  .annotateEndpoints(OpenApi.Override, byUsers)
  .annotateMerge(OpenApi.annotations({ title: "Teams", description: "Teams share the files that were made with their `teamId`." }))
{}
