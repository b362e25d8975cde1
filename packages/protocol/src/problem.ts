/** Problem details of the HTTP API (RFC 9457, `application/problem+json`). */

export interface Problem {
  readonly type: string
  readonly title: string
  readonly status: number
  readonly detail?: string
}

export const problemTitles = {
  400: "Bad request",
  401: "Unauthorized",
  403: "Forbidden",
  404: "Not found",
  405: "Method not allowed",
  409: "Conflict",
  412: "Precondition failed",
  413: "Content too large",
  415: "Unsupported media type",
  422: "Unprocessable content",
  429: "Too many requests",
  500: "Internal error",
  503: "Service unavailable"
} as const

/** A problem with its standard title; `detail` is one sentence for the caller. */
export const problem = (status: keyof typeof problemTitles, detail: string): Problem => ({
  type: "about:blank",
  title: problemTitles[status],
  status,
  detail
})
