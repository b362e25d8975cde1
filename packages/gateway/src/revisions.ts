/**
 * Of two who change the same thing at once one is told (RFC 9110, `ETag`, `If-Match`, `If-None-Match`). A tag begins with
 * the revision of what it is about, which counts its changes; that of a file's document has its seq behind it, which
 * changes of its name or place do not look at.
 */
import { problem } from "@easel/protocol"
import * as Effect from "effect/Effect"
import * as HttpEffect from "effect/http/HttpEffect"
import * as HttpServerRequest from "effect/http/HttpServerRequest"
import * as HttpServerResponse from "effect/http/HttpServerResponse"
import { fail } from "./httpProblems.ts"

/** What stands in the tag that a change is about; `undefined`: whatever it is by now. */
export const askedTag = Effect.gen(function*() {
  const { headers: { "if-match": tag } } = yield* HttpServerRequest.HttpServerRequest
  if (tag === undefined || tag.trim() === "*") return undefined
  const [, text] = /^"([\w.-]+)"$/.exec(tag.trim()) ?? []
  return text ?? (yield* otherTag)
})

const otherTag = fail(problem(412, "If-Match is one ETag that this server gave"))

/** The same, of what has a revision. */
export const askedRevision = Effect.gen(function*() {
  const tag = yield* askedTag
  if (tag === undefined) return undefined
  const [, revision] = /^(\d{1,15})(?:\.\d+)?$/.exec(tag) ?? []
  return revision === undefined ? yield* otherTag : Number(revision)
})

/** Whether the caller has what the tag names. */
export const hasAlready = (tag: string) =>
  Effect.map(HttpServerRequest.HttpServerRequest, ({ headers: { "if-none-match": tags } }) =>
    tags !== undefined && tags.split(",").some((each) => each.trim().replace(/^W\//, "") === tag))

export const notModified = (tag: string) => HttpServerResponse.empty({ status: 304, headers: { etag: tag } })

/** Answers with the tag, or that the caller has it already. */
export const tagged = Effect.fnUntraced(function*<A>(tag: string, body: A) {
  if (yield* hasAlready(tag)) return notModified(tag)
  yield* HttpEffect.appendPreResponseHandler((_request, response) => Effect.succeed(HttpServerResponse.setHeader(response, "etag", tag)))
  return body
})

/** Of what has a revision. */
export const revised = <A extends { readonly revision: number }>(body: A) => tagged(tagOf(body.revision), body)

const tagOf = (revision: number): string => `"${revision}"`
