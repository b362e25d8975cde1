/** Making and listing teams. Their members: `members.ts`. */
import * as HttpApiEndpoint from "effect/http-api/HttpApiEndpoint"
import * as HttpApiGroup from "effect/http-api/HttpApiGroup"
import * as HttpApiSchema from "effect/http-api/HttpApiSchema"
import * as OpenApi from "effect/http-api/OpenApi"
import * as Schema from "effect/Schema"
import { roles } from "../roles.ts"
import { Authorization, byUsers } from "./Authorization.ts"
import { always, BadRequest, Conflict } from "./problems.ts"
import { Name, nameShape } from "./texts.ts"

export const NewTeam = Schema.Struct({ name: Name }).annotate({ description: `{"name": ${nameShape}}` })

const Team = Schema.Struct({
  id: Schema.String,
  name: Schema.String,
  role: Schema.Literals(roles).annotate({ description: "The caller's." })
}).annotate({ identifier: "Team" })

export class TeamsGroup extends HttpApiGroup.make("teams")
  .add(
    HttpApiEndpoint.post("create", "/api/teams", {
      payload: NewTeam,
      success: Team.pipe(HttpApiSchema.status(201)),
      error: [BadRequest, Conflict, ...always]
    }).annotate(OpenApi.Summary, "Makes a team, which its maker owns"),
    HttpApiEndpoint.get("list", "/api/teams", { success: Schema.Array(Team), error: always })
      .annotate(OpenApi.Summary, "Lists the teams that the caller is in, by name")
  )
  .middleware(Authorization)
  .annotateEndpoints(OpenApi.Override, byUsers)
  .annotateMerge(OpenApi.annotations({ title: "Teams", description: "Teams share the files that were made with their `teamId`." }))
{}
