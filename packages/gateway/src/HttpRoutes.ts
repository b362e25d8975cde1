/**
 * The HTTP edge: the API, the page, and what there is not. Every error is a problem document (RFC 9457), and no stack
 * trace or internal message ever leaves.
 */
import { problem } from "@easel/protocol"
import { EaselApi } from "@easel/protocol/api"
import * as Effect from "effect/Effect"
import * as HttpRouter from "effect/http/HttpRouter"
import * as HttpServerRequest from "effect/http/HttpServerRequest"
import * as HttpServerResponse from "effect/http/HttpServerResponse"
import * as Layer from "effect/Layer"
import { apiRoutes, type NodeCalls } from "./apiHandlers.ts"
import { fail, problemResponse, toProblem } from "./httpProblems.ts"
import type { Page } from "./Page.ts"

export interface RoutesOptions extends NodeCalls {
  readonly page: Page
}

export const routes = ({ page, ...calls }: RoutesOptions) => Layer.mergeAll(apiRoutes(calls), pageRoutes(page), noRoutes)

const pageRoutes = (page: Page) =>
  HttpRouter.use((router) => Effect.gen(function*() {
    const index = pageFile(page, () => "index.html")
    const asset = pageFile(page, (path) => path.slice(1))
    yield* router.add("GET", "/", index)
    yield* router.add("GET", "/f/*", index)
    yield* router.add("GET", "/assets/*", asset)
    yield* router.add("GET", "/serviceWorker.js", asset)
  }))

const pageFile = (page: Page, pathOf: (url: string) => string) =>
  Effect.gen(function*() {
    const { headers, url } = yield* HttpServerRequest.HttpServerRequest
    return page.respond(pathOf(url.split("?", 1)[0] ?? ""), headers) ?? (yield* fail(problem(404, "there is nothing here")))
  }).pipe(Effect.catchCause(toProblem))

/** Not "*", which would take HEAD: without a route of its own, HEAD is answered as GET is. */
const noRoutes = HttpRouter.use((router) =>
  Effect.forEach(["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"] as const, (method) => router.add(method, "/*", nothing), { discard: true })
)

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

const pagePaths = /^\/$|^\/(f|assets)\//

/** The methods that there are for each path of the API. */
const methodsOf = new Map<string, ReadonlyArray<string>>()
for (const group of Object.values(EaselApi.groups)) {
  for (const { method, path } of Object.values(group.endpoints)) methodsOf.set(path, [...(methodsOf.get(path) ?? []), method])
}
const methodOrder = ["GET", "POST", "PUT", "PATCH", "DELETE"]
const apiPaths = Array.from(methodsOf, ([path, methods]) => ({
  pattern: new RegExp(`^${path.replaceAll(".", "\\.").replaceAll(/:\w+/g, "[^/]+")}$`),
  methods: methodOrder.filter((method) => methods.includes(method)).join(", ")
}))

/** No route: the method is another than the path has, or there is no such path. */
const nothing = Effect.gen(function*() {
  const { method, url } = yield* HttpServerRequest.HttpServerRequest
  const path = url.split("?", 1)[0] ?? ""
  const methods = pagePaths.test(path) ? "GET" : apiPaths.find(({ pattern }) => pattern.test(path))?.methods
  if (methods === undefined || methods.includes(method)) return yield* fail(problem(404, "there is nothing here"))
  return HttpServerResponse.setHeader(problemResponse(405, problem(405, `the methods here are ${methods}`)), "allow", methods)
}).pipe(Effect.catchCause(toProblem))
