/** Draws a document of a file, with the images that the file has. */
import { Limits } from "@easel/protocol"
import { Assets, ObjectStore } from "@easel/store"
import * as Effect from "effect/Effect"
import { type Look, Pictures, Unpaintable } from "./Pictures.ts"

export const drawFile = Effect.fnUntraced(function*(fileId: string, document: Uint8Array, look: Look) {
  const [assets, objects, pictures] = [yield* Assets, yield* ObjectStore, yield* Pictures]
  if (document.length > Limits.exportDocumentBytesMax) return yield* new Unpaintable({ reason: "the file is too large to be drawn" })
  let bytesLeft = Limits.exportAssetBytesMax
  return yield* pictures.drawn(document, look, Effect.fnUntraced(function*(assetId) {
    const asset = /^[0-9a-f]{64}$/.test(assetId) ? yield* assets.find(fileId, assetId) : undefined
    if (asset === undefined) return undefined
    bytesLeft -= asset.bytes
    if (bytesLeft < 0) return yield* new Unpaintable({ reason: `its images have more than ${Limits.exportAssetBytesMax} bytes: export a part of it` })
    // One that is lost is left out, as the page leaves it out.
    const bytes = yield* Effect.catchTag(objects.get(assetId), "BlobCorrupt", () => Effect.undefined)
    return bytes === undefined ? undefined : { contentType: asset.contentType, bytes }
  }))
})
