/** What nobody refers to goes in two steps; what somebody refers to, or is about to, never does, on any storage. */
import { randomBytes } from "node:crypto"
import { expect, layer } from "@effect/vitest"
import { BlobReferences, Checkpoints, collectGarbage, Exports, Files, fateOf, ObjectStore } from "@easel/store"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Stream from "effect/Stream"
import { test } from "vitest"
import { BlobStorage, type Storage, storages } from "../harness/blobStorages.ts"
import { eventually } from "../harness/eventually.ts"
import * as store from "../harness/storeLayer.ts"
import { TestDatabase } from "../harness/testDatabase.ts"

const grace = Duration.days(1)
const dayMillis = Duration.toMillis(grace)

const putOld = Effect.fnUntraced(function*(bytes: Uint8Array, area: "objects" | "aside" = "objects") {
  const objects = yield* ObjectStore
  const sha256 = yield* objects.put(bytes)
  if (area === "aside") yield* objects.setAside(sha256)
  yield* age(sha256, area)
  return sha256
})

const age = (sha256: string, area: "objects" | "aside" = "objects") =>
  Effect.flatMap(BlobStorage, ({ age }) => age?.(area, sha256, dayMillis + 60_000) ?? Effect.die("this storage has no ages"))

const placeOf = Effect.fnUntraced(function*(sha256: string) {
  const objects = yield* ObjectStore
  const found: Array<string> = []
  for (const area of ["in use", "aside"] as const) {
    if ((yield* Stream.runCollect(objects.list(area))).some((blob) => blob.sha256 === sha256)) found.push(area)
  }
  return found.join(", ")
})

const rowOf = {
  file_checkpoints: `INSERT INTO file_checkpoints (file_id, seq, epoch, format, sha256, bytes) VALUES ($1::uuid, 1, 1, 1, $2, 1)`,
  file_versions: `INSERT INTO file_versions (file_id, seq, kind, created_by, format, sha256, bytes) VALUES ($1::uuid, 1, 'auto', 'ada', 1, $2, 1)`,
  assets: `INSERT INTO assets (file_id, sha256, thumbnail_sha256, content_type, bytes, created_by) VALUES ($1::uuid, $2, $2, 'image/png', 1, 'ada')`
}

/** A row that refers to a blob. */
const refer = Effect.fnUntraced(function*(sha256: string, table: keyof typeof rowOf = "file_checkpoints") {
  const { sql } = yield* TestDatabase
  const { id } = yield* Effect.flatMap(Files, (files) => files.create("Garbage"))
  yield* sql.unsafe(rowOf[table], [id, sha256])
  return id
})

const forget = (fileId: string) => Effect.flatMap(TestDatabase, ({ sql }) => sql`DELETE FROM file_checkpoints WHERE file_id = ${fileId}::uuid`)

/** A run that something overtakes after it has read who refers to a blob, and before it acts on that. */
const overtaken = <E, R>(sha256: string, event: Effect.Effect<unknown, E, R>) =>
  Effect.gen(function*() {
    const references = yield* BlobReferences
    const services = yield* Effect.context<R>()
    const among = (keys: ReadonlyArray<string>) =>
      Effect.tap(references.among(keys), () => keys.includes(sha256) ? Effect.orDie(Effect.provideContext(event, services)) : Effect.void)
    return yield* Effect.provideService(collectGarbage("collect", grace), BlobReferences, { among })
  })

const layerOver = (storage: Storage) =>
  Layer.mergeAll(Files.layer, Checkpoints.layer, BlobReferences.layer, Exports.layer).pipe(
    Layer.provide(store.sqlClient),
    Layer.provideMerge(storage),
    Layer.provideMerge(TestDatabase.layer),
    Layer.provideMerge(store.quiet)
  )

// Ages cannot be made on a real server.
for (const [name, storage] of storages.filter(([name]) => name !== "S3")) {
  layer(layerOver(storage), { excludeTestServices: true, timeout: "60 seconds" })(`garbage over ${name}`, (it) => {
    it.effect("O5: what is old and not referred to is set aside, and removed by a run that finds it old there", () =>
      Effect.gen(function*() {
        const objects = yield* ObjectStore
        const bytes = randomBytes(1_234)
        const sha256 = yield* putOld(bytes)
        const first = yield* collectGarbage("collect", grace)
        expect(first.blobs["set aside"]).toEqual({ blobs: 1, bytes: 1_234 })
        expect(yield* placeOf(sha256)).toBe("aside")
        expect((yield* objects.get(sha256)).length).toBe(1_234)
        // Too young there.
        expect((yield* collectGarbage("collect", grace)).blobs.remove.blobs).toBe(0)
        yield* age(sha256, "aside")
        expect((yield* collectGarbage("collect", grace)).blobs.remove).toEqual({ blobs: 1, bytes: 1_234 })
        expect(yield* placeOf(sha256)).toBe("")
      }))

    it.effect("O5: what is young or referred to stays, whoever refers to it; what is aside and referred to is put back", () =>
      Effect.gen(function*() {
        const young = yield* Effect.flatMap(ObjectStore, (objects) => objects.put(randomBytes(10)))
        const ofCheckpoint = yield* putOld(randomBytes(11))
        const ofVersion = yield* putOld(randomBytes(12))
        const aside = yield* putOld(randomBytes(13), "aside")
        yield* refer(ofCheckpoint)
        yield* refer(ofVersion, "file_versions")
        yield* refer(aside)
        const { blobs } = yield* collectGarbage("collect", grace)
        expect([blobs["put back"].blobs, blobs.remove.blobs]).toEqual([1, 0])
        for (const sha256 of [young, ofCheckpoint, ofVersion, aside]) expect(yield* placeOf(sha256)).toBe("in use")
      }))

    it.effect("O5 M5: an image stays as long as a file has it, and goes after the last", () =>
      Effect.gen(function*() {
        const { sql } = yield* TestDatabase
        const image = yield* putOld(randomBytes(14))
        const files = [yield* refer(image, "assets"), yield* refer(image, "assets")]
        for (const id of files) {
          yield* collectGarbage("collect", grace)
          expect(yield* placeOf(image)).toBe("in use")
          yield* sql`DELETE FROM files WHERE id = ${id}::uuid`
        }
        yield* collectGarbage("collect", grace)
        expect(yield* placeOf(image)).toBe("aside")
      }))

    it.effect("M14: an export is forgotten after a week, and its picture goes; a thumbnail stays", () =>
      Effect.gen(function*() {
        const { sql } = yield* TestDatabase
        const [young, old, thumbnail] = [yield* putOld(randomBytes(15)), yield* putOld(randomBytes(16)), yield* putOld(randomBytes(17))]
        const { id } = yield* Effect.flatMap(Files, (files) => files.create("Exported"))
        yield* sql`INSERT INTO exports (file_id, key, sha256, created_at) VALUES (${id}::uuid, 'young', ${young}, now() - interval '6 days'), (${id}::uuid, 'old', ${old}, now() - interval '8 days')`
        yield* sql`INSERT INTO file_thumbnails (file_id, sha256) VALUES (${id}::uuid, ${thumbnail})`
        yield* collectGarbage("collect", grace)
        expect([yield* placeOf(young), yield* placeOf(old), yield* placeOf(thumbnail)]).toEqual(["in use", "aside", "in use"])
      }))

    it.effect("O5: a report changes nothing and says the same", () =>
      Effect.gen(function*() {
        const garbage = yield* putOld(randomBytes(20))
        const gone = yield* putOld(randomBytes(21), "aside")
        const wanted = yield* putOld(randomBytes(22), "aside")
        const file = yield* refer(wanted)
        const report = yield* collectGarbage("report", grace)
        expect([yield* placeOf(garbage), yield* placeOf(gone), yield* placeOf(wanted)]).toEqual(["in use", "aside", "aside"])
        const { blobs } = yield* collectGarbage("collect", grace)
        for (const fate of ["set aside", "put back", "remove"] as const) expect(blobs[fate]).toEqual(report.blobs[fate])
        expect([yield* placeOf(garbage), yield* placeOf(gone), yield* placeOf(wanted)]).toEqual(["aside", "", "in use"])
        yield* forget(file)
      }))

    it.effect("O6: an old blob that is put again and referred to while a run is about to set it aside is not lost", () =>
      Effect.gen(function*() {
        const objects = yield* ObjectStore
        const bytes = randomBytes(3_000)
        const sha256 = yield* putOld(bytes)
        yield* overtaken(sha256, Effect.andThen(objects.put(bytes), refer(sha256)))
        expect(yield* placeOf(sha256)).toBe("aside")
        expect(Buffer.compare(yield* objects.get(sha256), bytes)).toBe(0)
        yield* age(sha256, "aside")
        yield* collectGarbage("collect", grace)
        expect(yield* placeOf(sha256)).toBe("in use")
      }))

    it.effect("O6: a blob that is put again while a run is about to remove it is stored anew", () =>
      Effect.gen(function*() {
        const objects = yield* ObjectStore
        const bytes = randomBytes(3_000)
        const sha256 = yield* putOld(bytes, "aside")
        yield* overtaken(sha256, Effect.andThen(objects.put(bytes), refer(sha256)))
        expect(yield* placeOf(sha256)).toBe("in use")
      }))

    it.effect("O6: a blob that is put between the list and the end of a run is young and stays", () =>
      Effect.gen(function*() {
        const objects = yield* ObjectStore
        const old = yield* putOld(randomBytes(40))
        const bytes = randomBytes(41)
        yield* overtaken(old, objects.put(bytes))
        const sha256 = yield* objects.put(bytes)
        expect(yield* placeOf(sha256)).toBe("in use")
      }))

    it.effect("O6: runs at once, beside writers that put the same few blobs again and again, lose nothing", () =>
      Effect.gen(function*() {
        const objects = yield* ObjectStore
        const { names } = yield* BlobStorage
        const graceMillis = 1_000
        let referred = 0
        const writer = Effect.fnUntraced(function*(bytes: Uint8Array) {
          for (let round = 1; round <= 9; round++) {
            const startMillis = Date.now()
            const sha256 = yield* objects.put(bytes)
            const fileId = yield* refer(sha256)
            // A machine that was stalled for longer was promised nothing.
            if (Date.now() - startMillis < graceMillis) {
              referred++
              for (let look = 0; look < 3; look++) expect((yield* objects.get(sha256)).length).toBe(500)
            }
            yield* forget(fileId)
            // Now and then it is left alone until it goes, once as far as out of sight.
            const areas = round === 6 ? ["objects", "aside"] as const : round % 3 === 0 ? ["objects"] as const : []
            for (const area of areas) {
              yield* eventually(`${sha256} has left ${area}`, Effect.map(names(area), (keys) => !keys.includes(sha256)))
            }
          }
        })
        const collecting = Effect.forever(collectGarbage("collect", Duration.millis(graceMillis)))
        const writers = Effect.all(Array.from({ length: 6 }, () => writer(randomBytes(500))), { concurrency: "unbounded" })
        yield* Effect.raceFirst(writers, Effect.all([collecting, collecting], { concurrency: "unbounded" }))
        expect(referred).toBeGreaterThan(10)
      }), 60_000)

    it.effect("O5: a blob that is damaged aside is told and left", () =>
      Effect.gen(function*() {
        const { tamper } = yield* BlobStorage
        const sha256 = yield* putOld(randomBytes(50), "aside")
        yield* refer(sha256)
        yield* tamper("aside", sha256, randomBytes(50))
        expect((yield* collectGarbage("collect", grace)).blobs.damaged.blobs).toBe(1)
        expect(yield* placeOf(sha256)).toBe("aside")
      }))

    it.effect("O7: checkpoints that are too old to be tried are forgotten, and their blobs go by and by", () =>
      Effect.gen(function*() {
        const { sql } = yield* TestDatabase
        const checkpoints = yield* Checkpoints
        const { id } = yield* Effect.flatMap(Files, (files) => files.create("Old"))
        const keys = yield* Effect.forEach([10, 20, 30, 40, 50], (seq) => Effect.map(putOld(randomBytes(seq)), (sha256) => ({ seq, sha256 })))
        for (const { seq, sha256 } of keys) {
          yield* sql`INSERT INTO file_checkpoints (file_id, seq, epoch, format, sha256, bytes) VALUES (${id}::uuid, ${seq}, 1, 1, ${sha256}, 1)`
        }
        // Another format may be another version's, and is counted for itself.
        yield* sql`INSERT INTO file_checkpoints (file_id, seq, epoch, format, sha256, bytes) VALUES (${id}::uuid, 5, 1, 2, 'none', 1)`
        expect(yield* checkpoints.forgetOld("count")).toBe(2)
        expect((yield* collectGarbage("report", grace)).checkpoints).toBe(2)
        expect((yield* collectGarbage("collect", grace)).checkpoints).toBe(2)
        const left = yield* sql<{ seq: number }>`SELECT seq::int AS seq FROM file_checkpoints WHERE file_id = ${id}::uuid ORDER BY seq`
        expect(left.map(({ seq }) => seq)).toEqual([5, 30, 40, 50])
        expect(yield* Effect.forEach(keys, ({ sha256 }) => placeOf(sha256))).toEqual(["aside", "aside", "in use", "in use", "in use"])
        expect(yield* checkpoints.forgetOld("forget")).toBe(0)
      }))
  })
}

test("O5: the fate of a blob", () => {
  const blob = (storedAtMillis: number) => ({ sha256: "0".repeat(64), bytes: 1, storedAtMillis })
  expect(fateOf("in use", blob(99), false, 100)).toBe("set aside")
  expect(fateOf("in use", blob(100), false, 100)).toBe("keep")
  expect(fateOf("in use", blob(0), true, 100)).toBe("keep")
  expect(fateOf("aside", blob(99), false, 100)).toBe("remove")
  expect(fateOf("aside", blob(100), false, 100)).toBe("keep")
  expect(fateOf("aside", blob(0), true, 100)).toBe("put back")
  expect(fateOf("aside", blob(200), true, 100)).toBe("put back")
})
