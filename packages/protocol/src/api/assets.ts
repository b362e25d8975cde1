/**
 * Images of a file. The id of one is the SHA-256 of its bytes; an object of type `image` names it in `assetId`. Only
 * programs and pages that show who they are read them: there is no address that anybody could open.
 */
import * as HttpApiEndpoint from "effect/http-api/HttpApiEndpoint"
import * as HttpApiGroup from "effect/http-api/HttpApiGroup"
import * as HttpApiSchema from "effect/http-api/HttpApiSchema"
import * as OpenApi from "effect/http-api/OpenApi"
import * as Schema from "effect/Schema"
import { imageTypes } from "../imageTypes.ts"
import { Authorization, byAnybody } from "./Authorization.ts"
import { aboutOne, BadRequest, Conflict, TooLarge, UnsupportedType } from "./problems.ts"
import { fileId, located, Time } from "./texts.ts"

const Pixels = Schema.NullOr(Schema.Int).annotate({ description: "Pixels; null of an SVG drawing without a size of its own." })

const Asset = Schema.Struct({
  id: Schema.String.annotate({ description: "The SHA-256 of its bytes, in hex." }),
  contentType: Schema.Literals(imageTypes),
  bytes: Schema.Int,
  width: Pixels,
  height: Pixels,
  createdBy: Schema.String,
  createdAt: Time
}).annotate({ identifier: "Asset" })

const asset = { ...fileId, assetId: Schema.String }
const redirect = Schema.optional(Schema.Literals(["true", "false"]).annotate({
  description: "With true the answer may be a redirect (307) to an address at the object storage that is good for some minutes."
}))

export class AssetsGroup extends HttpApiGroup.make("assets")
  .add(
    HttpApiEndpoint.post("upload", "/api/files/:id/assets", {
      params: fileId,
      payload: HttpApiSchema.StreamUint8Array({ contentType: imageTypes }),
      success: HttpApiSchema.WithHeaders(Asset.pipe(HttpApiSchema.status(201)), located),
      error: [BadRequest, Conflict, TooLarge, UnsupportedType, ...aboutOne]
    }).annotate(OpenApi.Summary, "Puts an image into a file"),
    HttpApiEndpoint.get("list", "/api/files/:id/assets", { params: fileId, success: Schema.Array(Asset), error: aboutOne })
      .annotate(OpenApi.Summary, "The images of a file, newest first"),
    HttpApiEndpoint.get("read", "/api/files/:id/assets/:assetId", {
      params: asset,
      query: { redirect },
      success: HttpApiSchema.StreamUint8Array({ contentType: imageTypes }),
      error: [BadRequest, ...aboutOne]
    }).annotate(OpenApi.Summary, "The bytes of an image"),
    HttpApiEndpoint.get("thumbnail", "/api/files/:id/assets/:assetId/thumbnail", {
      params: asset,
      success: HttpApiSchema.StreamUint8Array({ contentType: "image/png" }),
      error: aboutOne
    }).annotate(OpenApi.Summary, "An image as a small PNG")
  )
  .middleware(Authorization)
  .annotateEndpoints(OpenApi.Override, byAnybody)
  .annotateMerge(OpenApi.annotations({ title: "Assets", description: "Images of a file." }))
{}
