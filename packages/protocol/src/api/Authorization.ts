/**
 * Who makes a request: `Authorization: Bearer <token or ticket>`, the secret of a share link as `Easel-Link`, or both.
 * Whoever shows nothing valid is answered by 401 before anything else is looked at.
 */
import * as HttpApiMiddleware from "effect/http-api/HttpApiMiddleware"
import { RequestCaller } from "../RequestCaller.ts"
import { Unauthenticated, Unavailable } from "./problems.ts"

export class Authorization extends HttpApiMiddleware.Service<Authorization, { provides: RequestCaller }>()("@easel/protocol/api/Authorization", {
  error: [Unauthenticated, Unavailable]
}) {}

/** Of an operation in the OpenAPI document that asks who one is: any of the schemes, or both. */
export const signedIn = [{ token: [] }, { link: [] }, { token: [], link: [] }]

export const securitySchemes = {
  token: { type: "http", scheme: "bearer", description: "A JSON Web Token, or a ticket." },
  link: { type: "apiKey", in: "header", name: "Easel-Link", description: "The secret of a share link." }
}
