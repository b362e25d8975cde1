/** The bucket of the settings: all that it takes, or nothing of it. */
import type { S3Settings } from "@easel/store"
import * as Config from "effect/Config"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"

const text = (name: string) => Config.String(name).pipe(Config.withDefault(""))

/** What is not set is empty, until `s3Conflict` has looked. */
export const s3: Config.Config<Option.Option<S3Settings>> = Config.all({
  endpoint: text("EASEL_S3_ENDPOINT"),
  bucket: text("EASEL_S3_BUCKET"),
  region: Config.String("EASEL_S3_REGION").pipe(Config.withDefault("us-east-1")),
  accessKeyId: text("EASEL_S3_ACCESS_KEY_ID"),
  secretAccessKey: Config.Redacted("EASEL_S3_SECRET_ACCESS_KEY").pipe(Config.withDefault(Redacted.make(""))),
  prefix: text("EASEL_S3_PREFIX")
}).pipe(Config.map((read) => namesOf(read).some(([, value]) => value !== "") ? Option.some(read) : Option.none()))

/** Why a bucket cannot be used as it is set, if it cannot. */
export const s3Conflict = (read: S3Settings): string | undefined => {
  const missing = namesOf(read).flatMap(([name, value]) => value === "" ? [name] : [])
  if (missing.length > 0) return `${missing.join(", ")} ${missing.length === 1 ? "is" : "are"} not set, as others of EASEL_S3_* are`
  if (!isEndpoint(read.endpoint)) return "EASEL_S3_ENDPOINT is not like https://s3.eu-central-1.amazonaws.com"
  if (!/^[A-Za-z0-9][A-Za-z0-9._-]{1,254}$/.test(read.bucket)) return `EASEL_S3_BUCKET ${read.bucket} is no name of a bucket`
  if (!/^([A-Za-z0-9_-][A-Za-z0-9._-]*\/)*$/.test(read.prefix)) return `EASEL_S3_PREFIX ${read.prefix} is not like easel/`
  return undefined
}

/** What has no default. */
const namesOf = (read: S3Settings) => [
  ["EASEL_S3_ENDPOINT", read.endpoint],
  ["EASEL_S3_BUCKET", read.bucket],
  ["EASEL_S3_ACCESS_KEY_ID", read.accessKeyId],
  ["EASEL_S3_SECRET_ACCESS_KEY", Redacted.value(read.secretAccessKey)]
] as const

const isEndpoint = (endpoint: string): boolean => {
  if (!URL.canParse(endpoint)) return false
  const { hash, password, protocol, search, username } = new URL(endpoint)
  return (protocol === "http:" || protocol === "https:") && username + password + search + hash === ""
}
