/** A file, or a part of it, as a picture. What was made once for a state is kept, and answered again. */
import * as HttpApiEndpoint from "effect/http-api/HttpApiEndpoint"
import * as HttpApiGroup from "effect/http-api/HttpApiGroup"
import * as HttpApiSchema from "effect/http-api/HttpApiSchema"
import * as OpenApi from "effect/http-api/OpenApi"
import * as Schema from "effect/Schema"
import { Authorization, byAnybody } from "./Authorization.ts"
import { aboutOne, BadRequest, TooLarge } from "./problems.ts"
import { fileId } from "./texts.ts"

const query = {
  format: Schema.optional(Schema.Literals(["svg", "png"]).annotate({ description: "svg by default." })),
  scale: Schema.optional(Schema.Literals(["1", "2"]).annotate({ description: "Pixels of a PNG for one unit of the file; 1 by default." })),
  ids: Schema.optional(Schema.String.annotate({ description: "Ids of objects, with commas between them: a page, a frame, a selection. Without it, all of the file." })),
  seq: Schema.optional(Schema.String.annotate({ description: "The file as it was at a seq. Without it, as it is." }))
}

export interface ExportQuery {
  readonly format?: "svg" | "png" | undefined
  readonly scale?: "1" | "2" | undefined
  readonly ids?: string | undefined
  readonly seq?: string | undefined
}

export class ExportsGroup extends HttpApiGroup.make("exports")
  .add(
    HttpApiEndpoint.get("file", "/api/files/:id/export", {
      params: fileId,
      query,
      success: HttpApiSchema.StreamUint8Array({ contentType: ["image/svg+xml", "image/png"] }),
      error: [BadRequest, TooLarge, ...aboutOne]
    }).annotate(OpenApi.Summary, "A file, a page, a frame or a selection as SVG or PNG"),
    HttpApiEndpoint.get("thumbnail", "/api/files/:id/thumbnail", {
      params: fileId,
      success: [HttpApiSchema.StreamUint8Array({ contentType: "image/png" }), HttpApiSchema.NoContent],
      error: aboutOne
    }).annotate(OpenApi.Summary, "A file as a small PNG, as it was a short while ago; nothing (204) when there is none yet")
  )
  .middleware(Authorization)
  .annotateEndpoints(OpenApi.Override, byAnybody)
  .annotateMerge(OpenApi.annotations({ title: "Exports", description: "Files as pictures." }))
{}
