/** The database answers nobody for a while: actors wait, and stay who they are. */
import { expect, layer } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import { newFile } from "../harness/fileCluster.ts"
import { clusterBehind, database, JournalProxy } from "../harness/journalProxy.ts"
import { create, rectangles } from "../harness/operations.ts"

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
