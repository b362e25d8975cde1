/**
 * Images of a file over HTTP. Their kind is known by their bytes; what is served says that it is of that kind and
 * nothing else, never changes, and runs nothing: an SVG drawing comes as an attachment.
 */
import { readFile } from "node:fs/promises"
import { type Action, Limits, problem } from "@easel/protocol"
import { type Asset, Assets, ObjectStore } from "@easel/store"
import * as Effect from "effect/Effect"
import * as HttpRouter from "effect/http/HttpRouter"
import * as HttpServerResponse from "effect/http/HttpServerResponse"
import * as HttpApiSchema from "effect/http-api/HttpApiSchema"
import * as Option from "effect/Option"
import * as Semaphore from "effect/Semaphore"
import { callerOf } from "./auth/requestCaller.ts"
import { requireInFile } from "./auth/requireRole.ts"
import { fail } from "./httpProblems.ts"
import { imageKind } from "./imageKind.ts"
import { nothingPainted, storedBlob, tagged } from "./pictureAnswers.ts"
import { Pictures } from "./Pictures.ts"
import { existingFile } from "./requestPath.ts"
import { spooledBody } from "./spooledBody.ts"

/** Uploads of a node under way; who comes then is told to try again. Each is a file of `assetBytesMax` at most. */
const receiving = Semaphore.makeUnsafe(16)

/** Of those, how many are checked and stored at once; others wait. Each is in memory three times at most. */
const storing = Semaphore.makeUnsafe(2)

/** The file in the path, if the caller may do that with it. */
const allowedFile = Effect.fnUntraced(function*(action: Action) {
  const { principal } = yield* callerOf
  const { id: fileId } = yield* existingFile
  yield* requireInFile(fileId, principal, action)
  return { fileId, userId: principal.userId }
})

export const uploadAsset = Effect.gen(function*() {
  const { fileId, userId } = yield* allowedFile("edit")
  const stored = yield* spooledBody(Limits.assetBytesMax).pipe(
    Effect.flatMap((path) => storing.withPermit(storeImage(path, fileId, userId))),
    Effect.scoped,
    receiving.withPermitsIfAvailable(1)
  )
  const asset = Option.isSome(stored) ? stored.value : yield* fail(problem(503, "others are uploading: try again"))
  return HttpApiSchema.withHeaders({ body: assetBody(asset), headers: { location: `/api/files/${fileId}/assets/${asset.sha256}` } })
})

const storeImage = Effect.fnUntraced(function*(path: string, fileId: string, createdBy: string) {
  const bytes = yield* Effect.promise(() => readFile(path))
  const kind = imageKind(bytes)
  if (kind === undefined) return yield* fail(problem(415, "the body is no PNG, JPEG, GIF, WebP, AVIF or SVG image"))
  if (Number(kind.width) * Number(kind.height) > Limits.assetPixelsMax) {
    return yield* fail(problem(413, `an image has at most ${Limits.assetPixelsMax} pixels`))
  }
  const sha256 = yield* (yield* ObjectStore).put(bytes)
  return yield* (yield* Assets).add(fileId, { ...kind, sha256, bytes: bytes.length, createdBy }, Limits.fileAssetsMax).pipe(
    Effect.catchTag("TooManyAssets", () => fail(problem(409, `a file has at most ${Limits.fileAssetsMax} images`)))
  )
})

export const listAssets = Effect.gen(function*() {
  const { fileId } = yield* allowedFile("read")
  return (yield* (yield* Assets).list(fileId)).map(assetBody)
})

const askedAsset = Effect.gen(function*() {
  const { fileId } = yield* allowedFile("read")
  const { assetId = "" } = yield* HttpRouter.params
  const asset = /^[0-9a-f]{64}$/.test(assetId) ? yield* (yield* Assets).find(fileId, assetId) : undefined
  return asset ?? (yield* fail(problem(404, "the file has no image with this id")))
})

export const readAsset = Effect.fnUntraced(function*(query: { readonly redirect?: "true" | "false" | undefined }) {
  const { bytes, contentType, sha256 } = yield* askedAsset
  const contentDisposition = dispositionOf(contentType, sha256)
  const objects = yield* ObjectStore
  const link = query.redirect === "true" ? yield* objects.link(sha256, { contentType, contentDisposition }) : undefined
  if (link !== undefined) return HttpServerResponse.redirect(link, { status: 307 })
  return yield* tagged(sha256, "never", { "content-disposition": contentDisposition }, (headers) =>
    Effect.map(storedBlob(objects.stream(sha256)), (stream) => HttpServerResponse.stream(stream, { contentType, contentLength: bytes, headers })))
})

/** Painted when it is first asked for, and stored. */
export const readThumbnail = Effect.gen(function*() {
  const { sha256, thumbnailSha256 } = yield* askedAsset
  const objects = yield* ObjectStore
  return yield* tagged(`${sha256}-${Limits.thumbnailPixelsMax}`, "never", {}, (headers) =>
    Effect.gen(function*() {
      const png = yield* storedBlob(objects.get(thumbnailSha256 ?? (yield* paintThumbnail(sha256))))
      return HttpServerResponse.uint8Array(png, { contentType: "image/png", headers })
    }))
})

const paintThumbnail = Effect.fnUntraced(function*(sha256: string) {
  const objects = yield* ObjectStore
  const image = yield* storedBlob(objects.get(sha256))
  const png = yield* (yield* Pictures).shrunk(image, Limits.thumbnailPixelsMax).pipe(
    Effect.catchTags({
      Unpaintable: () => fail(problem(404, "the image cannot be painted: it has no thumbnail")),
      PicturesBusy: nothingPainted
    })
  )
  const thumbnailSha256 = yield* objects.put(png)
  yield* (yield* Assets).setThumbnail(sha256, thumbnailSha256)
  return thumbnailSha256
})

const dispositionOf = (contentType: string, sha256: string): string =>
  contentType === "image/svg+xml" ? `attachment; filename="${sha256.slice(0, 16)}.svg"` : "inline"

const assetBody = ({ bytes, contentType, createdAt, createdBy, height, sha256, width }: Asset) => ({
  id: sha256,
  contentType,
  bytes,
  width,
  height,
  createdBy,
  createdAt: new Date(createdAt).toISOString()
})
