/** The storages that an `ObjectStore` may be over, and what tests do to them behind its back. */
import { mkdir, readdir, unlink, utimes, writeFile } from "node:fs/promises"
import { dirname, join } from "node:path"
import { FolderObjectStore, type ObjectStore, S3ObjectStore, type S3Settings } from "@easel/store"
import { AwsClient } from "aws4fetch"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import { S3Server } from "./s3/S3Server.ts"
import { temporaryFolder } from "./temporaryFolder.ts"

type Area = "objects" | "aside"

export class BlobStorage extends Context.Service<BlobStorage, {
  /** Puts other bytes under a key, or takes it away. */
  readonly tamper: (area: Area, sha256: string, bytes: Uint8Array | undefined) => Effect.Effect<void>
  /** Makes a blob older. Not every storage can. */
  readonly age: ((area: Area, sha256: string, millis: number) => Effect.Effect<void>) | undefined
  /** Whatever lies in an area, blobs or not. */
  readonly names: (area: Area) => Effect.Effect<ReadonlyArray<string>>
}>()("@easel/test/BlobStorage") {}

export type Storage = Layer.Layer<ObjectStore | BlobStorage>

const folderStorage: Storage = Layer.unwrap(Effect.map(
  Effect.acquireRelease(Effect.promise(() => temporaryFolder()), ({ remove }) => Effect.promise(remove)),
  ({ path: folder }) => {
    const root = join(folder, "objects")
    const pathOf = (area: Area, sha256: string) => join(root, area === "aside" ? "aside" : "", sha256.slice(0, 2), sha256)
    return Layer.merge(
      FolderObjectStore.layer(root),
      Layer.succeed(BlobStorage, {
        tamper: (area, sha256, bytes) =>
          Effect.promise(async () => {
            const path = pathOf(area, sha256)
            if (bytes === undefined) return unlink(path)
            await mkdir(dirname(path), { recursive: true })
            return writeFile(path, bytes)
          }),
        age: (area, sha256, millis) =>
          Effect.promise(() => utimes(pathOf(area, sha256), new Date(Date.now() - millis), new Date(Date.now() - millis))),
        names: (area) =>
          Effect.promise(async () => {
            const entries = await readdir(join(root, area === "aside" ? "aside" : ""), { recursive: true, withFileTypes: true }).catch(() => [])
            return entries.filter((entry) => entry.isFile() && (area === "aside" || !entry.parentPath.startsWith(join(root, "aside")))).map(({ name }) => name)
          })
      })
    )
  }
))

export const s3Server = Effect.acquireRelease(Effect.promise(() => S3Server.start()), (server) => Effect.promise(() => server.stop()))

export const settingsOf = (server: S3Server): S3Settings => ({
  endpoint: server.url,
  bucket: server.bucket,
  region: server.region,
  accessKeyId: server.accessKeyId,
  secretAccessKey: Redacted.make(server.secretAccessKey),
  prefix: "a-test/"
})

const s3ServerStorage: Storage = Layer.unwrap(Effect.map(s3Server, (server) => {
  // Lists are paged, with a page that ends within them.
  server.keysPerPage = 7
  const keyOf = (area: Area, sha256: string) => `a-test/${area}/${sha256.slice(0, 2)}/${sha256}`
  const bytesAt = (key: string) => server.objects.get(key)?.bytes ?? Buffer.alloc(0)
  return Layer.merge(
    S3ObjectStore.layer(settingsOf(server)),
    Layer.succeed(BlobStorage, {
      tamper: (area, sha256, bytes) =>
        Effect.sync(() => {
          if (bytes === undefined) server.objects.delete(keyOf(area, sha256))
          else server.objects.set(keyOf(area, sha256), { bytes: Buffer.from(bytes), storedAtMillis: Date.now() })
        }),
      age: (area, sha256, millis) =>
        Effect.sync(() => {
          server.objects.set(keyOf(area, sha256), { bytes: bytesAt(keyOf(area, sha256)), storedAtMillis: Date.now() - millis })
        }),
      names: (area) => Effect.sync(() => [...server.objects.keys()].filter((key) => key.startsWith(`a-test/${area}/`)).map((key) => key.split("/").at(-1) ?? ""))
    })
  )
}))

/** A bucket of a real server, which the tests fill and leave: `EASEL_TEST_S3_ENDPOINT`, `_BUCKET`, `_REGION`, `_ACCESS_KEY_ID`, `_SECRET_ACCESS_KEY`. */
const realStorage = (endpoint: string): Storage => {
  const setting = (name: string, byDefault = "") => process.env[`EASEL_TEST_S3_${name}`] ?? byDefault
  const settings: S3Settings = {
    endpoint,
    bucket: setting("BUCKET", "easel"),
    region: setting("REGION", "us-east-1"),
    accessKeyId: setting("ACCESS_KEY_ID"),
    secretAccessKey: Redacted.make(setting("SECRET_ACCESS_KEY")),
    prefix: `tests/${crypto.randomUUID()}/`
  }
  const client = new AwsClient({ ...settings, secretAccessKey: setting("SECRET_ACCESS_KEY"), service: "s3" })
  const urlOf = (area: Area, sha256: string) => `${endpoint}/${settings.bucket}/${settings.prefix}${area}/${sha256.slice(0, 2)}/${sha256}`
  return Layer.merge(
    S3ObjectStore.layer(settings),
    Layer.succeed(BlobStorage, {
      tamper: (area, sha256, bytes) =>
        Effect.promise(async () => {
          const answer = await client.fetch(urlOf(area, sha256), bytes === undefined ? { method: "DELETE" } : { method: "PUT", body: Buffer.from(bytes) })
          if (!answer.ok) throw new Error(`HTTP ${answer.status}`)
        }),
      age: undefined,
      names: (area) =>
        Effect.promise(async () => {
          const answer = await client.fetch(`${endpoint}/${settings.bucket}?list-type=2&prefix=${encodeURIComponent(`${settings.prefix}${area}/`)}`)
          return [...(await answer.text()).matchAll(/<Key>[^<]*\/([^/<]+)<\/Key>/g)].map(([, name = ""]) => name)
        })
    })
  )
}

const endpoint = process.env["EASEL_TEST_S3_ENDPOINT"]

export const storages: ReadonlyArray<readonly [name: string, storage: Storage]> = [
  ["a folder", folderStorage],
  ["the S3 server of the tests", s3ServerStorage],
  ...(endpoint === undefined ? [] : [["S3", realStorage(endpoint)] as const])
]
