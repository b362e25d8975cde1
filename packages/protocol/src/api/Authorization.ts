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

/** For the OpenAPI document, of calls that guests may make, too: by any of the schemes, or both. */
export const byAnybody = { security: [{ token: [] }, { link: [] }, { token: [], link: [] }] }

/** Of calls for which a share link is not enough. */
export const byUsers = { security: [{ token: [] }] }

export const securitySchemes = {
  token: { type: "http", scheme: "bearer", description: "A JSON Web Token, or a ticket." },
  link: { type: "apiKey", in: "header", name: "Easel-Link", description: "The secret of a share link." }
}
