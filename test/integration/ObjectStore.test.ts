/** Blobs in a folder: atomic, idempotent, and verified when they are read. */
import { randomBytes } from "node:crypto"
import { mkdir, readdir, readFile, stat, writeFile } from "node:fs/promises"
import { join } from "node:path"
import { expect, layer } from "@effect/vitest"
import { ObjectStore } from "@easel/store"
import * as Effect from "effect/Effect"
import { objectStore } from "../harness/storeLayer.ts"
import { TestDatabase } from "../harness/testDatabase.ts"
import * as Layer from "effect/Layer"

const pathOf = (sha256: string) =>
  Effect.map(TestDatabase, ({ folder }) => join(folder, "objects", sha256.slice(0, 2), sha256))

const put = (bytes: Uint8Array) => Effect.flatMap(ObjectStore, (objects) => objects.put(bytes))
const get = (sha256: string) => Effect.flatMap(ObjectStore, (objects) => objects.get(sha256))

const damage = (sha256: string, change: (bytes: Buffer) => Uint8Array) =>
  Effect.flatMap(pathOf(sha256), (path) => Effect.promise(async () => writeFile(path, change(await readFile(path)))))

layer(objectStore.pipe(Layer.provideMerge(TestDatabase.layer)), { excludeTestServices: true })("ObjectStore", (it) => {
  it.effect("A7: bytes come back under their SHA-256, from none to many", () =>
    Effect.gen(function*() {
      for (const bytes of [Buffer.alloc(0), Buffer.from("easel"), randomBytes(3_000_000)]) {
        const sha256 = yield* put(bytes)
        expect(Buffer.compare(yield* get(sha256), bytes)).toBe(0)
      }
      expect(yield* put(Buffer.from("abc"))).toBe("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
    }))

  it.effect("A7: putting the same bytes again, and many times at once, is one blob and leaves nothing else", () =>
    Effect.gen(function*() {
      const bytes = randomBytes(200_000)
      const keys = yield* Effect.all(Array.from({ length: 20 }, () => put(bytes)), { concurrency: "unbounded" })
      expect(new Set(keys).size).toBe(1)
      const path = yield* pathOf(keys[0] ?? "")
      const first = yield* Effect.promise(() => stat(path))
      yield* put(bytes)
      const second = yield* Effect.promise(() => stat(path))
      // A blob never changes: neither its file nor its time.
      expect({ ino: second.ino, mtimeMs: second.mtimeMs }).toEqual({ ino: first.ino, mtimeMs: first.mtimeMs })
      // Blobs of other tests may begin with the same digits and lie in the same folder.
      const names = yield* Effect.promise(() => readdir(join(path, "..")))
      expect([names.filter((name) => name === keys[0]).length, names.filter((name) => name.endsWith(".tmp"))]).toEqual([1, []])
    }))

  it.effect("A6: a blob that is missing, changed, cut or empty is corrupt, and never returned", () =>
    Effect.gen(function*() {
      const missing = "0".repeat(64)
      expect(yield* Effect.flip(get(missing))).toMatchObject({ _tag: "BlobCorrupt", sha256: missing })
      const damages: ReadonlyArray<(bytes: Buffer) => Uint8Array> = [
        (bytes) => bytes.subarray(0, bytes.length - 1),
        (bytes) => Buffer.concat([bytes, Buffer.from([0])]),
        () => Buffer.alloc(0),
        (bytes) => bytes.map((byte, index) => index === 500 ? byte ^ 1 : byte)
      ]
      for (const change of damages) {
        const sha256 = yield* put(randomBytes(1_000))
        yield* damage(sha256, change)
        expect(yield* Effect.flip(get(sha256))).toMatchObject({ _tag: "BlobCorrupt", sha256 })
      }
    }))

  it.effect("A7: what a crash left half-written is in nobody's way", () =>
    Effect.gen(function*() {
      const bytes = randomBytes(1_000)
      const sha256 = yield* put(bytes)
      const path = yield* pathOf(sha256)
      yield* Effect.promise(() => writeFile(join(path, "..", `.${crypto.randomUUID()}.tmp`), bytes.subarray(0, 10)))
      expect(yield* put(bytes)).toBe(sha256)
      expect(Buffer.compare(yield* get(sha256), bytes)).toBe(0)
    }))

  it.effect("A6: storage that cannot be read is unavailable, which is not the same as damaged", () =>
    Effect.gen(function*() {
      const sha256 = "f".repeat(64)
      const path = yield* pathOf(sha256)
      yield* Effect.promise(() => mkdir(path, { recursive: true }))
      expect(yield* Effect.flip(get(sha256))).toMatchObject({ _tag: "StoreUnavailable", service: "objects" })
    }))
})
