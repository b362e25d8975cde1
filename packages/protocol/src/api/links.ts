/** Share links of a file. The secret of one is in the answer that made it, and nowhere else. */
import * as HttpApiEndpoint from "effect/http-api/HttpApiEndpoint"
import * as HttpApiGroup from "effect/http-api/HttpApiGroup"
import * as HttpApiSchema from "effect/http-api/HttpApiSchema"
import * as OpenApi from "effect/http-api/OpenApi"
import * as Schema from "effect/Schema"
import { Authorization, byAnybody } from "./Authorization.ts"
import { aboutOne, BadRequest, Conflict } from "./problems.ts"
import { fileId, Time } from "./texts.ts"

const linkRoles = ["viewer", "commenter", "editor"] as const

/** RFC 3339, with the zone: a time without one would be another moment on another server. */
const Expiry = Schema.String.check(
  Schema.isPattern(/^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,9})?)?(Z|[+-]\d\d:\d\d)$/),
  Schema.makeFilter((text) => !Number.isNaN(Date.parse(text)) || "is no time")
)

export const NewLink = Schema.Struct({ role: Schema.Literals(linkRoles), expiresAt: Schema.optionalKey(Schema.NullOr(Expiry)) }).annotate({
  description: `{"role": one of ${linkRoles.join(", ")}, "expiresAt"?: a time such as 2030-01-31T12:00:00Z}`
})

const linkFields = {
  id: Schema.String,
  role: Schema.Literals(linkRoles),
  expiresAt: Schema.NullOr(Time).annotate({ description: "`null` for ever." }),
  createdAt: Time,
  createdBy: Schema.String
}

const Link = Schema.Struct(linkFields).annotate({ identifier: "Link" })

export class LinksGroup extends HttpApiGroup.make("links")
  .add(
    HttpApiEndpoint.post("create", "/api/files/:id/links", {
      params: fileId,
      payload: NewLink,
      success: Schema.Struct({ ...linkFields, secret: Schema.String }).annotate({ identifier: "NewLink" }).pipe(HttpApiSchema.status(201)),
      error: [BadRequest, Conflict, ...aboutOne]
    }).annotate(OpenApi.Summary, "Makes a share link; its secret is in no other answer"),
    HttpApiEndpoint.get("list", "/api/files/:id/links", { params: fileId, success: Schema.Array(Link), error: aboutOne })
      .annotate(OpenApi.Summary, "Lists the links that have not expired, oldest first"),
    HttpApiEndpoint.delete("remove", "/api/files/:id/links/:linkId", {
      params: { ...fileId, linkId: Schema.String },
      error: [Conflict, ...aboutOne]
    }).annotate(OpenApi.Summary, "Takes a link back, and with it the role of who came by it")
  )
  .middleware(Authorization)
  .annotateEndpoints(OpenApi.Override, byAnybody)
  .annotateMerge(OpenApi.annotations({ title: "Share links", description: "Links that give whoever has them a role in a file. They are for its owners." }))
{}
