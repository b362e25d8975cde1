/** HTTP in the name of whoever sits here. What fails is a sentence that can be shown. */
import { session, type Shown } from "./session/Session.ts"

/** The server was not reached, or refused, or asks who it is. */
class RequestFailed extends Error {
  readonly reason: "unreachable" | "refused" | "unauthenticated"

  constructor(reason: RequestFailed["reason"], message: string) {
    super(message)
    this.reason = reason
  }
}

/** Of a file its id is told, because a share link may go with it. An answer 401 leads to the page for signing in. */
export const request = async (path: string, init: RequestInit, fileId?: string): Promise<Response> => {
  const shown = session.shownFor(fileId)
  try {
    return await requestAs(shown, path, init)
  } catch (error) {
    if (error instanceof RequestFailed && error.reason === "unauthenticated") session.refused(error.message, shown, fileId)
    throw error
  }
}

/** The same, in the name of somebody else. */
export const requestAs = async ({ link, token }: Shown, path: string, init: RequestInit): Promise<Response> => {
  const headers = new Headers(init.headers)
  if (token !== undefined) headers.set("authorization", `Bearer ${token}`)
  if (link !== undefined) headers.set("easel-link", link)
  const response = await fetch(path, { ...init, headers }).catch((cause: unknown) => {
    if (init.signal?.aborted === true) throw cause
    throw new RequestFailed("unreachable", "The server cannot be reached.")
  })
  if (response.ok) return response
  const problem: unknown = await response.json().catch(() => undefined)
  const detail = typeof problem === "object" && problem !== null && "detail" in problem ? String(problem.detail) : response.statusText
  const reason = response.status === 401 ? "unauthenticated" : response.status >= 500 ? "unreachable" : "refused"
  throw new RequestFailed(reason, `The server says: ${detail}.`)
}

export const withBody = (method: string, body: unknown): RequestInit => ({
  method,
  headers: { "content-type": "application/json" },
  body: JSON.stringify(body)
})

export const read = async <Body,>(response: Response): Promise<Body> => {
  // SAFETY: the page and the API come from the same node, and the API's conformance tests hold it to this shape.
  const body: Body = await response.json()
  return body
}

export const messageOf = (error: unknown): string => (error instanceof RequestFailed ? error.message : `Something went wrong: ${String(error)}`)
