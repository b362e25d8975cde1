/** Where a bucket is, and who may use it. */
import type * as Redacted from "effect/Redacted"

export interface S3Settings {
  /** An origin, perhaps with a path: `https://s3.eu-central-1.amazonaws.com`. */
  readonly endpoint: string
  readonly bucket: string
  readonly region: string
  readonly accessKeyId: string
  readonly secretAccessKey: Redacted.Redacted
  /** Before every key: empty, or a folder with its `/`. */
  readonly prefix: string
}
