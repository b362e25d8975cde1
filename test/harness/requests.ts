/** HTTP requests in somebody's name, and what their answers must be like. */
import { expect } from "vitest"
import { type Shown, showing } from "./tokens.ts"

/** Asks the node; a body is sent as JSON, and text as it is. */
export const ask = (node: { readonly url: string }, method: string, path: string, shown: Shown = {}, body?: unknown): Promise<Response> =>
  fetch(`${node.url}${path}`, {
    method,
    headers: showing(shown),
    ...(body === undefined ? {} : { body: typeof body === "string" ? body : JSON.stringify(body) })
  })

/** The JSON of an answer that must have this status. */
export const answered = async <Body>(response: Response, status: number): Promise<Body> => {
  const text = await response.text()
  expect(response.status, text).toBe(status)
  return JSON.parse(text)
}

/** A problem document (RFC 9457) that is fit for strangers. */
export const expectProblem = async (response: Response, status: number): Promise<void> => {
  const text = await response.text()
  expect(response.status, text).toBe(status)
  expect(response.headers.get("content-type")).toMatch(/^application\/problem\+json/)
  expect(JSON.parse(text)).toEqual({
    type: expect.any(String),
    title: expect.stringMatching(/^.{3,80}$/),
    status,
    detail: expect.stringMatching(/^.{3,200}$/)
  })
  expect(text).not.toMatch(/\bat \S+ ?\(|node_modules|\.[mt]s:\d+|Error:|SELECT|INSERT/)
  expect(response.headers.get("www-authenticate")).toBe(status === 401 ? "Bearer" : null)
}
