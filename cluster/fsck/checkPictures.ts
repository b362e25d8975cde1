/**
 * Looks at the images that a file has, at the exports and thumbnails that were made of it, and at the objects that show
 * images: every blob is read to its end. What can be made again is forgotten where it cannot be read; images never are.
 */
import type { Document } from "@easel/document"
import { Audit, type StoredPicture } from "@easel/store"
import * as Effect from "effect/Effect"
import type { Report } from "./Report.ts"

/** `document`: where it is known. */
export const checkPictures = Effect.fnUntraced(function*(fileId: string, document: Document.Document | undefined, report: Report) {
  const audit = yield* Audit
  const pictures = yield* audit.pictures(fileId)
  for (const picture of pictures) yield* checkPicture(fileId, picture, report)
  const assets = new Set(pictures.flatMap(({ key, of }) => of === "asset" ? [key] : []))
  for (const object of document?.all() ?? []) {
    const assetId = object.type === "image" && !object.deleted ? object.get("assetId") : undefined
    if (typeof assetId === "string" && assetId !== "" && !assets.has(assetId)) yield* report.found("asset_missing", { objectId: object.id, detail: assetId })
  }
})

const checkPicture = Effect.fnUntraced(function*(fileId: string, picture: StoredPicture, report: Report) {
  const audit = yield* Audit
  const { bytes, key, of } = picture
  const read = yield* audit.readPicture(picture)
  const name = `${of} ${key}`.trimEnd()
  if (typeof read === "number") {
    if (bytes !== null && bytes !== read) yield* report.found("asset_differs", { detail: `${name} has ${read} bytes and not ${bytes}` })
    return
  }
  const detail = `${name}: ${read.unreadable}`
  if (of === "asset") yield* report.found("asset_unreadable", { detail })
  else yield* report.found("picture_unreadable", { detail }, Effect.as(audit.forgetPicture(fileId, picture), true))
})
