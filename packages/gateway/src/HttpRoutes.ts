/**
 * The HTTP edge: the page, files, health and metrics. Every error is a problem document (RFC 9457), and no stack trace
 * or internal message ever leaves.
 */
import { type FileDamaged, type FileMissing, type FileMoved, type FileUnavailable, Limits, type Problem, problem } from "@easel/protocol"
import { ClusterMembers, type FileRow, Files, PresenceStore } from "@easel/store"
import * as ByteSize from "effect/ByteSize"
import * as Cause from "effect/Cause"
import type { AlreadyProcessingMessage, EntityNotAssignedToRunner, MailboxFull, PersistenceError } from "effect/cluster/ClusterError"
import * as Effect from "effect/Effect"
import * as HttpIncomingMessage from "effect/http/HttpIncomingMessage"
import * as HttpRouter from "effect/http/HttpRouter"
import * as HttpServerError from "effect/http/HttpServerError"
import * as HttpServerRequest from "effect/http/HttpServerRequest"
import * as HttpServerResponse from "effect/http/HttpServerResponse"
import * as Layer from "effect/Layer"
import * as Schedule from "effect/Schedule"
import * as Schema from "effect/Schema"
import { clusterView } from "./clusterView.ts"
import { FileClients } from "./FileClients.ts"
import type { Page } from "./Page.ts"
import { fileEvents, readPresence } from "./presenceRoutes.ts"

/** A request body, in bytes. */
const bodyBytesMax = 64 * 1024

/** About a second in all, which is what a move takes. */
const readRetry = Schedule.spaced("100 millis")

const pageFilesDefault = 50
const pageFilesMax = 200

class HttpProblem extends Schema.TaggedError<HttpProblem>()("HttpProblem", {
  status: Schema.Int,
  problem: Schema.Unknown
}) {}

const fail = (body: Problem) => Effect.fail(new HttpProblem({ status: body.status, problem: body }))

const FileName = Schema.Struct({
  name: Schema.String.check(
    Schema.isMinLength(1),
    Schema.isMaxLength(Limits.fileNameCharsMax),
    Schema.makeFilter((name) => (name.isWellFormed() && !name.includes("\u0000")) || "holds NUL or a lone surrogate")
  )
})

const nameInBody = Effect.gen(function*() {
  const request = yield* HttpServerRequest.HttpServerRequest
  const body = yield* request.json.pipe(
    Effect.provideService(HttpIncomingMessage.MaxBodySize, ByteSize.bytes(bodyBytesMax)),
    Effect.catch(() => fail(problem(400, `the body is JSON {"name": "..."} of at most ${bodyBytesMax} bytes`)))
  )
  const { name } = yield* Schema.decodeUnknownEffect(FileName)(body).pipe(
    Effect.catch(() => fail(problem(400, `name is a text of 1 to ${Limits.fileNameCharsMax} characters`)))
  )
  return name
})

const createFile = Effect.gen(function*() {
  const name = yield* nameInBody
  const file = yield* (yield* Files).create(name)
  return yield* HttpServerResponse.json(fileBody(file), { status: 201, headers: { location: `/api/files/${file.id}` } })
})

/** Newest first. Another page, if there is one, is named in the Link header (RFC 8288). */
const listFiles = Effect.gen(function*() {
  const request = yield* HttpServerRequest.HttpServerRequest
  const query = new URL(request.url, "http://easel").searchParams
  const limit = Number(query.get("limit") ?? pageFilesDefault)
  if (!Number.isInteger(limit) || limit < 1 || limit > pageFilesMax) {
    return yield* fail(problem(400, `limit is a whole number from 1 to ${pageFilesMax}`))
  }
  const cursorText = query.get("cursor")
  const after = cursorText === null ? undefined : decodeCursor(cursorText)
  if (cursorText !== null && after === undefined) return yield* fail(problem(400, "cursor is one that this server gave"))
  const found = yield* (yield* Files).list(limit + 1, after)
  const files = found.slice(0, limit)
  const last = found.length > limit ? files.at(-1) : undefined
  const headers = last === undefined ? {} : { link: `</api/files?limit=${limit}&cursor=${encodeCursor(last)}>; rel="next"` }
  return yield* HttpServerResponse.json(files.map(fileBody), { headers })
})

const isUuid = Schema.is(Schema.String.check(Schema.isUUID()))

const existingFile = Effect.gen(function*() {
  const { id = "" } = yield* HttpRouter.params
  if (!isUuid(id)) return yield* fail(problem(404, "no file has this id"))
  return yield* (yield* Files).find(id.toLowerCase()).pipe(
    Effect.catchTag("FileMissing", () => fail(problem(404, "no file has this id")))
  )
})

type FileError = FileMissing | FileDamaged | FileUnavailable | FileMoved | MailboxFull | AlreadyProcessingMessage | EntityNotAssignedToRunner | PersistenceError

/** Why a file's actor did not answer, as a problem. */
const fileProblem = (error: FileError): Effect.Effect<never, HttpProblem> => {
  switch (error._tag) {
    case "FileMissing":
      return fail(problem(404, "no file has this id"))
    case "FileDamaged":
      return fail(problem(500, "the file is damaged and cannot be opened: tell its operator"))
    default:
      return fail(problem(503, "the file cannot be opened now: try again"))
  }
}

const renameFile = (clients: FileClients["Service"]) =>
  Effect.gen(function*() {
    const { id } = yield* existingFile
    const name = yield* nameInBody
    yield* Effect.catch(clients.of(id).Rename({ name }), fileProblem)
    return yield* HttpServerResponse.json(fileBody(yield* existingFile))
  })

const readFile = (clients: FileClients["Service"]) =>
  Effect.gen(function*() {
    const { id } = yield* existingFile
    const read = yield* clients.of(id).Read().pipe(
      // While a file moves its former owner answers that it is not there.
      Effect.retry({ while: ({ _tag }) => _tag === "FileUnavailable", times: 10, schedule: readRetry }),
      Effect.catch(fileProblem)
    )
    const head = Buffer.from(`{"seq":${read.seq},"epoch":${read.epoch},"digest":"${read.digest}",`, "utf8")
    // The body is a JSON object; its opening brace is replaced by the head.
    return HttpServerResponse.uint8Array(Buffer.concat([head, read.body.subarray(1)]), { contentType: "application/json" })
  })

const filePresence = (clients: FileClients["Service"]) =>
  Effect.gen(function*() {
    const { id } = yield* existingFile
    return yield* Effect.catchTag(readPresence(id, clients.of(id)), "StoreUnavailable", () =>
      fail(problem(503, "presence cannot be read now: try again"))).pipe(
        Effect.catch((error) => error instanceof HttpProblem ? Effect.fail(error) : fileProblem(error)))
  })

const listen = (draining: Effect.Effect<void>) =>
  Effect.gen(function*() {
    return (yield* fileEvents(draining)) ?? (yield* fail(problem(503, "too many listen already: try again later")))
  })

const ready = Effect.gen(function*() {
  const files = yield* Files
  yield* Effect.catchDefect(files.list(1), () => fail(problem(503, "the database cannot be used")))
  return HttpServerResponse.text("ready\n")
})

const readCluster = Effect.gen(function*() {
  const members = yield* ClusterMembers
  return yield* HttpServerResponse.json(clusterView(yield* members.all, yield* members.shards))
})

const pageFile = (page: Page, pathOf: (url: string) => string) =>
  Effect.gen(function*() {
    const { headers, url } = yield* HttpServerRequest.HttpServerRequest
    return page.respond(pathOf(url.split("?", 1)[0] ?? ""), headers) ?? (yield* fail(problem(404, "there is nothing here")))
  })

export interface RoutesOptions {
  readonly page: Page
  /** What `/metrics` says. */
  readonly metrics: Effect.Effect<string>
  /** Ends when the server takes no more requests: streams that would never end do so then. */
  readonly draining: Effect.Effect<void>
}

/** All routes, with every failure turned into a problem document. */
export const routes = ({ draining, metrics, page }: RoutesOptions) => Layer.effectDiscard(Effect.gen(function*() {
  const router = yield* HttpRouter.HttpRouter
  const files = yield* Files
  const members = yield* ClusterMembers
  const presence = yield* PresenceStore
  const clients = yield* FileClients
  const serve = <E>(handler: Effect.Effect<HttpServerResponse.HttpServerResponse, E, ClusterMembers | Files | PresenceStore | HttpRouter.Provided>) =>
    handler.pipe(Effect.provideService(Files, files), Effect.provideService(ClusterMembers, members), Effect.provideService(PresenceStore, presence), Effect.catchCause(toProblem))
  const index = serve(pageFile(page, () => "index.html"))
  const asset = serve(pageFile(page, (path) => path.slice(1)))
  yield* router.add("GET", "/", index)
  yield* router.add("GET", "/f/*", index)
  yield* router.add("GET", "/assets/*", asset)
  yield* router.add("GET", "/serviceWorker.js", asset)
  yield* router.add("POST", "/api/files", serve(createFile))
  yield* router.add("GET", "/api/files", serve(listFiles))
  yield* router.add("GET", "/api/files/:id", serve(readFile(clients)))
  yield* router.add("PATCH", "/api/files/:id", serve(renameFile(clients)))
  yield* router.add("GET", "/api/files/:id/presence", serve(filePresence(clients)))
  yield* router.add("GET", "/api/events", serve(listen(draining)))
  yield* router.add("GET", "/api/cluster", serve(readCluster))
  yield* router.add("GET", "/healthz", serve(Effect.succeed(HttpServerResponse.text("ok\n"))))
  yield* router.add("GET", "/readyz", serve(ready))
  yield* router.add("GET", "/metrics", serve(Effect.map(metrics, (text) =>
    HttpServerResponse.text(text, { contentType: "text/plain; version=0.0.4; charset=utf-8" }))))
  // Not "*", which would take HEAD: without a route of its own, HEAD is answered as GET is.
  for (const method of ["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"] as const) yield* router.add(method, "/*", serve(nothing))
}))

/** Of every answer that does not say otherwise, as the page does: for programs, to be kept and framed by nobody. */
const securityHeaders = {
  "cache-control": "no-store",
  "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
  "cross-origin-resource-policy": "same-origin",
  "referrer-policy": "no-referrer",
  "x-content-type-options": "nosniff"
}

export const secured = (response: HttpServerResponse.HttpServerResponse): HttpServerResponse.HttpServerResponse =>
  HttpServerResponse.setHeaders(response, { ...securityHeaders, ...response.headers })

const methodsOf: ReadonlyArray<readonly [path: RegExp, methods: string]> = [
  [/^\/api\/files$/, "GET, POST"],
  [/^\/api\/files\/[^/]+$/, "GET, PATCH"],
  [/^\/$|^\/(api\/(cluster|events)|api\/files\/[^/]+\/presence|healthz|readyz|metrics)$|^\/(f|assets)\//, "GET"]
]

/** No route: the method is another than the path has, or there is no such path. */
const nothing = Effect.gen(function*() {
  const { method, url } = yield* HttpServerRequest.HttpServerRequest
  const [, methods] = methodsOf.find(([pattern]) => pattern.test(url.split("?", 1)[0] ?? "")) ?? []
  if (methods === undefined || methods.includes(method)) return yield* fail(problem(404, "there is nothing here"))
  return HttpServerResponse.setHeader(problemResponse(405, problem(405, `the methods here are ${methods}`)), "allow", methods)
})

export const toProblem = (cause: Cause.Cause<unknown>): Effect.Effect<HttpServerResponse.HttpServerResponse> => {
  const error = Cause.findErrorOption(cause)
  if (error._tag === "Some" && error.value instanceof HttpProblem) {
    return Effect.succeed(problemResponse(error.value.status, error.value.problem))
  }
  if (error._tag === "Some" && Schema.is(Tagged)(error.value) && error.value._tag === "StoreUnavailable") {
    return Effect.succeed(problemResponse(503, problem(503, "the database does not answer: try again")))
  }
  if (error._tag === "Some" && HttpServerError.isHttpServerError(error.value) && error.value.reason._tag === "RouteNotFound") {
    return Effect.succeed(problemResponse(404, problem(404, "there is nothing here")))
  }
  if (Cause.hasInterruptsOnly(cause)) return Effect.interrupt
  return Effect.as(Effect.logError("A request failed", cause), problemResponse(500, problem(500, "the server failed")))
}

const Tagged = Schema.Struct({ _tag: Schema.String })

const problemResponse = (status: number, body: unknown): HttpServerResponse.HttpServerResponse =>
  HttpServerResponse.text(JSON.stringify(body), { status, contentType: "application/problem+json" })

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
