/** The database answers nobody for a while: actors wait, and stay who they are. */
import { expect, layer } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import { newFile } from "../harness/fileCluster.ts"
import { eventuallySync } from "../harness/eventually.ts"
import { clusterBehind, clusterOver, database, JournalProxy } from "../harness/journalProxy.ts"
import { create, rectangles } from "../harness/operations.ts"
import { TestDatabase } from "../harness/testDatabase.ts"

/** Longer than any interval at which leases are looked at. */
const stall = "3 seconds"

layer(Layer.provideMerge(clusterBehind, database), { excludeTestServices: true })("a database that stalls", (it) => {
  it.effect("K1: a database that is silent for three seconds costs no actor its memory", () =>
    Effect.gen(function*() {
      const proxy = yield* JournalProxy
      const file = yield* newFile
      yield* file.submit(rectangles(2))
      const before = yield* file.read
      proxy.holdReplies()
      const submitted = yield* Effect.forkChild(file.submit([create("new")]))
      yield* Effect.sleep(stall)
      proxy.releaseReplies()
      expect(yield* Fiber.join(submitted)).toMatchObject([{ status: "applied", seq: 3 }])
      expect(yield* file.read).toMatchObject({ epoch: before.epoch, seq: 3 })
    }), 30_000)
})

layer(Layer.provideMerge(clusterOver, database), { excludeTestServices: true })("a commit whose reply is late", (it) => {
  it.effect("A8: a commit that returns while the actor waits for it to find out who owns the file is answered", () =>
    Effect.gen(function*() {
      const proxy = yield* JournalProxy
      const { sql } = yield* TestDatabase
      const file = yield* newFile
      yield* file.submit(rectangles(1))
      const operation = create("new")
      proxy.holdReplies()
      const submitted = yield* Effect.forkChild(file.submit([operation]))
      yield* eventuallySync("the commit is done", () => proxy.heldBytes > 0)
      yield* sql`UPDATE files SET epoch = epoch + 1 WHERE id = ${file.id}::uuid`
      expect(yield* Effect.flip(file.read)).toMatchObject({ _tag: "FileUnavailable" })
      proxy.releaseReplies()
      expect(yield* Effect.flip(Fiber.join(submitted))).toMatchObject({ _tag: "CommitIndeterminate" })
      expect(yield* file.submit([operation])).toMatchObject([{ status: "duplicate", seq: 2 }])
    }), 15_000)
})
