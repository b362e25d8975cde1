/** Who has a role in a file or a team, and giving and taking roles: the same for both. */
import * as HttpApiEndpoint from "effect/http-api/HttpApiEndpoint"
import * as HttpApiGroup from "effect/http-api/HttpApiGroup"
import * as OpenApi from "effect/http-api/OpenApi"
import * as Schema from "effect/Schema"
import { roles } from "../roles.ts"
import { Authorization, byAnybody } from "./Authorization.ts"
import { aboutOne, BadRequest, Conflict, Stale } from "./problems.ts"
import { describesMatch } from "./texts.ts"

export const Given = Schema.Struct({ role: Schema.Literals(roles) }).annotate({ description: `{"role": one of ${roles.join(", ")}}` })

const Member = Schema.Struct({ userId: Schema.String, role: Schema.Literals(roles) }).annotate({ identifier: "Member" })

const ofCircle = { id: Schema.String.annotate({ description: "A UUID." }) }
const ofMember = { ...ofCircle, userId: Schema.String.annotate({ description: "A user's id, percent-encoded." }) }
const errors = [BadRequest, Conflict, Stale, ...aboutOne] as const

const listing = { params: ofCircle, success: Schema.Array(Member), error: aboutOne }
const putting = { params: ofMember, payload: Given, success: Member, error: errors }
const removing = { params: ofMember, error: errors }

export class FileMembersGroup extends HttpApiGroup.make("fileMembers")
  .add(
    HttpApiEndpoint.get("list", "/api/files/:id/members", listing).annotate(OpenApi.Summary, "Lists the members of a file, owners first"),
    HttpApiEndpoint.put("put", "/api/files/:id/members/:userId", putting).annotate(OpenApi.Summary, "Gives a role in a file, in place of the one before")
      .annotate(OpenApi.Transform, describesMatch),
    HttpApiEndpoint.delete("remove", "/api/files/:id/members/:userId", removing).annotate(OpenApi.Summary, "Takes the role in a file back; everybody may remove himself")
      .annotate(OpenApi.Transform, describesMatch)
  )
  .middleware(Authorization)
  .annotateEndpoints(OpenApi.Override, byAnybody)
  .annotateMerge(OpenApi.annotations({ title: "Members of files", description: "A file keeps an owner: the last can neither be removed nor made less." }))
{}

export class TeamMembersGroup extends HttpApiGroup.make("teamMembers")
  .add(
    HttpApiEndpoint.get("list", "/api/teams/:id/members", listing).annotate(OpenApi.Summary, "Lists the members of a team, owners first"),
    HttpApiEndpoint.put("put", "/api/teams/:id/members/:userId", putting).annotate(OpenApi.Summary, "Gives a role in a team, in place of the one before")
      .annotate(OpenApi.Transform, describesMatch),
    HttpApiEndpoint.delete("remove", "/api/teams/:id/members/:userId", removing).annotate(OpenApi.Summary, "Takes the role in a team back; everybody may remove himself")
      .annotate(OpenApi.Transform, describesMatch)
  )
  .middleware(Authorization)
  .annotateEndpoints(OpenApi.Override, byAnybody)
  .annotateMerge(OpenApi.annotations({ title: "Members of teams", description: "Members of a team have their roles in all files that were made with it." }))
{}
