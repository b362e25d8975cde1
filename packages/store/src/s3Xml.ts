/** The little of S3's XML that is needed. What does not look like it is nothing, and never an error of its own. */
import type { StoredBlob } from "./BlobMedium.ts"

export interface Page {
  readonly blobs: ReadonlyArray<StoredBlob>
  /** Continues the list; none is its end. */
  readonly token: string | undefined
}

/** S3's name for what went wrong, if a body is its error document. */
export const errorCode = (body: Uint8Array): string | undefined => {
  if (body.length > errorBytesMax) return undefined
  const text = textOf(body)
  return /^(<\?xml[^>]*>)?\s*<Error[\s>]/.test(text) ? /<Code>([A-Za-z0-9.]{1,64})<\/Code>/.exec(text)?.[1] ?? "Unknown" : undefined
}

/** A page of ListObjectsV2; keys that do not end like a blob's are left out. */
export const page = (body: Uint8Array): Page | undefined => {
  const text = textOf(body)
  if (!/<ListBucketResult[\s>]/.test(text)) return undefined
  const blobs = [...text.matchAll(/<Contents>([\s\S]*?)<\/Contents>/g)].flatMap(([, entry = ""]) => {
    const sha256 = /(?:^|\/)([0-9a-f]{2})\/(\1[0-9a-f]{62})$/.exec(elementOf(entry, "Key") ?? "")?.[2]
    const bytes = Number(elementOf(entry, "Size"))
    const storedAtMillis = Date.parse(elementOf(entry, "LastModified") ?? "")
    return sha256 === undefined || !Number.isSafeInteger(bytes) || Number.isNaN(storedAtMillis) ? [] : [{ sha256, bytes, storedAtMillis }]
  })
  return { blobs, token: elementOf(text, "IsTruncated") === "true" ? elementOf(text, "NextContinuationToken") : undefined }
}

const errorBytesMax = 64 * 1024

const elementOf = (xml: string, name: string): string | undefined => {
  const content = new RegExp(`<${name}>([^<]*)</${name}>`).exec(xml)?.[1]
  return content?.replace(/&(lt|gt|quot|apos|amp);/g, (_, entity: string) => entities[entity] ?? "")
}

const entities: Readonly<Record<string, string>> = { lt: "<", gt: ">", quot: "\"", apos: "'", amp: "&" }
const textOf = (body: Uint8Array): string => Buffer.from(body).toString("utf8")
