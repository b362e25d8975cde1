/** H20: the definition of the API has every route that there is. */
import { EaselApi } from "@easel/protocol/api"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as OpenApi from "effect/http-api/OpenApi"
import * as HttpRouter from "effect/http/HttpRouter"
import * as Layer from "effect/Layer"
import { expect, test } from "vitest"
import { routes } from "../../../packages/gateway/src/HttpRoutes.ts"
import { Page } from "../../../packages/gateway/src/Page.ts"
import type { RouteServices } from "../../../packages/gateway/src/RouteServices.ts"

/** What is no call for programs: the editor's page, and the answer where nothing is. */
const beside = ["GET /", "GET /f/*", "GET /assets/*", "GET /serviceWorker.js", ...["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"].map((method) => `${method} /*`)]

test("H20: the document has every route of the server, and no other", async () => {
  const added: Array<string> = []
  const router = await Effect.runPromise(HttpRouter.make)
  const recording = HttpRouter.HttpRouter.of({
    ...router,
    add: (method, path) => Effect.sync(() => void added.push(`${method} ${path}`)),
    addAll: (routes) => Effect.sync(() => void added.push(...routes.map(({ method, path }) => `${method} ${path}`)))
  })
  const layer = routes({ page: new Page(new Map()), metrics: Effect.succeed(""), draining: Effect.never }).pipe(
    Layer.provide(Layer.succeed(HttpRouter.HttpRouter, recording)),
    // SAFETY: no route is called, so none asks for a service.
    Layer.provide(Layer.succeedContext(Context.empty() as Context.Context<RouteServices>))
  )
  await Effect.runPromise(Effect.scoped(Layer.build(layer)))
  const documented = Object.entries(OpenApi.fromApi(EaselApi).paths).flatMap(([path, item]) =>
    Object.keys(item).map((method) => `${method.toUpperCase()} ${path.replaceAll(/\{(\w+)\}/g, ":$1")}`))
  expect(added.filter((route) => !beside.includes(route)).sort()).toEqual(documented.sort())
})
