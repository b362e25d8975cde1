/** How a node is, for what runs it, and this API itself. Nobody is asked who he is. */
import * as HttpApiEndpoint from "effect/http-api/HttpApiEndpoint"
import * as HttpApiGroup from "effect/http-api/HttpApiGroup"
import * as HttpApiSchema from "effect/http-api/HttpApiSchema"
import * as OpenApi from "effect/http-api/OpenApi"
import * as Schema from "effect/Schema"
import { always } from "./problems.ts"

const text = (contentType: string) => Schema.String.pipe(HttpApiSchema.asText({ contentType }))

export class NodeGroup extends HttpApiGroup.make("node")
  .add(
    HttpApiEndpoint.get("health", "/healthz", { success: text("text/plain") }).annotate(OpenApi.Summary, "200 while the process lives"),
    HttpApiEndpoint.get("readiness", "/readyz", { success: text("text/plain"), error: always })
      .annotate(OpenApi.Summary, "200 while the node can reach its database"),
    HttpApiEndpoint.get("metrics", "/metrics", { success: text("text/plain; version=0.0.4; charset=utf-8"), error: always })
      .annotate(OpenApi.Summary, "Metrics as Prometheus reads them"),
    HttpApiEndpoint.get("openapi", "/api/openapi.json", { success: Schema.JsonObject }).annotate(OpenApi.Summary, "This document, OpenAPI 3.1"),
    HttpApiEndpoint.get("docs", "/api/docs", { success: text("text/html; charset=utf-8") }).annotate(OpenApi.Summary, "This document as a page")
  )
  .annotateMerge(OpenApi.annotations({ title: "Node", description: "How a node is, and this API itself. Nobody is asked who he is." }))
{}
