/** The images of a file, over HTTP in the name of whoever sits here: an address alone would show them to nobody. */
import type { FileImages, ImageAsset } from "../../model/images.ts"
import { read, request } from "../request.ts"

export const fileImages = (fileId: string): FileImages => ({
  upload: async (image) => read<ImageAsset>(await request(`/api/files/${fileId}/assets`, { method: "POST", body: image }, fileId)),
  read: async (assetId) => (await request(`/api/files/${fileId}/assets/${encodeURIComponent(assetId)}`, {}, fileId)).blob()
})
