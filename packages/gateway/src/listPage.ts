/** Pages of what is listed newest first. Another page, if there is one, is named in the Link header (RFC 8288). */
import { problem } from "@easel/protocol"
import { pageLimit, type PageQuery } from "@easel/protocol/api"
import * as Effect from "effect/Effect"
import * as HttpServerRequest from "effect/http/HttpServerRequest"
import { fail } from "./httpProblems.ts"
import { isUuid } from "./requestPath.ts"

interface Listed {
  /** Milliseconds since 1970. */
  readonly createdAt: number
  readonly id: string
}

/** What a request asks for, by `limit` and `cursor`. */
export const askedPage = Effect.fnUntraced(function*(query: PageQuery) {
  const { url } = yield* HttpServerRequest.HttpServerRequest
  const { pathname, searchParams } = new URL(url, "http://easel")
  const limit = pageLimit(query)
  const after = query.cursor === undefined ? undefined : decodeCursor(query.cursor)
  if (query.cursor !== undefined && after === undefined) return yield* fail(problem(400, "cursor is one that this server gave"))
  /** One more than is shown tells whether there are more. */
  const answer = <A extends Listed>(found: ReadonlyArray<A>) => {
    const shown = found.slice(0, limit)
    const last = found.length > limit ? shown.at(-1) : undefined
    if (last === undefined) return { shown, headers: {} }
    searchParams.set("limit", String(limit))
    searchParams.set("cursor", encodeCursor(last))
    return { shown, headers: { link: `<${pathname}?${searchParams}>; rel="next"` } }
  }
  return { take: limit + 1, after, answer }
})

const encodeCursor = ({ createdAt, id }: Listed): string => Buffer.from(JSON.stringify([createdAt, id])).toString("base64url")

const decodeCursor = (text: string): Listed | undefined => {
  try {
    const [createdAt, id]: ReadonlyArray<unknown> = JSON.parse(Buffer.from(text, "base64url").toString("utf8"))
    // The times of JavaScript are times of PostgreSQL, too, from 1970 on.
    return typeof createdAt === "number" && createdAt >= 0 && createdAt <= 8.64e15 && isUuid(id) ? { createdAt, id } : undefined
  } catch {
    return undefined
  }
}
