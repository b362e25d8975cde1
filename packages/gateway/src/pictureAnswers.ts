/** Pictures and images as HTTP answers them: a type and nothing else, by a tag, and without anything that could run. */
import type { BlobCorrupt, StoreUnavailable } from "@easel/store"
import { problem } from "@easel/protocol"
import * as Effect from "effect/Effect"
import * as HttpServerRequest from "effect/http/HttpServerRequest"
import * as HttpServerResponse from "effect/http/HttpServerResponse"
import { namesTag } from "./entityTag.ts"
import { fail } from "./httpProblems.ts"

/** `never`: what has this address has the same bytes for ever. Shared caches keep nothing: not everybody may read it. */
export const tagged = Effect.fnUntraced(function*<E, R>(
  tag: string,
  changes: "never" | "sometimes",
  more: Readonly<Record<string, string>>,
  answer: (headers: Readonly<Record<string, string>>) => Effect.Effect<HttpServerResponse.HttpServerResponse, E, R>
) {
  const { headers: asked } = yield* HttpServerRequest.HttpServerRequest
  const etag = `"${tag}"`
  const headers = { ...safeHeaders, "cache-control": cacheControl[changes], etag, ...more }
  return namesTag(asked["if-none-match"], etag) ? HttpServerResponse.empty({ status: 304, headers }) : yield* answer(headers)
})

const cacheControl = { never: "private, max-age=31536000, immutable", sometimes: "private, no-cache" }

const safeHeaders = {
  "content-security-policy": "default-src 'none'; sandbox; frame-ancestors 'none'",
  "vary": "authorization, easel-link"
}

export const storedBlob = <A>(blob: Effect.Effect<A, BlobCorrupt | StoreUnavailable>) =>
  Effect.catchTag(blob, "BlobCorrupt", () => fail(problem(500, "the image is damaged or lost: tell its operator")))

export const nothingPainted = () => fail(problem(503, "nothing can be painted now: try again"))
