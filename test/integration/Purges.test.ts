/** H24: files leave for ever with everything of theirs, also when a crash cuts that short. */
import { expect, layer } from "@effect/vitest"
import { Files, Purges } from "@easel/store"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as store from "../harness/storeLayer.ts"
import { TestDatabase } from "../harness/testDatabase.ts"

const layerTested = Layer.mergeAll(Files.layer, Purges.layer).pipe(Layer.provide(store.sqlClient), Layer.provideMerge(TestDatabase.layer), Layer.provideMerge(store.quiet))

layer(layerTested, { excludeTestServices: true })("Purges", (it) => {
  it.effect("H24: a purge that was cut short is finished, portion by portion, and touches nothing else", () =>
    Effect.gen(function*() {
      const [files, purges] = [yield* Files, yield* Purges]
      const { sql } = yield* TestDatabase
      const [gone, stays] = [yield* files.create("Gone"), yield* files.create("Stays")]
      yield* sql`INSERT INTO operations (file_id, seq, epoch, operation_id, idempotency_key, content_hash, status, operation_type, object_id, "timestamp", user_id, client_id)
        SELECT f.id, n, 1, n, n, 'hash', 'applied', 'delete', 'object', 0, 'user', 'client' FROM files f, generate_series(1, 12000) n`
      const count = (fileId: string) => Effect.map(sql<{ count: number }>`SELECT count(*)::int AS count FROM operations WHERE file_id = ${fileId}::uuid`, ([row]) => row?.count)
      expect(yield* Effect.flip(purges.purge(gone.id))).toMatchObject({ _tag: "NotTrashed" })
      yield* files.trash(gone.id, true)
      expect(yield* Effect.flip(purges.purge(gone.id, 0))).toMatchObject({ _tag: "RevisionStale", revision: 1 })
      // As a node leaves it that crashes right after it has marked the file.
      yield* sql`UPDATE files SET purged_at = now() WHERE id = ${gone.id}::uuid`
      for (const call of [files.findKept(gone.id), files.trash(gone.id, false), purges.purge(gone.id)]) {
        expect(yield* Effect.flip<unknown, { readonly _tag: string }, never>(call)).toMatchObject({ _tag: "FileMissing" })
      }
      expect(yield* files.list(10, { trashed: true })).toEqual([])
      expect(yield* purges.finish).toBe(1)
      expect([yield* count(gone.id), yield* count(stays.id)]).toEqual([0, 12_000])
      expect(yield* sql`SELECT FROM files WHERE id = ${gone.id}::uuid`).toEqual([])
      expect(yield* purges.finish).toBe(0)
    }))
})
