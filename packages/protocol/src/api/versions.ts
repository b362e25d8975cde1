/**
 * Versions of a file: keeping its states, listing, reading and comparing them, and bringing one back. What writes takes
 * an `Idempotency-Key`, a UUID: who sends it again gets the same answer and changes nothing more.
 */
import * as HttpApiEndpoint from "effect/http-api/HttpApiEndpoint"
import * as HttpApiGroup from "effect/http-api/HttpApiGroup"
import * as HttpApiSchema from "effect/http-api/HttpApiSchema"
import * as OpenApi from "effect/http-api/OpenApi"
import * as Schema from "effect/Schema"
import { Restored, Version as StoredVersion } from "../VersionRpcs.ts"
import { Authorization, byAnybody } from "./Authorization.ts"
import { FileDocument } from "./files.ts"
import { describesLimit, paged, pageQuery } from "./pages.ts"
import { aboutOne, BadRequest, Conflict } from "./problems.ts"
import { fileId, located, Name, nameShape, Seq, Time, Uuid } from "./texts.ts"

const ObjectIds = Schema.Array(Schema.String)

export const NewVersion = Schema.Struct({ name: Name, atLeastSeq: Schema.optionalKey(Seq) }).annotate({
  description: `{"name": ${nameShape}, "atLeastSeq"?: number}`
})

export const ChangedVersion = Schema.Union([Schema.Struct({ name: Name }), Schema.Struct({ pinned: Schema.Boolean })]).annotate({
  description: `{"name": ${nameShape}} or {"pinned": true or false}`
})

const scope = Schema.optionalKey(Schema.Union([Schema.Struct({ subtrees: ObjectIds }), Schema.Struct({ objects: ObjectIds })]))

export const WantedState = Schema.Union([Schema.Struct({ versionId: Uuid, scope }), Schema.Struct({ seq: Seq, scope })], { mode: "oneOf" }).annotate({
  description: `{"versionId": UUID} or {"seq": number}, "scope"?: {"subtrees": ids} or {"objects": ids}`
})

const Version = Schema.Struct({ ...StoredVersion.fields, createdAt: Time }).annotate({ identifier: "Version" })

const Place = Schema.Struct({ parentId: Schema.NullOr(Schema.String), orderKey: Schema.String })
const ChangedProperty = Schema.Struct({ path: Schema.String, from: Schema.optionalKey(Schema.Json), to: Schema.optionalKey(Schema.Json) })

export const Difference = Schema.Struct({
  created: ObjectIds,
  deleted: ObjectIds,
  changed: Schema.Array(Schema.Struct({ objectId: Schema.String, paths: Schema.Array(ChangedProperty) })),
  moved: Schema.Array(Schema.Struct({ objectId: Schema.String, from: Place, to: Place })),
  truncated: Schema.Struct({ created: Schema.Int, deleted: Schema.Int, changed: Schema.Int, moved: Schema.Int })
}).annotate({ identifier: "Difference" })

export const Blamed = Schema.Struct({
  objectId: Schema.String,
  propertyPath: Schema.String,
  value: Schema.Json,
  seq: Schema.Int,
  timestamp: Schema.Number,
  clientId: Schema.String,
  userId: Schema.NullOr(Schema.String)
}).annotate({ identifier: "Blame" })

const versionId = { ...fileId, versionId: Schema.String }
const headers = { "idempotency-key": Schema.optional(Schema.String.annotate({ description: "A UUID, the id of the request." })) }
const state = Schema.optional(Schema.String.annotate({ description: "The id of a version, or a seq." }))
const reading = [BadRequest, ...aboutOne] as const
const writing = [BadRequest, Conflict, ...aboutOne] as const

export class VersionsGroup extends HttpApiGroup.make("versions")
  .add(
    HttpApiEndpoint.post("save", "/api/files/:id/versions", {
      params: fileId,
      headers,
      payload: NewVersion,
      success: HttpApiSchema.WithHeaders(Version.pipe(HttpApiSchema.status(201)), located),
      error: writing
    }).annotate(OpenApi.Summary, "Keeps the committed state of a file under a name"),
    HttpApiEndpoint.get("list", "/api/files/:id/versions", {
      params: fileId,
      query: pageQuery,
      success: HttpApiSchema.WithHeaders(Schema.Array(Version), paged),
      error: reading
    }).annotate(OpenApi.Summary, "Lists the versions of a file, in pages, newest first").annotate(OpenApi.Transform, describesLimit),
    HttpApiEndpoint.get("get", "/api/files/:id/versions/:versionId", { params: versionId, success: Version, error: aboutOne })
      .annotate(OpenApi.Summary, "One version"),
    HttpApiEndpoint.patch("change", "/api/files/:id/versions/:versionId", {
      params: versionId,
      payload: ChangedVersion,
      success: Version,
      error: reading
    }).annotate(OpenApi.Summary, "Names a version, or pins it"),
    HttpApiEndpoint.get("read", "/api/files/:id/versions/:versionId/document", { params: versionId, success: FileDocument, error: aboutOne })
      .annotate(OpenApi.Summary, "Reads the file as it was in a version"),
    HttpApiEndpoint.get("readAt", "/api/files/:id/at/:seq", { params: { ...fileId, seq: Schema.String }, success: FileDocument, error: reading })
      .annotate(OpenApi.Summary, "Reads the file as it was at a seq"),
    HttpApiEndpoint.get("diff", "/api/files/:id/diff", { params: fileId, query: { from: state, to: state }, success: Difference, error: reading })
      .annotate(OpenApi.Summary, "What is new, gone, changed and moved from one state to another"),
    HttpApiEndpoint.get("blame", "/api/files/:id/blame", {
      params: fileId,
      query: { objectId: Schema.optional(Schema.String), propertyPath: Schema.optional(Schema.String) },
      success: Blamed,
      error: reading
    }).annotate(OpenApi.Summary, "Who wrote what stands in a property, and when"),
    HttpApiEndpoint.post("restore", "/api/files/:id/restore", { params: fileId, headers, payload: WantedState, success: Restored, error: writing })
      .annotate(OpenApi.Summary, "Edits the file so that its readers see an earlier state of it"),
    HttpApiEndpoint.post("undoRestore", "/api/files/:id/restores/:restoreId/undo", {
      params: { ...fileId, restoreId: Schema.String },
      headers,
      success: Restored,
      error: writing
    }).annotate(OpenApi.Summary, "Takes back what a restore wrote and nobody has written over since")
  )
  .middleware(Authorization)
  .annotateEndpoints(OpenApi.Override, byAnybody)
  .annotateMerge(OpenApi.annotations({ title: "Versions", description: "States of files that are kept, and every state in between." }))
{}
