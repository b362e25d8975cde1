/** Files: making, listing, reading and naming them, and who is in them. */
import * as HttpApiEndpoint from "effect/http-api/HttpApiEndpoint"
import * as HttpApiGroup from "effect/http-api/HttpApiGroup"
import * as HttpApiSchema from "effect/http-api/HttpApiSchema"
import * as OpenApi from "effect/http-api/OpenApi"
import * as Schema from "effect/Schema"
import { Authorization, byAnybody, byUsers } from "./Authorization.ts"
import { describesLimit, paged, pageQuery, type PageQuery } from "./pages.ts"
import { aboutOne, always, BadRequest, Conflict, KeyTaken, Stale } from "./problems.ts"
import { conditional, describesKey, describesSeq, fileId, located, Name, nameShape, repeatable, revision, Seq, Time, Uuid } from "./texts.ts"

export const NewFile = Schema.Struct({ name: Name, teamId: Schema.optionalKey(Uuid), projectId: Schema.optionalKey(Uuid) }).annotate({
  description: `{"name": ${nameShape}, "teamId"?: UUID, "projectId"?: UUID}`
})

/** Of a file, what it is now or was at a seq. */
export const NewCopy = Schema.Struct({
  name: Schema.optionalKey(Name),
  seq: Schema.optionalKey(Seq),
  teamId: Schema.optionalKey(Uuid),
  projectId: Schema.optionalKey(Uuid)
}).annotate({ description: `{"name"?: ${nameShape}, "seq"?: number, "teamId"?: UUID, "projectId"?: UUID}` })

/** One at a time. */
export const FileChange = Schema.Union([
  Schema.Struct({ name: Name }),
  Schema.Struct({ projectId: Schema.NullOr(Uuid) }),
  Schema.Struct({ teamId: Schema.NullOr(Uuid) }),
  Schema.Struct({ trashed: Schema.Boolean })
], { mode: "oneOf" }).annotate({
  description: `{"name": ${nameShape}}, {"projectId": UUID or null}, {"teamId": UUID or null} or {"trashed": true or false}`
})
export type FileChange = typeof FileChange.Type

const filesQuery = {
  ...pageQuery,
  name: Schema.optional(Name.annotate({
    description: "What their names hold, whatever the case; less than three characters are what they begin with."
  })),
  teamId: Schema.optional(Uuid.annotate({ description: "Those of one team." })),
  projectId: Schema.optional(Uuid.annotate({ description: "Those of one project." })),
  trashed: Schema.optional(Schema.Literals(["true", "false"]).annotate({ description: "What is in the trash, in place of what is not." }))
}

export interface FilesQuery extends PageQuery {
  readonly name?: string | undefined
  readonly teamId?: string | undefined
  readonly projectId?: string | undefined
  readonly trashed?: "true" | "false" | undefined
}

export const FileSummary = Schema.Struct({
  id: Schema.String,
  name: Schema.String,
  teamId: Schema.NullOr(Schema.String),
  projectId: Schema.NullOr(Schema.String),
  revision,
  seq: Schema.Int.annotate({ description: "The position of its last operation; 0 for a new file." }),
  createdAt: Time,
  updatedAt: Time,
  trashedAt: Schema.NullOr(Time).annotate({ description: "`null` when it is not in the trash." })
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
      error: [BadRequest, Conflict, KeyTaken, ...aboutOne]
    }).annotate(OpenApi.Summary, "Makes a file, which its maker owns; in a team, if he is an editor there").annotate(OpenApi.Transform, describesKey),
    HttpApiEndpoint.post("duplicate", "/api/files/:id/duplicate", {
      params: fileId,
      headers: repeatable,
      payload: NewCopy,
      success: HttpApiSchema.WithHeaders(FileSummary.pipe(HttpApiSchema.status(201)), located),
      error: [BadRequest, Conflict, KeyTaken, ...aboutOne]
    }).annotate(OpenApi.Summary, "Makes a file of what another one is, or was at a seq"),
    HttpApiEndpoint.get("list", "/api/files", {
      query: filesQuery,
      success: HttpApiSchema.WithHeaders(Schema.Array(FileSummary), paged),
      error: [BadRequest, ...always]
    }).annotate(OpenApi.Summary, "Lists and searches the files in which the caller has a role, in pages, newest first").annotate(OpenApi.Transform, describesLimit),
    HttpApiEndpoint.delete("remove", "/api/files/:id", { params: fileId, headers: conditional, error: [Conflict, Stale, ...aboutOne] })
      .annotate(OpenApi.Summary, "Deletes a file that is in the trash for good, by its owners")
  )
  .annotateEndpoints(OpenApi.Override, byUsers)
  .add(
    HttpApiEndpoint.get("read", "/api/files/:id", { params: fileId, success: FileDocument, error: [BadRequest, ...aboutOne] })
      .annotate(OpenApi.Summary, "Reads a file, committed state only, as it is or was at a seq")
      .annotate(OpenApi.Transform, describesSeq)
      .annotate(OpenApi.Override, byAnybody),
    HttpApiEndpoint.patch("change", "/api/files/:id", {
      params: fileId,
      headers: conditional,
      payload: FileChange,
      success: FileSummary,
      error: [BadRequest, Stale, ...aboutOne]
    }).annotate(OpenApi.Summary, "Names a file, moves it to another project or team, or puts it into the trash or takes it out; of these, a share link lets its holder name it")
      .annotate(OpenApi.Override, byAnybody),
    HttpApiEndpoint.get("presence", "/api/files/:id/presence", { params: fileId, success: Presence, error: aboutOne })
      .annotate(OpenApi.Summary, "Who is in a file")
      .annotate(OpenApi.Override, byAnybody)
  )
  .middleware(Authorization)
  .annotateMerge(OpenApi.annotations({ title: "Files", description: "Making, listing, reading and naming files, and who is in them." }))
{}
