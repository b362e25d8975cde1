/** Restores of a file: by ordinary operations, once, whatever is edited meanwhile. */
import { expect, layer } from "@effect/vitest"
import type { At, RestoreScope } from "@easel/protocol"
import { Restores } from "@easel/store"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import { eventually, eventuallySync } from "../harness/eventually.ts"
import * as cluster from "../harness/fileCluster.ts"
import { fileOf, logOf, newFile, type TestFile, upTo, viewOf } from "../harness/fileCluster.ts"
import { create, move, rectangles, remove, update } from "../harness/operations.ts"
import { watchFile } from "../harness/watchFile.ts"
import { Writers } from "../harness/writers.ts"

const by = { userId: "user-ada" }

const restore = ({ client }: TestFile, at: At, requestId: string = crypto.randomUUID(), scope?: RestoreScope) =>
  client.RestoreVersion({ requestId, by, at, ...(scope === undefined ? {} : { scope }) })

const undo = ({ client }: TestFile, restoreId: string, requestId: string = crypto.randomUUID()) => client.UndoRestore({ requestId, by, restoreId })

const objectsAt = ({ client }: TestFile, seq: number) => Effect.map(client.ReadAt({ by, at: { _tag: "Seq", seq } }), ({ body }) => viewOf(body).objects)

/** A file that has gone through some states. */
const editedFile = Effect.gen(function*() {
  const file = yield* newFile
  yield* file.submit([create("page"), ...rectangles(4), create("child", {}, { parentId: "page" })])
  yield* file.submit([update("rectangle0", "x", 100), remove("rectangle1"), move("rectangle2", "page"), create("later", { x: 1 }), remove("page")])
  return file
})

layer(cluster.layer(), { excludeTestServices: true })("FileRestores", (it) => {
  it.effect("V13: readers see the state again, by operations that editors get like any other, and a version holds what was before", () =>
    Effect.gen(function*() {
      const file = yield* editedFile
      const before = yield* file.read
      const watcher = yield* watchFile(file)
      yield* eventuallySync("the watch is live", () => watcher.opened === 1)
      const restored = yield* restore(file, { _tag: "Seq", seq: 6 })
      expect((yield* file.read).objects).toEqual(yield* objectsAt(file, 6))
      yield* eventuallySync("the watcher has everything", () => watcher.seq === restored.seq)
      expect([watcher.opened, watcher.faults]).toEqual([1, []])
      expect(watcher.operations.map(({ clientId, userId }) => [clientId, userId])).toEqual(
        watcher.operations.map(() => [`restore:${restored.restoreId}`, "user-ada"])
      )
      expect(yield* file.client.GetVersion({ by, versionId: restored.beforeVersion })).toMatchObject({ kind: "restore", seq: 11, createdBy: "user-ada" })
      expect(viewOf((yield* file.client.ReadAt({ by, at: { _tag: "Version", versionId: restored.beforeVersion } })).body).objects).toEqual(before.objects)
    }))

  it.effect("V13: a part of the file is restored alone", () =>
    Effect.gen(function*() {
      const file = yield* editedFile
      yield* restore(file, { _tag: "Seq", seq: 6 }, undefined, { _tag: "Objects", objectIds: ["rectangle0"] })
      const { deleted, objects } = yield* file.read
      expect(objects.find(({ id }) => id === "rectangle0")).toMatchObject({ x: 0 })
      expect(objects.find(({ id }) => id === "later")).toMatchObject({ x: 1 })
      expect(deleted.map(({ id }) => id)).toEqual(expect.arrayContaining(["page", "rectangle1", "child"]))
    }))

  it.effect("V14: a request that is repeated, at once or later, restores once and gets one answer", () =>
    Effect.gen(function*() {
      const file = yield* editedFile
      const requestId = crypto.randomUUID()
      const answers = yield* Effect.all(upTo(4).map(() => restore(file, { _tag: "Seq", seq: 6 }, requestId)), { concurrency: "unbounded" })
      const edit = update("rectangle0", "x", 7)
      yield* file.submit([edit])
      const late = yield* restore(file, { _tag: "Seq", seq: 6 }, requestId)
      expect(new Set([...answers, late].map((answer) => JSON.stringify(answer))).size).toBe(1)
      expect((yield* logOf(file.id)).at(-1)?.key).toBe(edit.id)
      const other = yield* newFile
      expect(yield* Effect.flip(restore(other, { _tag: "Seq", seq: 0 }, requestId))).toMatchObject({ _tag: "RequestConflict" })
    }))

  it.effect("V14: what cannot be restored is said, and nothing is written", () =>
    Effect.gen(function*() {
      const file = yield* editedFile
      const before = yield* file.read
      const versionId = crypto.randomUUID()
      expect(yield* Effect.flip(restore(file, { _tag: "Seq", seq: 12 }))).toMatchObject({ _tag: "SeqNotCovered", seq: 12 })
      expect(yield* Effect.flip(restore(file, { _tag: "Version", versionId }))).toMatchObject({ _tag: "VersionMissing", versionId })
      expect(yield* Effect.flip(undo(file, versionId))).toMatchObject({ _tag: "RestoreMissing", restoreId: versionId })
      expect(yield* file.read).toEqual(before)
      expect(yield* file.client.ListVersions({ by, limit: 10 })).toEqual([])
    }))

  it.effect("V15: edits during a restore are kept, one and all", () =>
    Effect.gen(function*() {
      const file = yield* newFile
      yield* file.submit(rectangles(2_000))
      yield* file.submit(upTo(2_000).map((n) => update(`rectangle${n - 1}`, "y", n)))
      const writers = new Writers(file)
      yield* writers.submit(upTo(3).map((n) => create(`own${n}`)), "client1")
      const watcher = yield* watchFile(file)
      let done = false
      const writing = yield* Effect.forEach(upTo(3), (n) => Effect.forkChild(writers.write(`client${n}`, `rectangle${n}`, () => done)))
      yield* eventuallySync("they write", () => writers.answered > 20)
      const { answered } = writers
      const restored = yield* restore(file, { _tag: "Seq", seq: 2_000 })
      expect(writers.answered).toBeGreaterThan(answered)
      yield* eventuallySync("they go on writing", () => writers.answered > answered + 50)
      done = true
      yield* Effect.forEach(writing, Fiber.join)
      const { objects } = yield* file.read
      expect(objects).toHaveLength(2_000)
      expect(objects.filter(({ y }) => y !== undefined && y !== null)).toEqual([])
      const log = yield* logOf(file.id)
      expect(log.filter(({ key }) => key.startsWith(restored.restoreId)).length).toBeGreaterThanOrEqual(2_000)
      expect(log.map(({ seq }) => seq)).toEqual(upTo(log.length))
      yield* eventuallySync("the watcher has everything", () => watcher.seq === log.length)
      expect([watcher.opened, watcher.faults]).toEqual([1, []])
    }))

  it.effect("V16: undone, the file is what it was, but for what was written since; and the undo can be undone", () =>
    Effect.gen(function*() {
      const file = yield* editedFile
      const before = yield* file.read
      const restored = yield* restore(file, { _tag: "Seq", seq: 6 })
      const undone = yield* undo(file, restored.restoreId)
      expect((yield* file.read).objects).toEqual(before.objects)
      expect(yield* undo(file, restored.restoreId, undone.restoreId)).toEqual(undone)
      yield* undo(file, undone.restoreId)
      expect((yield* file.read).objects).toEqual(yield* objectsAt(file, 6))

      yield* file.submit([update("rectangle0", "x", 5)])
      const again = yield* restore(file, { _tag: "Seq", seq: 11 })
      yield* file.submit([update("rectangle0", "x", 9)])
      yield* undo(file, again.restoreId)
      const objects = yield* objectsAt(file, 6)
      expect((yield* file.read).objects).toEqual(objects.map((object) => object.id === "rectangle0" ? { ...object, x: 9 } : object))
    }))
})

layer(cluster.database, { excludeTestServices: true })("FileRestores", (it) => {
  it.effect("V14: what a former owner left undone is done when the file is loaded, and later edits are kept", () =>
    Effect.gen(function*() {
      const id = crypto.randomUUID()
      const fileId = yield* Effect.gen(function*() {
        const file = yield* editedFile
        const restores = yield* Restores
        const state = { seq: 11, kind: "restore", name: null, createdBy: "user-ada" } as const
        const before = { id: crypto.randomUUID(), fileId: file.id, ...state }
        const wanted = { id, fileId: file.id, targetSeq: 6, scope: null, requestedBy: by, beforeVersion: before.id, fromSeq: 11, timestamp: Date.now() + 100 }
        yield* restores.begin(wanted, before, { sha256: "0".repeat(64), bytes: 1, baseSha256: null })
        yield* file.submit([update("rectangle0", "x", 77), create("late")])
        return file.id
      }).pipe(Effect.provide(cluster.layerOver()))
      yield* Effect.gen(function*() {
        const file = yield* fileOf(fileId)
        const restores = yield* Restores
        yield* file.read
        yield* eventually("nothing is left undone", Effect.map(Effect.orDie(restores.pending(fileId)), ({ length }) => length === 0))
        const { objects } = yield* file.read
        expect(objects.map(({ id }) => id).toSorted()).toEqual(["child", "late", "page", ...upTo(4).map((n) => `rectangle${n - 1}`)])
        expect(objects.find(({ id }) => id === "rectangle0")).toMatchObject({ x: 77 })
        expect(yield* restore(file, { _tag: "Seq", seq: 6 }, id)).toMatchObject({ restoreId: id, fromSeq: 11 })
      }).pipe(Effect.provide(cluster.layerOver()))
    }))
})
