/** Files over HTTP: making, listing, reading and naming them. */
import { problem } from "@easel/protocol"
import { type FileRow, Files } from "@easel/store"
import * as Effect from "effect/Effect"
import * as HttpServerRequest from "effect/http/HttpServerRequest"
import * as HttpServerResponse from "effect/http/HttpServerResponse"
import * as Schedule from "effect/Schedule"
import * as Schema from "effect/Schema"
import { accountOf, callerOf } from "./auth/requestCaller.ts"
import { requireInFile, requireInTeam } from "./auth/requireRole.ts"
import type { FileClients } from "./FileClients.ts"
import { fail, fileProblem, HttpProblem } from "./httpProblems.ts"
import { readPresence } from "./presenceRoutes.ts"
import { bodyBy, Name, nameShape } from "./requestBody.ts"
import { existingFile, isUuid } from "./requestPath.ts"

/** About a second in all, which is what a move takes. */
const readRetry = Schedule.spaced("100 millis")

const pageFilesDefault = 50
const pageFilesMax = 200

const NewFile = Schema.Struct({ name: Name, teamId: Schema.optional(Schema.String.check(Schema.isUUID())) })
const Renamed = Schema.Struct({ name: Name })

/** Who makes a file owns it. In a team its editors may make some, and its members have their roles in them. */
export const createFile = Effect.gen(function*() {
  const { identity, principal } = yield* accountOf
  const { name, teamId } = yield* bodyBy(NewFile, `{"name": ${nameShape}, "teamId"?: UUID}`)
  if (teamId !== undefined) yield* requireInTeam(teamId, principal, "edit")
  const file = yield* (yield* Files).create(name, { owner: identity?.userId, teamId })
  return yield* HttpServerResponse.json(fileBody(file), { status: 201, headers: { location: `/api/files/${file.id}` } })
})

/** Newest first. Another page, if there is one, is named in the Link header (RFC 8288). */
export const listFiles = Effect.gen(function*() {
  const request = yield* HttpServerRequest.HttpServerRequest
  const query = new URL(request.url, "http://easel").searchParams
  const limit = Number(query.get("limit") ?? pageFilesDefault)
  if (!Number.isInteger(limit) || limit < 1 || limit > pageFilesMax) {
    return yield* fail(problem(400, `limit is a whole number from 1 to ${pageFilesMax}`))
  }
  const cursorText = query.get("cursor")
  const after = cursorText === null ? undefined : decodeCursor(cursorText)
  if (cursorText !== null && after === undefined) return yield* fail(problem(400, "cursor is one that this server gave"))
  const { identity } = yield* accountOf
  const visibleTo = identity?.isAdmin === true ? undefined : identity?.userId
  const found = yield* (yield* Files).list(limit + 1, { after, visibleTo })
  const files = found.slice(0, limit)
  const last = found.length > limit ? files.at(-1) : undefined
  const headers = last === undefined ? {} : { link: `</api/files?limit=${limit}&cursor=${encodeCursor(last)}>; rel="next"` }
  return yield* HttpServerResponse.json(files.map(fileBody), { headers })
})

export const renameFile = (clients: FileClients["Service"]) =>
  Effect.gen(function*() {
    const { principal } = yield* callerOf
    const { id } = yield* existingFile
    const { name } = yield* bodyBy(Renamed, `{"name": ${nameShape}}`)
    yield* Effect.catch(clients.of(id).Rename({ name, by: principal }), fileProblem)
    return yield* HttpServerResponse.json(fileBody(yield* existingFile))
  })

export const readFile = (clients: FileClients["Service"]) =>
  Effect.gen(function*() {
    const { principal } = yield* callerOf
    const { id } = yield* existingFile
    const read = yield* clients.of(id).Read({ by: principal }).pipe(
      // While a file moves its former owner answers that it is not there.
      Effect.retry({ while: ({ _tag }) => _tag === "FileUnavailable", times: 10, schedule: readRetry }),
      Effect.catch(fileProblem)
    )
    const head = Buffer.from(`{"seq":${read.seq},"epoch":${read.epoch},"digest":"${read.digest}",`, "utf8")
    // The body is a JSON object; its opening brace is replaced by the head.
    return HttpServerResponse.uint8Array(Buffer.concat([head, read.body.subarray(1)]), { contentType: "application/json" })
  })

export const filePresence = (clients: FileClients["Service"]) =>
  Effect.gen(function*() {
    const { principal } = yield* callerOf
    const { id } = yield* existingFile
    yield* requireInFile(id, principal, "read")
    return yield* Effect.catchTag(readPresence(id, clients.of(id)), "StoreUnavailable", () =>
      fail(problem(503, "presence cannot be read now: try again"))).pipe(
        Effect.catch((error) => error instanceof HttpProblem ? Effect.fail(error) : fileProblem(error)))
  })

const fileBody = ({ createdAt, id, name, seq, updatedAt }: FileRow) => ({
  id,
  name,
  seq,
  createdAt: new Date(createdAt).toISOString(),
  updatedAt: new Date(updatedAt).toISOString()
})

const encodeCursor = ({ createdAt, id }: FileRow): string => Buffer.from(JSON.stringify([createdAt, id])).toString("base64url")

const decodeCursor = (text: string): { readonly createdAt: number; readonly id: string } | undefined => {
  try {
    const [createdAt, id]: ReadonlyArray<unknown> = JSON.parse(Buffer.from(text, "base64url").toString("utf8"))
    // The times of JavaScript are times of PostgreSQL, too, from 1970 on.
    return typeof createdAt === "number" && createdAt >= 0 && createdAt <= 8.64e15 && isUuid(id) ? { createdAt, id } : undefined
  } catch {
    return undefined
  }
}
