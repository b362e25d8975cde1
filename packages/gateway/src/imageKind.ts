/** What an image is, by its bytes alone: neither a name nor what its sender says of it counts. */
import type { ImageType } from "@easel/protocol"
import { imageSize } from "image-size"

export interface ImageKind {
  readonly contentType: ImageType
  /** In pixels; `null` where a drawing has no size of its own. */
  readonly width: number | null
  readonly height: number | null
}

/** `undefined` for what is no image of a known kind, or one whose size cannot be read. */
export const imageKind = (bytes: Uint8Array): ImageKind | undefined => {
  const contentType = contentTypeOf(bytes)
  if (contentType === undefined) return undefined
  const size = sizeOf(bytes)
  if (size !== undefined) return { contentType, ...size }
  return contentType === "image/svg+xml" ? { contentType, width: null, height: null } : undefined
}

const contentTypeOf = (bytes: Uint8Array): ImageType | undefined => {
  // Bytes as characters of the same number.
  const start = Buffer.from(bytes.subarray(0, startBytes)).toString("latin1")
  if (start.startsWith("\x89PNG\r\n\x1a\n")) return "image/png"
  if (start.startsWith("\xff\xd8\xff")) return "image/jpeg"
  if (/^GIF8[79]a/.test(start)) return "image/gif"
  if (/^RIFF[^]{4}WEBPVP8[ LX]/.test(start)) return "image/webp"
  if (/^[^]{4}ftyp(?:avif|avis)/.test(start)) return "image/avif"
  return svgStart.test(start) ? "image/svg+xml" : undefined
}

const startBytes = 8_000

/** A root element `svg` after what may stand before it. */
const svgStart = /^(?:\xef\xbb\xbf)?\s*(?:<\?xml[^>]*>\s*)?(?:<!--[^]{0,2000}?-->\s*)*(?:<!DOCTYPE svg[^>]*>\s*)?(?:<!--[^]{0,2000}?-->\s*)*<svg[\s>]/

const sizeOf = (bytes: Uint8Array): { readonly width: number; readonly height: number } | undefined => {
  try {
    const { height, width } = imageSize(bytes)
    const [wide, high] = [Math.round(width), Math.round(height)]
    return wide >= 1 && high >= 1 && wide <= sideMax && high <= sideMax ? { width: wide, height: high } : undefined
  } catch {
    return undefined
  }
}

/** What the formats themselves have at most. */
const sideMax = 65_535
