/** Files: creating, finding, paging, and the grants that make one actor their only writer (A9). */
import { expect, layer } from "@effect/vitest"
import { type FileRow, Files, Journal, type JournalBatch } from "@easel/store"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as fc from "fast-check"
import { batchOf } from "../harness/journalBatch.ts"
import { forAll } from "../harness/property.ts"
import * as store from "../harness/storeLayer.ts"
import { TestDatabase, testLease } from "../harness/testDatabase.ts"

const append = (batch: JournalBatch) => Effect.flatMap(Journal, (journal) => journal.append(batch))

/** All files, page by page. */
const pages = (limit: number) =>
  Effect.gen(function*() {
    const files = yield* Files
    const all: Array<FileRow> = []
    for (let page = yield* files.list(limit); page.length > 0; page = yield* files.list(limit, { after: all.at(-1) })) {
      expect(page.length).toBeLessThanOrEqual(limit)
      all.push(...page)
    }
    return all
  })

layer(store.layer, { excludeTestServices: true })("Files", (it) => {
  it.effect("H1: a new file is found by its id, empty", () =>
    Effect.gen(function*() {
      const files = yield* Files
      const name = "Näme with \"quotes\", '; DROP TABLE files; -- and 😀"
      const created = yield* files.create(name)
      expect(created).toMatchObject({ name, seq: 0 })
      expect(created.createdAt).toBe(created.updatedAt)
      expect(Math.abs(created.createdAt - Date.now())).toBeLessThan(60_000)
      expect(yield* files.find(created.id)).toEqual(created)
    }))

  it.effect("H1: files that do not exist or are deleted are missing", () =>
    Effect.gen(function*() {
      const files = yield* Files
      const { sql } = yield* TestDatabase
      const { id } = yield* files.create("Deleted")
      yield* sql`UPDATE files SET deleted_at = now() WHERE id = ${id}::uuid`
      for (const fileId of [id, crypto.randomUUID()]) {
        expect(yield* Effect.flip(files.find(fileId))).toMatchObject({ _tag: "FileMissing", fileId })
        expect(yield* Effect.flip(files.activate(fileId, testLease))).toMatchObject({ _tag: "FileMissing", fileId })
      }
      expect((yield* pages(50)).map((file) => file.id)).not.toContain(id)
    }))

  it.effect("H1: paging shows every file once, newest first, whatever their timestamps and the size of a page", () =>
    Effect.gen(function*() {
      const { sql } = yield* TestDatabase
      const times = fc.array(fc.integer({ min: 0, max: 6 }), { minLength: 1, maxLength: 20 })
      yield* forAll(fc.tuple(times, fc.integer({ min: 1, max: 7 })), ([offsets, limit]) =>
        Effect.gen(function*() {
          yield* sql`DELETE FROM files`
          for (const offset of offsets) {
            // Equal timestamps, and such that differ by a microsecond.
            yield* sql`INSERT INTO files (name, created_at)
              VALUES ('page', timestamptz '2026-11-22 12:34:56.789012+00' + ${offset} * interval '1 microsecond')`
          }
          const expected = yield* sql<{ id: string }>`SELECT id::text AS id FROM files ORDER BY created_at DESC, files.id DESC`
          expect((yield* pages(limit)).map(({ id }) => id)).toEqual(expected.map(({ id }) => id))
        }), { numRuns: 30 })
    }))

  it.effect("H1: a commit moves seq and updatedAt and leaves createdAt", () =>
    Effect.gen(function*() {
      const files = yield* Files
      const created = yield* files.create("Moving")
      const grant = yield* files.activate(created.id, testLease)
      yield* append(batchOf({ ...grant, expectedSeq: 0 }, 7))
      const moved = yield* files.find(created.id)
      expect(moved).toEqual({ ...created, seq: 7, updatedAt: moved.updatedAt })
      expect(moved.updatedAt).toBeGreaterThanOrEqual(created.updatedAt)
    }))

  it.effect("A9: each activation has a newer epoch and the head as it is", () =>
    Effect.gen(function*() {
      const files = yield* Files
      const { id } = yield* files.create("Epochs")
      const first = yield* files.activate(id, testLease)
      expect(first).toEqual({ fileId: id, name: "Epochs", epoch: 1, headSeq: 0, access: 0, commentSeq: 0, hasPendingRestores: false, versionSeq: 0, quarantine: null })
      yield* append(batchOf({ ...first, expectedSeq: 0 }, 3))
      const second = yield* files.activate(id, testLease)
      expect(second).toEqual({ fileId: id, name: "Epochs", epoch: 2, headSeq: 3, access: 0, commentSeq: 0, hasPendingRestores: false, versionSeq: 0, quarantine: null })
      expect(yield* Effect.flip(append(batchOf({ ...first, expectedSeq: 3 }, 1)))).toMatchObject({ _tag: "CommitStale" })
    }))

  it.effect("J2: no index of files has a column that a commit writes, which would cost each commit its update in place", () =>
    Effect.gen(function*() {
      const { sql } = yield* TestDatabase
      const indexes = yield* sql<{ indexdef: string }>`SELECT indexdef FROM pg_indexes WHERE tablename = 'files'`
      expect(indexes.length).toBeGreaterThan(5)
      expect(indexes.filter(({ indexdef }) => /head_seq|updated_at/.test(indexdef))).toEqual([])
    }))

  it.effect("H24: nobody commits to a file in the trash, nor under the roles that were known before it came out", () =>
    Effect.gen(function*() {
      const files = yield* Files
      const { id } = yield* files.create("Trashed")
      const grant = yield* files.activate(id, testLease)
      yield* append(batchOf({ ...grant, expectedSeq: 0 }, 1))
      expect(yield* files.trash(id, true, 0)).toMatchObject({ revision: 1, trashedAt: expect.any(Number) })
      expect(yield* Effect.flip(append(batchOf({ ...grant, expectedSeq: 1 }, 1)))).toMatchObject({ _tag: "CommitStale" })
      expect(yield* Effect.flip(files.trash(id, false, 0))).toMatchObject({ _tag: "RevisionStale", revision: 1 })
      expect(yield* files.trash(id, false, 1)).toMatchObject({ revision: 2, trashedAt: null, seq: 1 })
      expect(yield* Effect.flip(append(batchOf({ ...grant, expectedSeq: 1 }, 1)))).toMatchObject({ _tag: "CommitStale" })
      const again = yield* files.reclaim(id, grant.epoch)
      expect(again.access).toBe(grant.access + 2)
      yield* append({ ...batchOf({ ...again, expectedSeq: 1 }, 1), access: again.access })
      expect((yield* files.find(id)).seq).toBe(2)
    }))

  it.effect("A9: activations that race get different epochs", () =>
    Effect.gen(function*() {
      const files = yield* Files
      const { id } = yield* files.create("Race")
      const grants = yield* Effect.all(Array.from({ length: 20 }, () => files.activate(id, testLease)), { concurrency: "unbounded" })
      expect(grants.map(({ epoch }) => epoch).sort((a, b) => a - b)).toEqual(Array.from({ length: 20 }, (_, index) => index + 1))
    }))

  it.effect("A9: only the holder of the newest epoch can reclaim a file", () =>
    Effect.gen(function*() {
      const files = yield* Files
      const { id } = yield* files.create("Reclaim")
      const first = yield* files.activate(id, testLease)
      const second = yield* files.reclaim(id, first.epoch)
      expect(second.epoch).toBe(first.epoch + 1)
      expect(yield* Effect.flip(files.reclaim(id, first.epoch))).toMatchObject({ _tag: "EpochStale", fileId: id, epoch: first.epoch })
      const third = yield* files.activate(id, testLease)
      expect(yield* Effect.flip(files.reclaim(id, second.epoch))).toMatchObject({ _tag: "EpochStale" })
      expect((yield* files.reclaim(id, third.epoch)).epoch).toBe(third.epoch + 1)
    }))

  it.effect("A9: a reclaim waits for a commit that is under way and sees its head", () =>
    Effect.gen(function*() {
      const files = yield* Files
      const { lockFile, untilBlocked } = yield* TestDatabase
      const { id } = yield* files.create("Order")
      const grant = yield* files.activate(id, testLease)
      const lock = yield* lockFile(id)
      const commit = yield* Effect.forkChild(append(batchOf({ ...grant, expectedSeq: 0 }, 4)))
      yield* untilBlocked("easel-journal")
      const reclaimed = yield* Effect.forkChild(files.reclaim(id, grant.epoch))
      yield* untilBlocked("easel")
      yield* lock.release
      yield* Fiber.join(commit)
      const { epoch, headSeq } = yield* Fiber.join(reclaimed)
      expect({ epoch, headSeq }).toEqual({ epoch: grant.epoch + 1, headSeq: 4 })
    }))
})
