/** Objects of a file: reading some of them, now or at a seq, and editing by operations. */
import * as HttpApiEndpoint from "effect/http-api/HttpApiEndpoint"
import * as HttpApiGroup from "effect/http-api/HttpApiGroup"
import * as OpenApi from "effect/http-api/OpenApi"
import * as Schema from "effect/Schema"
import { frameOperationsMax } from "../limits.ts"
import { Authorization, byAnybody } from "./Authorization.ts"
import { aboutOne, BadRequest, Conflict, KeyTaken } from "./problems.ts"
import { atSeq, fileId, repeatable } from "./texts.ts"

/** Operations as editors send them; one without id or timestamp gets them. */
export const NodeOperations = Schema.Struct({
  operations: Schema.Array(Schema.Record(Schema.String, Schema.Json)).check(Schema.isMinLength(1), Schema.isMaxLength(frameOperationsMax))
}).annotate({
  description: `{"operations": 1 to ${frameOperationsMax} of {"operationType", "objectId", "propertyPath"?, "newValue"?, "id"?, "timestamp"?}}`
})

const ObjectView = Schema.Record(Schema.String, Schema.Json)

const Nodes = Schema.Struct({
  seq: Schema.Int,
  epoch: Schema.Int,
  nodes: Schema.Array(ObjectView).annotate({ description: "In the order that was asked for; deleted ones say so." }),
  missing: Schema.Array(Schema.String).annotate({ description: "Ids of which there is no object." })
}).annotate({ identifier: "Nodes" })

const Edited = Schema.Struct({
  seq: Schema.Int.annotate({ description: "Everything that the results speak of is committed at it." }),
  results: Schema.Array(Schema.Struct({
    id: Schema.String,
    status: Schema.Literals(["applied", "superseded", "duplicate", "rejected"]),
    seq: Schema.Int,
    reason: Schema.optionalKey(Schema.String),
    message: Schema.optionalKey(Schema.String),
    first: Schema.optionalKey(Schema.Literals(["applied", "superseded"])),
    timestamp: Schema.optionalKey(Schema.Number),
    orderKey: Schema.optionalKey(Schema.String)
  })).annotate({ description: "One for each operation, in their order." })
}).annotate({ identifier: "Edited" })

const query = { ...atSeq, ids: Schema.optional(Schema.String.annotate({ description: "Up to 200 ids of objects, with commas between." })) }

export interface NodesQuery {
  readonly ids?: string | undefined
  readonly seq?: number | undefined
}

export class NodesGroup extends HttpApiGroup.make("nodes")
  .add(
    HttpApiEndpoint.get("read", "/api/files/:id/nodes", { params: fileId, query, success: Nodes, error: [BadRequest, ...aboutOne] })
      .annotate(OpenApi.Summary, "Reads objects of a file, as they are or were at a seq"),
    HttpApiEndpoint.patch("patch", "/api/files/:id/nodes", {
      params: fileId,
      headers: repeatable,
      payload: NodeOperations,
      success: Edited,
      error: [BadRequest, Conflict, KeyTaken, ...aboutOne]
    }).annotate(OpenApi.Summary, "Edits a file by operations, and answers when they are committed")
  )
  .middleware(Authorization)
  .annotateEndpoints(OpenApi.Override, byAnybody)
  .annotateMerge(OpenApi.annotations({ title: "Nodes", description: "Objects of a file." }))
{}
