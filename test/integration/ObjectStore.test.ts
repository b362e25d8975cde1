/** One contract for all storages: atomic, idempotent, verified when read, healed when put again, removed in two steps. */
import { createHash, randomBytes } from "node:crypto"
import { mkdir, writeFile } from "node:fs/promises"
import { join } from "node:path"
import { expect, layer } from "@effect/vitest"
import { FolderObjectStore, ObjectStore } from "@easel/store"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import { BlobStorage, storages } from "../harness/blobStorages.ts"
import { quiet } from "../harness/storeLayer.ts"
import { temporaryFolder } from "../harness/temporaryFolder.ts"
import * as Layer from "effect/Layer"
import { onTestFinished, test } from "vitest"

const put = (bytes: Uint8Array) => Effect.flatMap(ObjectStore, (objects) => objects.put(bytes))
const get = (sha256: string) => Effect.flatMap(ObjectStore, (objects) => objects.get(sha256))
const size = (sha256: string) => Effect.flatMap(ObjectStore, (objects) => objects.size(sha256))
const setAside = (sha256: string) => Effect.flatMap(ObjectStore, (objects) => objects.setAside(sha256))
const remove = (sha256: string) => Effect.flatMap(ObjectStore, (objects) => objects.remove(sha256))
const list = (area: "in use" | "aside") => Effect.flatMap(ObjectStore, (objects) => Stream.runCollect(objects.list(area)))
const keysOf = (area: "in use" | "aside") => Effect.map(list(area), (blobs) => blobs.map(({ sha256 }) => sha256))

const sha256Of = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex")
const missing = "0".repeat(64)

for (const [name, storage] of storages) {
  layer(Layer.provideMerge(storage, quiet), { excludeTestServices: true, timeout: "60 seconds" })(`ObjectStore over ${name}`, (it) => {
    it.effect("O1: bytes come back under their SHA-256, from none to many", () =>
      Effect.gen(function*() {
        for (const bytes of [Buffer.alloc(0), Buffer.from("easel"), Buffer.from("<Error><Code>NoSuchKey</Code></Error>"), randomBytes(3_000_000)]) {
          const sha256 = yield* put(bytes)
          expect(Buffer.compare(yield* get(sha256), bytes)).toBe(0)
          expect(yield* size(sha256)).toBe(bytes.length)
        }
        expect(yield* put(Buffer.from("abc"))).toBe("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
      }))

    it.effect("O1: a blob of 32 MB", () =>
      Effect.gen(function*() {
        const bytes = randomBytes(32_000_000)
        const sha256 = yield* put(bytes)
        expect(sha256).toBe(sha256Of(bytes))
        expect(Buffer.compare(yield* get(sha256), bytes)).toBe(0)
      }), 60_000)

    it.effect("O10: a blob is streamed, and one that is damaged has no end", () =>
      Effect.gen(function*() {
        const bytes = randomBytes(1_000_000)
        const sha256 = yield* put(bytes)
        const streamed = Effect.flatMap(ObjectStore, (objects) => objects.stream(sha256)).pipe(Effect.flatMap(Stream.runCollect), Effect.map((pieces) => Buffer.concat(pieces)))
        expect(Buffer.compare(yield* streamed, bytes)).toBe(0)
        yield* setAside(sha256)
        expect(Buffer.compare(yield* streamed, bytes)).toBe(0)
        const { tamper } = yield* BlobStorage
        yield* tamper("aside", sha256, randomBytes(1_000_000))
        expect((yield* Effect.flip(streamed))._tag).toBe("BlobCorrupt")
        yield* tamper("aside", sha256, undefined)
        expect((yield* Effect.flip(streamed))._tag).toBe("BlobCorrupt")
      }))

    it.effect("O1: 200 puts at once, a hundred of them of the same blob", () =>
      Effect.gen(function*() {
        const { names } = yield* BlobStorage
        const same = randomBytes(20_000)
        const blobs = Array.from({ length: 200 }, (_, index) => index % 2 === 0 ? same : randomBytes(1_000 + index))
        const keys = yield* Effect.all(blobs.map(put), { concurrency: "unbounded" })
        expect(keys).toEqual(blobs.map(sha256Of))
        expect(Buffer.compare(yield* get(sha256Of(same)), same)).toBe(0)
        const present = yield* names("objects")
        expect(present.filter((key) => key === sha256Of(same))).toHaveLength(1)
        // Nothing else is left, such as temporary files.
        expect(present.filter((key) => !/^[0-9a-f]{64}$/.test(key))).toEqual([])
      }), 60_000)

    it.effect("O1: putting the same bytes again changes nothing", () =>
      Effect.gen(function*() {
        const sha256 = yield* put(randomBytes(2_000))
        const before = (yield* list("in use")).find((blob) => blob.sha256 === sha256)
        expect(yield* put(yield* get(sha256))).toBe(sha256)
        expect((yield* list("in use")).filter((blob) => blob.sha256 === sha256).map(({ bytes }) => bytes)).toEqual([before?.bytes])
      }))

    it.effect("A6 O2: a blob that is missing, changed, cut or empty is corrupt, and never returned", () =>
      Effect.gen(function*() {
        const { tamper } = yield* BlobStorage
        expect(yield* Effect.flip(get(missing))).toMatchObject({ _tag: "BlobCorrupt", sha256: missing })
        expect(yield* size(missing)).toBeUndefined()
        const damages: ReadonlyArray<(bytes: Buffer) => Buffer> = [
          (bytes) => bytes.subarray(0, bytes.length - 1),
          (bytes) => Buffer.concat([bytes, Buffer.from([0])]),
          () => Buffer.alloc(0),
          (bytes) => Buffer.from(bytes.map((byte, index) => index === 500 ? byte ^ 1 : byte))
        ]
        for (const damage of damages) {
          const bytes = randomBytes(1_000)
          const sha256 = yield* put(bytes)
          yield* tamper("objects", sha256, damage(bytes))
          expect(yield* Effect.flip(get(sha256))).toMatchObject({ _tag: "BlobCorrupt", sha256 })
          // Put again it is whole.
          expect(yield* put(bytes)).toBe(sha256)
          expect(Buffer.compare(yield* get(sha256), bytes)).toBe(0)
        }
      }))

    it.effect("O3: a list has every blob once, in order, with its bytes and time, and nothing else", () =>
      Effect.gen(function*() {
        const { tamper } = yield* BlobStorage
        const startMillis = Date.now()
        const blobs = Array.from({ length: 40 }, (_, index) => randomBytes(100 + index))
        const keys = yield* Effect.all(blobs.map(put), { concurrency: 8 })
        yield* tamper("objects", `${missing.slice(0, 63)}g`, Buffer.from("no blob's name"))
        const listed = yield* list("in use")
        const names = listed.map(({ sha256 }) => sha256)
        expect(names).toEqual([...new Set(names)].sort())
        expect(names.every((key) => /^[0-9a-f]{64}$/.test(key))).toBe(true)
        for (const [index, key] of keys.entries()) {
          const found = listed.find(({ sha256 }) => sha256 === key)
          expect(found?.bytes).toBe(blobs[index]?.length)
          // Times of S3 may be whole seconds.
          expect(Math.abs((found?.storedAtMillis ?? 0) - startMillis)).toBeLessThan(30_000)
        }
      }))

    it.effect("O4: what is set aside can be read, is in use again when it is put again, and is removed alone", () =>
      Effect.gen(function*() {
        const bytes = randomBytes(5_000)
        const sha256 = yield* put(bytes)
        yield* setAside(sha256)
        expect([(yield* keysOf("in use")).includes(sha256), (yield* keysOf("aside")).includes(sha256)]).toEqual([false, true])
        expect(Buffer.compare(yield* get(sha256), bytes)).toBe(0)
        expect(yield* size(sha256)).toBe(bytes.length)
        yield* put(bytes)
        yield* remove(sha256)
        expect([(yield* keysOf("in use")).includes(sha256), (yield* keysOf("aside")).includes(sha256)]).toEqual([true, false])
        expect(Buffer.compare(yield* get(sha256), bytes)).toBe(0)
        // What is in use is not removed.
        yield* remove(sha256)
        expect(yield* size(sha256)).toBe(bytes.length)
        yield* setAside(sha256)
        yield* remove(sha256)
        expect(yield* Effect.flip(get(sha256))).toMatchObject({ _tag: "BlobCorrupt", reason: "missing" })
      }))

    it.effect("O4: setting aside and removing what is not there is no fault, also many times at once", () =>
      Effect.gen(function*() {
        yield* setAside(missing)
        yield* remove(missing)
        const sha256 = yield* put(randomBytes(300))
        yield* Effect.all(Array.from({ length: 10 }, () => setAside(sha256)), { concurrency: "unbounded" })
        expect(yield* size(sha256)).toBe(300)
        yield* Effect.all(Array.from({ length: 10 }, () => remove(sha256)), { concurrency: "unbounded" })
        expect(yield* size(sha256)).toBeUndefined()
      }))

    it.effect("O4: readers find a blob while it is set aside and put again", () =>
      Effect.gen(function*() {
        const bytes = randomBytes(1_000)
        const sha256 = yield* put(bytes)
        const moving = Effect.gen(function*() {
          for (let round = 0; round < 10; round++) {
            yield* setAside(sha256)
            yield* put(bytes)
            yield* remove(sha256)
          }
        })
        const reading = Effect.gen(function*() {
          for (let round = 0; round < 60; round++) expect((yield* get(sha256)).length).toBe(1_000)
        })
        yield* Effect.all([moving, reading], { concurrency: "unbounded" })
      }), 60_000)

    it.effect("O4: what is set aside has a new age", () =>
      Effect.gen(function*() {
        const { age } = yield* BlobStorage
        if (age === undefined) return
        const sha256 = yield* put(randomBytes(100))
        yield* age("objects", sha256, 1_000_000)
        const old = (yield* list("in use")).find((blob) => blob.sha256 === sha256)
        expect(Date.now() - (old?.storedAtMillis ?? 0)).toBeGreaterThan(900_000)
        yield* setAside(sha256)
        const young = (yield* list("aside")).find((blob) => blob.sha256 === sha256)
        expect(Date.now() - (young?.storedAtMillis ?? 0)).toBeLessThan(100_000)
      }))
  })
}

test("O1: what a crash left half-written in a folder is in nobody's way, and in no list", async () => {
  const folder = await temporaryFolder()
  onTestFinished(folder.remove)
  const bytes = randomBytes(1_000)
  const left = join(folder.path, sha256Of(bytes).slice(0, 2))
  await mkdir(left)
  await writeFile(join(left, `.${crypto.randomUUID()}.tmp`), bytes.subarray(0, 10))
  const sha256 = await Effect.runPromise(Effect.provide(put(bytes), FolderObjectStore.layer(folder.path)))
  expect(await Effect.runPromise(Effect.provide(keysOf("in use"), FolderObjectStore.layer(folder.path)))).toEqual([sha256])
})

test("A6: a folder that cannot be read is unavailable, which is not the same as damaged", async () => {
  const folder = await temporaryFolder()
  onTestFinished(folder.remove)
  await mkdir(join(folder.path, missing.slice(0, 2), missing), { recursive: true })
  const error = await Effect.runPromise(Effect.flip(Effect.provide(get(missing), FolderObjectStore.layer(folder.path))))
  expect(error).toMatchObject({ _tag: "StoreUnavailable", service: "objects" })
})
