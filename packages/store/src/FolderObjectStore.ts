/**
 * Blobs in a folder, spread over 256 subfolders by the first two digits of their keys; below `aside` once more for what
 * was set aside. Writing is atomic: a temporary file, fsync, then a link that fails harmlessly when the blob is there.
 */
import { randomUUID } from "node:crypto"
import { createReadStream } from "node:fs"
import { link, mkdir, open, readdir, readFile, rename, stat, unlink, utimes } from "node:fs/promises"
import { dirname, join } from "node:path"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Stream from "effect/Stream"
import type { Area, BlobMedium, StoredBlob } from "./BlobMedium.ts"
import { ObjectStore } from "./ObjectStore.ts"
import { StoreUnavailable } from "./StoreUnavailable.ts"

export const layer = (folder: string) => Layer.sync(ObjectStore, () => ObjectStore.over(mediumOf(folder)))

/** Of a blob that is read piece by piece. */
const pieceBytes = 64 * 1024

const mediumOf = (folder: string): BlobMedium => {
  const folderOf = (area: Area) => area === "in use" ? folder : join(folder, "aside")
  const pathOf = (area: Area, sha256: string) => join(folderOf(area), sha256.slice(0, 2), sha256)
  return {
    write: (sha256, bytes, mode) => attempt("put", () => writeBlob(pathOf("in use", sha256), bytes, mode)),
    read: (area, sha256) => attempt("get", () => unlessMissing(readFile(pathOf(area, sha256)))),
    stream: (area, sha256) =>
      Stream.suspend(() =>
        Stream.fromAsyncIterable(createReadStream(pathOf(area, sha256), { highWaterMark: pieceBytes }), (cause) => unavailable("stream", cause))),
    size: (area, sha256) => attempt("size", async () => (await unlessMissing(stat(pathOf(area, sha256))))?.size),
    list: (area) =>
      Stream.unwrap(Effect.map(
        attempt("list", () => subfoldersOf(folderOf(area))),
        (subfolders) =>
          Stream.paginate(0, (index) =>
            Effect.map(
              attempt("list", () => blobsOf(subfolders[index])),
              (blobs) => [blobs, index + 1 < subfolders.length ? Option.some(index + 1) : Option.none()]
            ))
      )),
    setAside: (sha256) => attempt("setAside", () => unlessMissing(moveBlob(pathOf("in use", sha256), pathOf("aside", sha256)))),
    remove: (sha256) => attempt("remove", () => unlessMissing(unlink(pathOf("aside", sha256))))
  }
}

const writeBlob = async (path: string, bytes: Uint8Array, mode: "where absent" | "over"): Promise<void> => {
  const directory = dirname(path)
  await mkdir(directory, { recursive: true })
  const temporary = join(directory, `.${randomUUID()}.tmp`)
  try {
    const file = await open(temporary, "wx")
    try {
      await file.writeFile(bytes)
      await file.sync()
    } finally {
      await file.close()
    }
    await (mode === "over" ? rename(temporary, path) : link(temporary, path).catch(unlessCode("EEXIST")))
  } finally {
    await unlessMissing(unlink(temporary))
  }
  const parent = await open(directory, "r")
  try {
    await parent.sync()
  } finally {
    await parent.close()
  }
}

/** Its time becomes that of the move. */
const moveBlob = async (from: string, to: string): Promise<void> => {
  await mkdir(dirname(to), { recursive: true })
  const now = new Date()
  await utimes(from, now, now)
  await rename(from, to)
}

const subfoldersOf = async (folder: string): Promise<ReadonlyArray<string>> =>
  ((await unlessMissing(readdir(folder))) ?? []).filter((name) => /^[0-9a-f]{2}$/.test(name)).sort().map((name) => join(folder, name))

const blobsOf = async (subfolder: string | undefined): Promise<ReadonlyArray<StoredBlob>> => {
  if (subfolder === undefined) return []
  const blobs: Array<StoredBlob> = []
  for (const name of (await readdir(subfolder)).sort()) {
    const found = /^[0-9a-f]{64}$/.test(name) ? await unlessMissing(stat(join(subfolder, name))) : undefined
    if (found?.isFile() === true) blobs.push({ sha256: name, bytes: found.size, storedAtMillis: found.mtimeMs })
  }
  return blobs
}

const unlessCode = (code: string) => (cause: unknown): undefined => {
  if (cause instanceof Error && "code" in cause && cause.code === code) return undefined
  throw cause
}

const unlessMissing = <A>(found: Promise<A>): Promise<A | undefined> => found.catch(unlessCode("ENOENT"))

const attempt = <A>(operation: string, run: () => Promise<A>): Effect.Effect<A, StoreUnavailable> =>
  Effect.tryPromise({ try: run, catch: (cause) => unavailable(operation, cause) })

const unavailable = (operation: string, cause: unknown) =>
  new StoreUnavailable({ service: "objects", operation, reason: cause instanceof Error ? cause.message : String(cause) })
