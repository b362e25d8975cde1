/**
 * Content-addressed blobs: the key of a blob is the SHA-256 of its bytes, so a blob never changes and a damaged one is
 * found when it is read. Writing is atomic and idempotent: a temporary file, fsync, then a link that fails harmlessly
 * when the blob is already there.
 */
import { createHash, randomUUID } from "node:crypto"
import { link, mkdir, open, readFile, unlink } from "node:fs/promises"
import { join } from "node:path"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Schema from "effect/Schema"
import { StoreUnavailable } from "./StoreUnavailable.ts"

/** The blob is not there, or its bytes are not what its key says. */
export class BlobCorrupt extends Schema.TaggedError<BlobCorrupt>()("BlobCorrupt", {
  sha256: Schema.String,
  reason: Schema.String
}) {}

export class ObjectStore extends Context.Service<ObjectStore, {
  /** Stores bytes durably and returns their SHA-256 in hex. */
  readonly put: (bytes: Uint8Array) => Effect.Effect<string, StoreUnavailable>
  /** The bytes of a key, verified. */
  readonly get: (sha256: string) => Effect.Effect<Uint8Array, BlobCorrupt | StoreUnavailable>
}>()("@easel/store/ObjectStore") {
  /** Blobs in a folder, spread over 256 subfolders by the first two digits of the key. */
  static readonly layerFolder = (folder: string) =>
    Layer.sync(ObjectStore, () =>
      ObjectStore.of({
        put: (bytes) =>
          Effect.tryPromise({
            try: () => putFile(folder, bytes),
            catch: (cause) => unavailable("put", cause)
          }).pipe(Effect.withSpan("ObjectStore.put")),
        get: (sha256) =>
          Effect.tryPromise({
            try: () => readFile(pathOf(folder, sha256)),
            catch: (cause) =>
              isErrorCode(cause, "ENOENT") ? new BlobCorrupt({ sha256, reason: "missing" }) : unavailable("get", cause)
          }).pipe(
            Effect.filterOrFail(
              (bytes) => sha256Of(bytes) === sha256,
              () => new BlobCorrupt({ sha256, reason: "its bytes have another hash" })
            ),
            Effect.withSpan("ObjectStore.get")
          )
      }))
}

const putFile = async (folder: string, bytes: Uint8Array): Promise<string> => {
  const sha256 = sha256Of(bytes)
  const path = pathOf(folder, sha256)
  const directory = join(path, "..")
  await mkdir(directory, { recursive: true })
  const temporary = join(directory, `.${randomUUID()}.tmp`)
  const file = await open(temporary, "wx")
  try {
    await file.writeFile(bytes)
    await file.sync()
  } finally {
    await file.close()
  }
  try {
    await link(temporary, path)
  } catch (cause) {
    if (!isErrorCode(cause, "EEXIST")) throw cause
  } finally {
    await unlink(temporary)
  }
  const parent = await open(directory, "r")
  try {
    await parent.sync()
  } finally {
    await parent.close()
  }
  return sha256
}

const pathOf = (folder: string, sha256: string): string => join(folder, sha256.slice(0, 2), sha256)
const sha256Of = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex")
const isErrorCode = (cause: unknown, code: string): boolean => cause instanceof Error && "code" in cause && cause.code === code
const unavailable = (operation: string, cause: unknown): StoreUnavailable =>
  new StoreUnavailable({ service: "objects", operation, reason: cause instanceof Error ? cause.message : String(cause) })
