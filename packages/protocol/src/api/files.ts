/** Files: making, listing, reading and naming them, and who is in them. */
import * as HttpApiEndpoint from "effect/http-api/HttpApiEndpoint"
import * as HttpApiGroup from "effect/http-api/HttpApiGroup"
import * as HttpApiSchema from "effect/http-api/HttpApiSchema"
import * as OpenApi from "effect/http-api/OpenApi"
import * as Schema from "effect/Schema"
import { Authorization, byAnybody, byUsers } from "./Authorization.ts"
import { describesLimit, paged, pageQuery } from "./pages.ts"
import { aboutOne, always, BadRequest, Missing, NotAllowed } from "./problems.ts"
import { fileId, located, Name, nameShape, Time, Uuid } from "./texts.ts"

export const NewFile = Schema.Struct({ name: Name, teamId: Schema.optionalKey(Uuid) }).annotate({
  description: `{"name": ${nameShape}, "teamId"?: UUID}`
})

export const Renamed = Schema.Struct({ name: Name }).annotate({ description: `{"name": ${nameShape}}` })

export const FileSummary = Schema.Struct({
  id: Schema.String,
  name: Schema.String,
  seq: Schema.Int.annotate({ description: "The position of its last operation; 0 for a new file." }),
  createdAt: Time,
  updatedAt: Time
}).annotate({ identifier: "File" })

const ObjectView = Schema.Record(Schema.String, Schema.Json)

/** Committed state only. */
export const FileDocument = Schema.Struct({
  id: Schema.String,
  name: Schema.String,
  seq: Schema.Int,
  epoch: Schema.Int,
  digest: Schema.String.annotate({ description: "The SHA-256 of the canonical form, in hex." }),
  objects: Schema.Array(ObjectView).annotate({ description: "In paint order, parents first." }),
  deleted: Schema.Array(ObjectView)
}).annotate({ identifier: "Document" })

const Presence = Schema.Struct({
  presence: Schema.Array(Schema.Struct({
    clientId: Schema.String,
    userId: Schema.String,
    userName: Schema.String,
    color: Schema.String,
    cursor: Schema.Json,
    selection: Schema.Json,
    viewport: Schema.Json
  }))
}).annotate({ identifier: "Presence" })

export class FilesGroup extends HttpApiGroup.make("files")
  .add(
    HttpApiEndpoint.post("create", "/api/files", {
      payload: NewFile,
      success: HttpApiSchema.WithHeaders(FileSummary.pipe(HttpApiSchema.status(201)), located),
      error: [BadRequest, NotAllowed, Missing, ...always]
    }).annotate(OpenApi.Summary, "Makes a file, which its maker owns; in a team, if he is an editor there"),
    HttpApiEndpoint.get("list", "/api/files", {
      query: pageQuery,
      success: HttpApiSchema.WithHeaders(Schema.Array(FileSummary), paged),
      error: [BadRequest, ...always]
    }).annotate(OpenApi.Summary, "Lists the files that the caller may read, in pages, newest first").annotate(OpenApi.Transform, describesLimit)
  )
  .annotateEndpoints(OpenApi.Override, byUsers)
  .add(
    HttpApiEndpoint.get("read", "/api/files/:id", { params: fileId, success: FileDocument, error: aboutOne })
      .annotate(OpenApi.Summary, "Reads a file, committed state only")
      .annotate(OpenApi.Override, byAnybody),
    HttpApiEndpoint.patch("rename", "/api/files/:id", { params: fileId, payload: Renamed, success: FileSummary, error: [BadRequest, ...aboutOne] })
      .annotate(OpenApi.Summary, "Names a file, and tells everybody who has it open")
      .annotate(OpenApi.Override, byAnybody),
    HttpApiEndpoint.get("presence", "/api/files/:id/presence", { params: fileId, success: Presence, error: aboutOne })
      .annotate(OpenApi.Summary, "Who is in a file")
      .annotate(OpenApi.Override, byAnybody)
  )
  .middleware(Authorization)
  .annotateMerge(OpenApi.annotations({ title: "Files", description: "Making, listing, reading and naming files, and who is in them." }))
{}
