/** Documents of versions as deltas: what was kept is what is read, and what it is a delta from is not lost. */
import { expect, layer } from "@effect/vitest"
import { Checkpoint, Document } from "@easel/document"
import { BlobReferences, Checkpoints, type DocumentBase, Files, ObjectStore, Versions } from "@easel/store"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as store from "../harness/storeLayer.ts"
import { TestDatabase } from "../harness/testDatabase.ts"

const encoded = (document: Document.Document): string => [...Checkpoint.encode(document)].join("")

let counter = 0
const written = (document: Document.Document, objectId: string, path: string, value: string | number) =>
  document.edit((draft) => {
    const writes = draft.get(objectId) === undefined ? [{ path: "type", value: "rectangle" }, { path, value }] : [{ path, value }]
    draft.write(objectId, writes, { timestamp: ++counter, clientId: "client", counter })
  })

const rectangles = (count: number) => {
  let document = Document.empty
  for (let n = 0; n < count; n++) document = written(document, `rectangle-${n}`, "name", `№ ${n} 😀`)
  return document
}

const kept = Effect.fnUntraced(function*(fileId: string, seq: number, document: Document.Document, base?: DocumentBase) {
  const versions = yield* Versions
  const { base: next, blob } = yield* versions.keep(document, base)
  yield* versions.insert({ id: crypto.randomUUID(), fileId, seq, kind: "auto", name: null, createdBy: "ada" }, blob)
  return { base: next, blob }
})

const newFileId = Effect.flatMap(Files, (files) => Effect.map(files.create("Deltas"), ({ id }) => id))

const loaded = (fileId: string, seq: number) =>
  Effect.map(Effect.flatMap(Checkpoints, (checkpoints) => checkpoints.load(fileId, seq)), (found) =>
    found === undefined ? undefined : [found.seq, encoded(found.document)])

const layerWithVersions = Layer.mergeAll(Files.layer, Checkpoints.layer, Versions.layer, BlobReferences.layer).pipe(
  Layer.provide(store.sqlClient),
  Layer.provideMerge(store.objectStore),
  Layer.provideMerge(TestDatabase.layer),
  Layer.provideMerge(store.quiet)
)

layer(layerWithVersions, { excludeTestServices: true })("documents of versions", (it) => {
  it.effect("V19: small edits are kept as deltas, and every version is read byte for byte", () =>
    Effect.gen(function*() {
      const fileId = yield* newFileId
      const states: Array<Document.Document> = [rectangles(400)]
      let { base, blob: first } = yield* kept(fileId, 1, states[0] ?? Document.empty)
      expect(first.baseSha256).toBeNull()
      for (let seq = 2; seq <= 30; seq++) {
        const state = written(states.at(-1) ?? Document.empty, `rectangle-${seq * 7 % 500}`, "x", seq)
        states.push(state)
        const { base: next, blob } = yield* kept(fileId, seq, state, base)
        expect([blob.baseSha256, next]).toEqual([first.sha256, base])
        expect(blob.bytes).toBeLessThan(first.bytes / 4)
        base = next
      }
      for (const [index, state] of states.entries()) expect(yield* loaded(fileId, index + 1)).toEqual([index + 1, encoded(state)])
    }))

  it.effect("V19: what changed much is kept whole, and is what later ones are deltas from", () =>
    Effect.gen(function*() {
      const fileId = yield* newFileId
      let state = rectangles(100)
      const first = yield* kept(fileId, 1, state)
      for (let n = 0; n < 100; n++) state = written(state, `rectangle-${n}`, "name", `Renamed ${n}`)
      const second = yield* kept(fileId, 2, state, first.base)
      expect(second.blob.baseSha256).toBeNull()
      const third = yield* kept(fileId, 3, written(state, "rectangle-1", "x", 1), second.base)
      expect(third.blob.baseSha256).toBe(second.blob.sha256)
      // One that shares nothing with its base in memory is not compared object by object.
      const again = Checkpoint.decode(encoded(written(state, "rectangle-2", "x", 2)))
      expect((yield* kept(fileId, 4, again, second.base)).blob.baseSha256).toBeNull()
      expect(yield* loaded(fileId, 4)).toEqual([4, encoded(again)])
    }))

  it.effect("V19 O5: a blob that a version is a delta from is referred to by it; damaged, an older state is read", () =>
    Effect.gen(function*() {
      const { sql } = yield* TestDatabase
      const fileId = yield* newFileId
      const older = rectangles(60)
      yield* kept(fileId, 1, older)
      const state = rectangles(100)
      const { base, blob } = yield* kept(fileId, 2, state)
      yield* kept(fileId, 3, written(state, "rectangle-1", "x", 1), base)
      yield* sql`DELETE FROM file_versions WHERE file_id = ${fileId}::uuid AND seq = 2`
      expect(yield* Effect.flatMap(BlobReferences, ({ among }) => among([blob.sha256]))).toEqual(new Set([blob.sha256]))
      const objects = yield* ObjectStore
      yield* objects.setAside(blob.sha256)
      expect((yield* loaded(fileId, 3))?.[0]).toBe(3)
      yield* objects.remove(blob.sha256)
      expect(yield* loaded(fileId, 3)).toEqual([1, encoded(older)])
    }))
})
