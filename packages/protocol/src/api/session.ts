/** Who the caller is, tickets that sign a page in without its token, and the end of tokens before their time. */
import * as HttpApiEndpoint from "effect/http-api/HttpApiEndpoint"
import * as HttpApiGroup from "effect/http-api/HttpApiGroup"
import * as HttpApiSchema from "effect/http-api/HttpApiSchema"
import * as OpenApi from "effect/http-api/OpenApi"
import * as Schema from "effect/Schema"
import { userTextShape } from "../userText.ts"
import { Authorization, byAnybody, byUsers } from "./Authorization.ts"
import { always, BadRequest, Conflict, NotAllowed } from "./problems.ts"
import { Time, UserText } from "./texts.ts"

const Me = Schema.Struct({
  userId: Schema.String,
  userName: Schema.String,
  admin: Schema.Boolean,
  open: Schema.Boolean.annotate({ description: "Whether the server cannot check tokens: everybody may do everything there." })
}).annotate({ identifier: "Me" })

const Ticket = Schema.Struct({ ticket: Schema.String, expiresAt: Time }).annotate({ identifier: "Ticket" })

export const NewRevocation = Schema.Union([Schema.Struct({ userId: UserText }), Schema.Struct({ tokenId: UserText })], { mode: "oneOf" }).annotate({
  description: `{"userId": ${userTextShape}} or {"tokenId": the same}`
})

export class SessionGroup extends HttpApiGroup.make("session")
  .add(
    HttpApiEndpoint.post("createTicket", "/api/tickets", { success: Ticket.pipe(HttpApiSchema.status(201)), error: [Conflict, ...always] })
      .annotate(OpenApi.Summary, "Makes a ticket that is good in place of the caller's token, once and for half a minute"),
    HttpApiEndpoint.post("revoke", "/api/revocations", { payload: NewRevocation, error: [BadRequest, NotAllowed, Conflict, ...always] })
      .annotate(OpenApi.Summary, "Revokes the tokens that a user was issued so far, or one token; admins anybody's, everybody else his own")
  )
  .annotateEndpoints(OpenApi.Override, byUsers)
  .add(
    HttpApiEndpoint.get("me", "/api/me", { success: Me, error: always })
      .annotate(OpenApi.Summary, "Who the caller is")
      .annotate(OpenApi.Override, byAnybody)
  )
  .middleware(Authorization)
  .annotateMerge(OpenApi.annotations({ title: "Session", description: "Who the caller is, tickets, and the end of tokens before their time." }))
{}
