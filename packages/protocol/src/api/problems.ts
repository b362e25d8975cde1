/**
 * The errors of the HTTP API (RFC 9457, `application/problem+json`), one class for each status. Their `detail` is one
 * sentence for whoever asked.
 */
import * as HttpApiError from "effect/http-api/HttpApiError"
import { problemTitles } from "../problem.ts"

const declare = <const Status extends keyof typeof problemTitles>(status: Status) => ({ type: "about:blank", status, title: problemTitles[status] } as const)

/** The body, the query or the path is not what the call takes. Nothing was done. */
export class BadRequest extends HttpApiError.Problem<BadRequest>()("BadRequest", declare(400)) {}

/** No valid token and no valid share link were shown. */
export class Unauthenticated extends HttpApiError.Problem<Unauthenticated>()("Unauthenticated", declare(401)) {}

/** The caller's role does not allow it, or there is none. */
export class NotAllowed extends HttpApiError.Problem<NotAllowed>()("NotAllowed", declare(403)) {}

/** There is no such thing. */
export class Missing extends HttpApiError.Problem<Missing>()("Missing", declare(404)) {}

/** What stands there already forbids it. */
export class Conflict extends HttpApiError.Problem<Conflict>()("Conflict", declare(409)) {}

/** It has been changed since: `If-Match` names another revision than it has. Nothing was done. */
export class Stale extends HttpApiError.Problem<Stale>()("Stale", declare(412)) {}

/** Another request had the `Idempotency-Key`. Nothing was done. */
export class KeyTaken extends HttpApiError.Problem<KeyTaken>()("KeyTaken", declare(422)) {}

/** The body is larger than the call takes. Nothing was done. */
export class TooLarge extends HttpApiError.Problem<TooLarge>()("TooLarge", declare(413)) {}

/** The body is of no kind that the call takes. Nothing was done. */
export class UnsupportedType extends HttpApiError.Problem<UnsupportedType>()("UnsupportedType", declare(415)) {}

/** The server failed. Trying again does not help. */
export class Failed extends HttpApiError.Problem<Failed>()("Failed", declare(500)) {}

/** It cannot be done now: try again. */
export class Unavailable extends HttpApiError.Problem<Unavailable>()("Unavailable", declare(503)) {}

/** What every call may be answered by. */
export const always = [Failed, Unavailable] as const

/** What a call about one file or team may be answered by. */
export const aboutOne = [NotAllowed, Missing, ...always] as const
