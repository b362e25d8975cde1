/** Versions of a file: saved, listed, read, named and pinned; and every state in between. */
import { expect, layer } from "@effect/vitest"
import type { At } from "@easel/protocol"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import { committedFile } from "../harness/committedFile.ts"
import * as cluster from "../harness/fileCluster.ts"
import { newFile, type TestFile, upTo, viewOf } from "../harness/fileCluster.ts"
import { create, rectangles, remove, update } from "../harness/operations.ts"
import { TestDatabase } from "../harness/testDatabase.ts"

const by = { userId: "user-ada" }

const save = ({ client }: TestFile, name: string, requestId: string = crypto.randomUUID()) => client.SaveVersion({ requestId, name, by })

const readAt = ({ client }: TestFile, at: At) =>
  Effect.map(client.ReadAt({ by, at }), ({ body, digest, epoch, seq }) => ({ digest, epoch, seq, ...viewOf(body) }))

/** Pages of a listing, from the newest on. */
const listed = ({ client }: TestFile, limit: number) =>
  Effect.gen(function*() {
    const found = [yield* client.ListVersions({ by, limit })]
    for (let last = found[0]?.at(-1); last !== undefined;) {
      const page = yield* client.ListVersions({ by, limit, before: { createdAt: last.createdAt, id: last.id } })
      found.push(page)
      last = page.at(-1)
    }
    return found.flat()
  })

layer(cluster.layer(), { excludeTestServices: true })("FileVersions", (it) => {
  it.effect("V10 V12: a version is the state at its seq, whatever is edited afterwards", () =>
    Effect.gen(function*() {
      const file = yield* newFile
      yield* file.submit(rectangles(5))
      const first = yield* file.read
      const version = yield* save(file, "First")
      expect(version).toMatchObject({ kind: "named", name: "First", seq: 5, createdBy: "user-ada", pinned: false })
      yield* file.submit([update("rectangle0", "x", 100), remove("rectangle1"), create("later")])
      expect(yield* file.client.GetVersion({ by, versionId: version.id })).toEqual(version)
      expect(yield* readAt(file, { _tag: "Version", versionId: version.id })).toEqual(first)
      expect(yield* readAt(file, { _tag: "Seq", seq: 8 })).toEqual(yield* file.read)
    }))

  it.effect("V10: a save that is repeated, at once or later, makes one version and gets one answer", () =>
    Effect.gen(function*() {
      const { sql } = yield* TestDatabase
      const file = yield* committedFile(3)
      const requestId = crypto.randomUUID()
      const versions = yield* Effect.all(upTo(5).map(() => save(file, "Once", requestId)), { concurrency: "unbounded" })
      yield* file.submit([create("later")])
      expect(new Set([...versions, yield* save(file, "Once", requestId)].map((version) => JSON.stringify(version))).size).toBe(1)
      expect(yield* sql`SELECT id::text AS id, seq::int AS seq FROM file_versions WHERE file_id = ${file.id}::uuid`).toEqual([{ id: requestId, seq: 3 }])
      const other = yield* newFile
      expect(yield* Effect.flip(save(other, "Once", requestId))).toMatchObject({ _tag: "RequestConflict", requestId })
    }))

  it.effect("V11: a save waits for the seq that its caller has seen, and not for ever", () =>
    Effect.gen(function*() {
      const { lockFile, untilBlocked } = yield* TestDatabase
      const file = yield* committedFile(3)
      yield* file.read
      const lock = yield* lockFile(file.id)
      const submitting = yield* Effect.forkChild(file.submit([create("fourth")]))
      yield* untilBlocked("easel-journal")
      const saving = yield* Effect.forkChild(file.client.SaveVersion({ requestId: crypto.randomUUID(), name: "Fourth", by, atLeastSeq: 4 }))
      expect((yield* file.read).seq).toBe(3)
      yield* lock.release
      yield* Fiber.join(submitting)
      expect(yield* Fiber.join(saving)).toMatchObject({ seq: 4 })
      const late = file.client.SaveVersion({ requestId: crypto.randomUUID(), name: "Never", by, atLeastSeq: 1_000 })
      expect(yield* Effect.flip(late)).toMatchObject({ _tag: "SeqNotCovered", seq: 1_000 })
    }))

  it.effect("V11: versions are listed in pages, newest first, and can be named and pinned", () =>
    Effect.gen(function*() {
      const file = yield* committedFile(3)
      for (const n of upTo(7)) yield* save(file, `Version ${n}`)
      expect((yield* listed(file, 3)).map(({ name }) => name)).toEqual(upTo(7).map((n) => `Version ${8 - n}`))
      const [newest] = yield* listed(file, 100)
      const versionId = newest?.id ?? ""
      expect(yield* file.client.RenameVersion({ by, versionId, name: "Final" })).toEqual({ ...newest, name: "Final" })
      expect(yield* file.client.PinVersion({ by, versionId, pinned: true })).toEqual({ ...newest, name: "Final", pinned: true })
      expect((yield* listed(file, 100))[0]).toEqual({ ...newest, name: "Final", pinned: true })
      const missing = { _tag: "VersionMissing", versionId: crypto.randomUUID() }
      const wanted = { by, versionId: missing.versionId }
      expect(yield* Effect.flip(file.client.GetVersion(wanted))).toMatchObject(missing)
      expect(yield* Effect.flip(file.client.PinVersion({ ...wanted, pinned: true }))).toMatchObject(missing)
      expect(yield* Effect.flip(readAt(file, { _tag: "Version", versionId: missing.versionId }))).toMatchObject(missing)
      const other = yield* newFile
      expect(yield* Effect.flip(other.client.GetVersion({ by, versionId }))).toMatchObject({ _tag: "VersionMissing" })
    }))

  it.effect("V12: every seq that the log covers can be read, and no other", () =>
    Effect.gen(function*() {
      const { sql } = yield* TestDatabase
      const file = yield* newFile
      const digests = [(yield* file.read).digest]
      for (const n of upTo(12)) {
        yield* file.submit([n % 4 === 0 ? update("rectangle1", "x", n) : create(`rectangle${n}`, { x: n })])
        digests.push((yield* file.read).digest)
        if (n === 5) yield* save(file, "Five")
      }
      for (const [seq, digest] of digests.entries()) expect(yield* readAt(file, { _tag: "Seq", seq })).toMatchObject({ seq, digest })
      for (const seq of [-1, 13]) expect(yield* Effect.flip(readAt(file, { _tag: "Seq", seq }))).toMatchObject({ _tag: "SeqNotCovered", seq })
      yield* sql`DELETE FROM operations WHERE file_id = ${file.id}::uuid AND seq <= 3`
      expect(yield* Effect.flip(readAt(file, { _tag: "Seq", seq: 4 }))).toMatchObject({ _tag: "SeqNotCovered", seq: 4 })
      for (const seq of [5, 6, 12]) expect(yield* readAt(file, { _tag: "Seq", seq })).toMatchObject({ seq, digest: digests[seq] })
    }))

  it.effect("V12: a version whose document is damaged is read from what is left", () =>
    Effect.gen(function*() {
      const { sql } = yield* TestDatabase
      const file = yield* committedFile(6)
      const before = yield* file.read
      const version = yield* save(file, "Damaged")
      yield* file.submit([create("later")])
      yield* sql`UPDATE file_versions SET sha256 = ${"0".repeat(64)} WHERE id = ${version.id}::uuid`
      expect(yield* readAt(file, { _tag: "Version", versionId: version.id })).toEqual(before)
    }))
})
