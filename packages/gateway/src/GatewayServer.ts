/** One listening HTTP server with the routes and the WebSocket edge. */
import { createServer, type ServerResponse } from "node:http"
import { problem } from "@easel/protocol"
import * as NodeHttpServer from "@effect/platform-node/NodeHttpServer"
import type { AccessNews, UsageStore } from "@easel/store"
import type * as Duration from "effect/Duration"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as HttpRouter from "effect/http/HttpRouter"
import * as Schema from "effect/Schema"
import * as Scope from "effect/Scope"
import { Authenticator } from "./auth/Authenticator.ts"
import type { FileClients } from "./FileClients.ts"
import { Hubs } from "./Hubs.ts"
import { toProblem } from "./httpProblems.ts"
import { routes, secured } from "./HttpRoutes.ts"
import type { Page } from "./Page.ts"
import type { RouteServices } from "./RouteServices.ts"
import { isLocal, notLocal } from "./Visitor.ts"
import * as webSockets from "./WebSocketServer.ts"

/** The address cannot be listened on. */
export class ListenFailed extends Schema.TaggedError<ListenFailed>()("ListenFailed", { reason: Schema.String }) {}

export interface Address {
  readonly host: string
  readonly port: number
}

export interface Door extends Address {
  /** Editors are sent away over this long when the scope closes. */
  readonly drain: Duration.Duration
  /** What `/metrics` says. */
  readonly metrics: Effect.Effect<string>
  /** Who is let in, and what each may send. */
  readonly edge: webSockets.EdgeLimits
}

/** Listens until the scope closes; then takes no new requests, closes the sockets and lets requests end. */
export const serve = Effect.fn("GatewayServer.serve")(function*(
  door: Door,
  page: Page
): Effect.fn.Return<Address, ListenFailed, AccessNews | FileClients | Hubs | RouteServices | Scope.Scope | UsageStore> {
  const scope = yield* Scope.Scope
  // What the router itself refuses, such as broken escapes, is a problem document, too.
  const draining = Deferred.makeUnsafe<void>()
  const app = Effect.map(
    Effect.catchCause(
      yield* HttpRouter.toHttpEffect(routes({ page, metrics: door.metrics, draining: Deferred.await(draining) })).pipe(
        Effect.provideService(HttpRouter.RouterConfig, { maxParamLength: paramCharsMax })
      ),
      toProblem
    ),
    secured
  )
  const server = createServer({ headersTimeout: 10_000, requestTimeout: 30_000, keepAliveTimeout: 60_000 })
  let hasListened = false
  const closed = new Promise<void>((resolve) => server.once("close", () => resolve()))
  // The last finalizer runs first: no new connections, then the sockets are sent away, then the rest gets time to end.
  yield* Effect.addFinalizer(() =>
    hasListened ? Effect.timeoutOption(Effect.promise(() => closed), "5 seconds") : Effect.void)
  const { isOpen } = yield* Authenticator
  const handle = yield* NodeHttpServer.makeHandler(app, { scope })
  server.on("request", (request, response) => isOpen && !isLocal(request) ? refuse(response) : handle(request, response))
  yield* webSockets.serve(server, door.drain, door.edge)
  yield* Effect.callback<void, ListenFailed>((resume) => {
    server.once("error", (cause) => resume(Effect.fail(new ListenFailed({ reason: reasonOf(cause, door) }))))
    server.listen(door.port, door.host, () => resume(Effect.void))
  })
  hasListened = true
  yield* Effect.addFinalizer(() =>
    Effect.sync(() => {
      server.close()
      server.closeIdleConnections()
      Deferred.doneUnsafe(draining, Effect.void)
    })
  )
  const bound = server.address()
  return { host: door.host, port: typeof bound === "object" && bound !== null ? bound.port : door.port }
})

const refuse = (response: ServerResponse): void => {
  response.writeHead(403, { "content-type": "application/problem+json", connection: "close" }).end(JSON.stringify(problem(403, notLocal)))
}

/** A part of a path. Routes refuse what is too long for them, and say so; the bound of headers holds for the path, too. */
const paramCharsMax = 16 * 1024

const reasonOf = (cause: Error, { host, port }: Address): string => {
  const code = "code" in cause ? cause.code : undefined
  if (code === "EADDRINUSE") return `port ${port} on ${host} is taken: set PORT to another one`
  if (code === "EACCES") return `port ${port} on ${host} needs privileges: set PORT to another one`
  return `cannot listen on ${host}:${port}: ${cause.message}`
}
