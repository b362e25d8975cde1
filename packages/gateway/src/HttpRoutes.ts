/**
 * The HTTP edge: the page, files, health and metrics. Every error is a problem document (RFC 9457), and no stack trace
 * or internal message ever leaves.
 */
import { problem } from "@easel/protocol"
import { ClusterMembers, Files } from "@easel/store"
import * as Effect from "effect/Effect"
import * as HttpRouter from "effect/http/HttpRouter"
import * as HttpServerRequest from "effect/http/HttpServerRequest"
import * as HttpServerResponse from "effect/http/HttpServerResponse"
import * as Layer from "effect/Layer"
import { adminOf } from "./auth/requestCaller.ts"
import { clusterView } from "./clusterView.ts"
import { FileClients } from "./FileClients.ts"
import { createFile, filePresence, listFiles, readFile, renameFile } from "./fileRoutes.ts"
import { fail, problemResponse, toProblem } from "./httpProblems.ts"
import { createLink, listLinks, removeLink } from "./linkRoutes.ts"
import { fileMembers, teamMembers } from "./membersRoutes.ts"
import type { Page } from "./Page.ts"
import { fileEvents } from "./presenceRoutes.ts"
import type { RouteServices } from "./RouteServices.ts"
import { createTicket, revoke, whoAmI } from "./sessionRoutes.ts"
import { createTeam, listTeams } from "./teamRoutes.ts"
import * as versions from "./versionRoutes.ts"

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
  yield* adminOf
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
  const clients = yield* FileClients
  const services = yield* Effect.context<RouteServices>()
  const serve = <E>(handler: Effect.Effect<HttpServerResponse.HttpServerResponse, E, RouteServices | HttpRouter.Provided>) =>
    handler.pipe(Effect.provideContext(services), Effect.catchCause(toProblem))
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
  yield* router.add("POST", "/api/files/:id/versions", serve(versions.saveVersion(clients)))
  yield* router.add("GET", "/api/files/:id/versions", serve(versions.listVersions(clients)))
  yield* router.add("GET", "/api/files/:id/versions/:versionId", serve(versions.getVersion(clients)))
  yield* router.add("PATCH", "/api/files/:id/versions/:versionId", serve(versions.changeVersion(clients)))
  yield* router.add("GET", "/api/files/:id/versions/:versionId/document", serve(versions.readVersion(clients)))
  yield* router.add("GET", "/api/files/:id/at/:seq", serve(versions.readSeq(clients)))
  yield* router.add("GET", "/api/files/:id/diff", serve(versions.compareStates(clients)))
  yield* router.add("GET", "/api/files/:id/blame", serve(versions.blame(clients)))
  yield* router.add("POST", "/api/files/:id/restore", serve(versions.restoreVersion(clients)))
  yield* router.add("POST", "/api/files/:id/restores/:restoreId/undo", serve(versions.undoRestore(clients)))
  yield* router.add("GET", "/api/files/:id/members", serve(fileMembers.list))
  yield* router.add("PUT", "/api/files/:id/members/:userId", serve(fileMembers.put))
  yield* router.add("DELETE", "/api/files/:id/members/:userId", serve(fileMembers.remove))
  yield* router.add("POST", "/api/files/:id/links", serve(createLink))
  yield* router.add("GET", "/api/files/:id/links", serve(listLinks))
  yield* router.add("DELETE", "/api/files/:id/links/:linkId", serve(removeLink))
  yield* router.add("POST", "/api/teams", serve(createTeam))
  yield* router.add("GET", "/api/teams", serve(listTeams))
  yield* router.add("GET", "/api/teams/:id/members", serve(teamMembers.list))
  yield* router.add("PUT", "/api/teams/:id/members/:userId", serve(teamMembers.put))
  yield* router.add("DELETE", "/api/teams/:id/members/:userId", serve(teamMembers.remove))
  yield* router.add("GET", "/api/me", serve(whoAmI))
  yield* router.add("POST", "/api/tickets", serve(createTicket))
  yield* router.add("POST", "/api/revocations", serve(revoke))
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
  [/^\/api\/(files|teams|files\/[^/]+\/(links|versions))$/, "GET, POST"],
  [/^\/api\/files\/[^/]+(\/versions\/[^/]+)?$/, "GET, PATCH"],
  [/^\/api\/files\/[^/]+\/(versions\/[^/]+\/document|at\/[^/]+|diff|blame)$/, "GET"],
  [/^\/api\/files\/[^/]+\/(restore|restores\/[^/]+\/undo)$/, "POST"],
  [/^\/api\/(files|teams)\/[^/]+\/members\/[^/]+$/, "PUT, DELETE"],
  [/^\/api\/files\/[^/]+\/links\/[^/]+$/, "DELETE"],
  [/^\/api\/(tickets|revocations)$/, "POST"],
  [/^\/$|^\/(api\/(cluster|events|me)|api\/files\/[^/]+\/presence|api\/(files|teams)\/[^/]+\/members|healthz|readyz|metrics)$|^\/(f|assets)\//, "GET"]
]

/** No route: the method is another than the path has, or there is no such path. */
const nothing = Effect.gen(function*() {
  const { method, url } = yield* HttpServerRequest.HttpServerRequest
  const [, methods] = methodsOf.find(([pattern]) => pattern.test(url.split("?", 1)[0] ?? "")) ?? []
  if (methods === undefined || methods.includes(method)) return yield* fail(problem(404, "there is nothing here"))
  return HttpServerResponse.setHeader(problemResponse(405, problem(405, `the methods here are ${methods}`)), "allow", methods)
})
