/** The cluster as an operator sees it, and what happens in all files. */
import * as Sse from "effect/encoding/Sse"
import * as HttpApiEndpoint from "effect/http-api/HttpApiEndpoint"
import * as HttpApiGroup from "effect/http-api/HttpApiGroup"
import * as HttpApiSchema from "effect/http-api/HttpApiSchema"
import * as OpenApi from "effect/http-api/OpenApi"
import * as Schema from "effect/Schema"
import { Authorization, byUsers } from "./Authorization.ts"
import { always, NotAllowed } from "./problems.ts"
import { Time } from "./texts.ts"

const Runner = Schema.Struct({
  address: Schema.String,
  role: Schema.String,
  state: Schema.String,
  silentMillis: Schema.Int,
  joinedAt: Time,
  shards: Schema.Int,
  filesOpen: Schema.Int,
  groups: Schema.Json.annotate({ description: "Names of shard groups." }),
  hotFiles: Schema.Json.annotate({ description: "A list of {fileId, editors, operationsPerSecond}." })
})

const Node = Schema.Struct({ name: Schema.String, url: Schema.NullOr(Schema.String), members: Schema.Array(Runner) })

const ClusterView = Schema.Struct({
  healthy: Schema.Boolean.annotate({ description: "Whether every member is alive and every shard is held by one that is." }),
  nodes: Schema.Array(Node),
  shards: Schema.Record(Schema.String, Schema.Int).annotate({ description: "Shards held, by group." }),
  filesOpen: Schema.Int
}).annotate({ identifier: "Cluster" })

export type ClusterView = typeof ClusterView.Type

const event = <const Name extends string, Fields extends Schema.Struct.Fields>(name: Name, fields: Fields) =>
  Schema.Struct({ ...Sse.EventEncoded.fields, event: Schema.Literal(name), data: Schema.fromJsonString(Schema.Struct(fields)) })

const FileEvents = HttpApiSchema.StreamSse({
  events: Schema.Union([
    event("join", { fileId: Schema.String, clientId: Schema.String, userId: Schema.String, userName: Schema.String, color: Schema.String }),
    event("leave", { fileId: Schema.String, clientId: Schema.String }),
    event("updated", { fileId: Schema.String, seq: Schema.Int, name: Schema.String })
  ])
})

export class ClusterGroup extends HttpApiGroup.make("cluster")
  .add(
    HttpApiEndpoint.get("read", "/api/cluster", { success: ClusterView, error: [NotAllowed, ...always] })
      .annotate(OpenApi.Summary, "The nodes, their runners and what they host; for admins"),
    HttpApiEndpoint.get("events", "/api/events", { success: FileEvents, error: always })
      .annotate(OpenApi.Summary, "A stream of who joins and leaves the files that the caller may read, and which of them are edited")
  )
  .middleware(Authorization)
  .annotateEndpoints(OpenApi.Override, byUsers)
  .annotateMerge(OpenApi.annotations({ title: "Cluster", description: "The nodes, and what happens in all files." }))
{}
