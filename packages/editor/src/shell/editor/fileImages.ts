/** The images of a file, over HTTP in the name of whoever sits here: an address alone would show them to nobody. */
import type { FileImages, ImageAsset } from "../../model/images.ts"
import { read, request, requestAs } from "../request.ts"
import { session } from "../session/Session.ts"

export const fileImages = (fileId: string): FileImages => {
  const upload = async (image: Blob) => read<ImageAsset>(await request(`/api/files/${fileId}/assets`, { method: "POST", body: image }, fileId))
  return {
    upload,
    read: async (assetId) => (await request(pathOf(fileId, assetId), {}, fileId)).blob(),
    // Whoever may not read the other file is not asked who he is: he is in this one.
    bring: async (assetId, from) => void await upload(await (await requestAs(session.shownFor(from), pathOf(from, assetId), {})).blob())
  }
}

const pathOf = (fileId: string, assetId: string): string => `/api/files/${fileId}/assets/${encodeURIComponent(assetId)}`
