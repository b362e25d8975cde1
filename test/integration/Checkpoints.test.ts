/** Checkpoints: what was saved is what is loaded, and a damaged one is passed over (A6, A7, D10). */
import { readFile, unlink, writeFile } from "node:fs/promises"
import { join } from "node:path"
import { gzipSync } from "node:zlib"
import { expect, layer } from "@effect/vitest"
import { Checkpoint, digest, Document } from "@easel/document"
import { Checkpoints, Files, ObjectStore } from "@easel/store"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Latch from "effect/Latch"
import * as Layer from "effect/Layer"
import * as Scope from "effect/Scope"
import { type Delivery, log } from "../harness/arbitraries.ts"
import { forAll } from "../harness/property.ts"
import * as store from "../harness/storeLayer.ts"
import { TestDatabase } from "../harness/testDatabase.ts"

const newFileId = Effect.flatMap(Files, (files) => Effect.map(files.create("Checkpoints"), ({ id }) => id))

const save = (fileId: string, seq: number, document: Document.Document, epoch = 1) =>
  Effect.flatMap(Checkpoints, (checkpoints) => checkpoints.save(fileId, epoch, seq, document))

const load = (fileId: string, upToSeq = Number.MAX_SAFE_INTEGER) =>
  Effect.flatMap(Checkpoints, (checkpoints) => checkpoints.load(fileId, upToSeq))

const documentOf = (deliveries: ReadonlyArray<Delivery>): Document.Document =>
  Document.empty.edit((draft) => {
    for (const { objectId, stamp, writes } of deliveries) draft.write(objectId, writes, stamp)
  })

const rectangles = (count: number): Document.Document =>
  documentOf(Array.from({ length: count }, (_, index) => ({
    objectId: `rectangle-${String(index).padStart(6, "0")}`,
    writes: [
      { path: "type", value: "rectangle" },
      { path: "parent", value: { parentId: null, orderKey: `a${index % 10}` } },
      { path: "name", value: `№ ${index} 😀` }
    ],
    stamp: { timestamp: index, clientId: "client", counter: index + 1 }
  })))

const encoded = (document: Document.Document): string => [...Checkpoint.encode(document)].join("")

/** The file of the blob of a checkpoint. */
const blobPath = (fileId: string, seq: number) =>
  Effect.gen(function*() {
    const { folder, sql } = yield* TestDatabase
    const [row] = yield* sql<{ sha256: string }>`SELECT sha256 FROM file_checkpoints WHERE file_id = ${fileId}::uuid AND seq = ${seq}`
    const sha256 = row?.sha256 ?? ""
    return join(folder, "objects", sha256.slice(0, 2), sha256)
  })

layer(store.layer, { excludeTestServices: true })("Checkpoints", (it) => {
  it.effect("D10: random documents come back with every register and stamp", () =>
    Effect.gen(function*() {
      const fileId = yield* newFileId
      let seq = 0
      yield* forAll(log, (deliveries) =>
        Effect.gen(function*() {
          const document = documentOf(deliveries)
          yield* save(fileId, ++seq, document)
          const loaded = yield* load(fileId)
          expect(loaded?.seq).toBe(seq)
          expect(loaded === undefined ? undefined : encoded(loaded.document)).toBe(encoded(document))
        }), { numRuns: 40 })
    }))

  it.effect("A7: a large document is saved while others go on", () =>
    Effect.gen(function*() {
      const fileId = yield* newFileId
      const document = rectangles(5_000)
      let turns = 0
      const others = yield* Effect.forkScoped(Effect.forever(Effect.andThen(Effect.sync(() => turns++), Effect.yieldNow)))
      yield* save(fileId, 5_000, document)
      others.interruptUnsafe()
      expect(turns).toBeGreaterThanOrEqual(5)
      const loaded = yield* load(fileId)
      expect(loaded === undefined ? "" : digest(loaded.document)).toBe(digest(document))
    }))

  it.effect("A7: the newest one at or below the wanted seq is loaded; none is none", () =>
    Effect.gen(function*() {
      const fileId = yield* newFileId
      expect(yield* load(fileId)).toBeUndefined()
      for (const seq of [10, 20, 30]) yield* save(fileId, seq, rectangles(seq))
      for (const [upTo, seq] of [[9, undefined], [10, 10], [29, 20], [30, 30], [1_000, 30]] as const) {
        const loaded = yield* load(fileId, upTo)
        expect(loaded?.seq).toBe(seq)
        expect(loaded?.document.size).toBe(seq)
      }
      expect(yield* load(yield* newFileId)).toBeUndefined()
    }))

  it.effect("A7: nobody waits for a save that goes on aside but who closes the store, and who wants one too many", () =>
    Effect.gen(function*() {
      const order: Array<string> = []
      const scope = yield* Scope.make()
      const services = yield* Layer.buildWithScope(Layer.fresh(store.layerOver), scope)
      const { aside } = Context.get(services, Checkpoints)
      const disk = Latch.makeUnsafe(false)
      const slowSave = Effect.andThen(disk.await, Effect.sync(() => order.push("saved")))
      for (let count = 1; count <= 64; count++) yield* aside(slowSave)
      const oneMore = yield* Effect.forkChild(
        Effect.andThen(aside(Effect.void), Effect.sync(() => order.push("one more"))),
        { startImmediately: true }
      )
      const closing = yield* Effect.forkChild(Scope.close(scope, Exit.void), { startImmediately: true })
      order.push("go on")
      disk.openUnsafe()
      yield* Fiber.join(oneMore)
      yield* Fiber.join(closing)
      order.push("closed")
      expect([order[0], order.at(-1), order.filter((each) => each === "saved").length]).toEqual(["go on", "closed", 64])
      expect(order.indexOf("one more")).toBeGreaterThan(1)
    }))

  it.effect("A7: saving the same seq again is harmless", () =>
    Effect.gen(function*() {
      const fileId = yield* newFileId
      yield* Effect.all(Array.from({ length: 5 }, (_, epoch) => save(fileId, 7, rectangles(7), epoch)), { concurrency: "unbounded" })
      expect((yield* load(fileId))?.document.size).toBe(7)
    }))

  it.effect("A6: damaged and missing ones are passed over for older ones", () =>
    Effect.gen(function*() {
      const fileId = yield* newFileId
      for (const seq of [10, 20, 30]) yield* save(fileId, seq, rectangles(seq))
      const newest = yield* blobPath(fileId, 30)
      yield* Effect.promise(async () => writeFile(newest, (await readFile(newest)).subarray(0, 50)))
      expect((yield* load(fileId))?.seq).toBe(20)
      const second = yield* blobPath(fileId, 20)
      yield* Effect.promise(() => unlink(second))
      expect((yield* load(fileId))?.seq).toBe(10)
      const oldest = yield* blobPath(fileId, 10)
      yield* Effect.promise(() => writeFile(oldest, "nothing"))
      expect(yield* load(fileId)).toBeUndefined()
    }))

  it.effect("A6: a blob that is whole and no checkpoint is passed over", () =>
    Effect.gen(function*() {
      const objects = yield* ObjectStore
      const { sql } = yield* TestDatabase
      const contents = [
        Buffer.from("not compressed"),
        gzipSync("not JSON"),
        gzipSync("{}"),
        gzipSync(`{"format":999,"objects":[]}`),
        gzipSync(`{"format":1,"objects":[["o",["name"],[],[1,"c",1]]]}`),
        gzipSync(`{"format":2}\n{"objects":1}`),
        gzipSync(encoded(rectangles(50)).slice(0, -10))
      ]
      for (const content of contents) {
        const fileId = yield* newFileId
        yield* save(fileId, 5, rectangles(5))
        const sha256 = yield* objects.put(content)
        yield* sql`INSERT INTO file_checkpoints (file_id, seq, epoch, format, sha256, bytes)
          VALUES (${fileId}::uuid, 6, 1, 1, ${sha256}, ${content.length})`
        expect((yield* load(fileId))?.seq).toBe(5)
      }
    }))

  it.effect("A6 D10: a checkpoint of format 1 is loaded, and what takes its place has the format that is written now", () =>
    Effect.gen(function*() {
      const objects = yield* ObjectStore
      const { sql } = yield* TestDatabase
      const fileId = yield* newFileId
      const sha256 = yield* objects.put(gzipSync(`{"format":1,"objects":[["o",["type"],["group"],[1,"c",1]]]}`))
      yield* sql`INSERT INTO file_checkpoints (file_id, seq, epoch, format, sha256, bytes) VALUES (${fileId}::uuid, 5, 1, 1, ${sha256}, 1)`
      expect((yield* load(fileId))?.document.get("o")?.type).toBe("group")
      yield* save(fileId, 5, rectangles(5))
      expect(yield* sql`SELECT format FROM file_checkpoints WHERE file_id = ${fileId}::uuid`).toEqual([{ format: Checkpoint.checkpointFormat }])
      expect((yield* load(fileId))?.document.size).toBe(5)
    }))

  it.effect("V12: objects are read of a state at its very seq, in order, and of none where there is none or it is damaged", () =>
    Effect.gen(function*() {
      const fileId = yield* newFileId
      for (const seq of [10, 200]) yield* save(fileId, seq, rectangles(seq))
      const idsAt = (seq: number) =>
        Effect.flatMap(Checkpoints, (checkpoints) =>
          checkpoints.read(fileId, seq, function*(groups) {
            const ids: Array<string> = []
            for (const objects of groups) {
              ids.push(...objects.map(({ id }) => id))
              yield
            }
            return ids
          }))
      expect(yield* idsAt(200)).toEqual(Array.from(rectangles(200).held(), ({ id }) => id))
      for (const seq of [9, 11, 199, 201]) expect(yield* idsAt(seq)).toBeUndefined()
      const newest = yield* blobPath(fileId, 200)
      yield* Effect.promise(() => writeFile(newest, "nothing"))
      expect(yield* idsAt(200)).toBeUndefined()
      expect(yield* idsAt(10)).toHaveLength(10)
    }))

  it.effect("A6: a checkpoint of another format is not looked at", () =>
    Effect.gen(function*() {
      const { sql } = yield* TestDatabase
      const fileId = yield* newFileId
      yield* save(fileId, 5, rectangles(5))
      yield* save(fileId, 9, rectangles(9))
      yield* sql`UPDATE file_checkpoints SET format = 3 WHERE file_id = ${fileId}::uuid AND seq = 9`
      expect((yield* load(fileId))?.seq).toBe(5)
    }))
})
