/** The policy for calls, over a real PostgreSQL that is cut off: what a circuit refuses, and that it finds the way back. */
import { expect, layer } from "@effect/vitest"
import { Files, Journal } from "@easel/store"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { eventually } from "../harness/eventually.ts"
import { batchOf } from "../harness/journalBatch.ts"
import * as proxied from "../harness/journalProxy.ts"
import { TestDatabase, testLease } from "../harness/testDatabase.ts"

layer(Layer.provideMerge(proxied.storeOver, proxied.database), { excludeTestServices: true })("Policy", (it) => {
  it.effect("B1 B2: commits that fail open the circuit for all, nothing of what it refuses is committed, and a probe closes it", () =>
    Effect.gen(function*() {
      const [files, journal, proxy] = [yield* Files, yield* Journal, yield* proxied.JournalProxy]
      const { sql } = yield* TestDatabase
      const { epoch, fileId } = yield* Effect.flatMap(files.create("Cut off"), ({ id }) => files.activate(id, testLease))
      const append = (expectedSeq: number) => journal.append(batchOf({ fileId, epoch, expectedSeq }, 1))
      yield* append(0)

      proxy.refuse()
      const isLeftAlone = Effect.map(Effect.flip(append(1)), (error) => error._tag === "CommitUnknown" && error.reason.includes("left alone"))
      yield* eventually("commits are refused", Effect.orDie(isLeftAlone))
      // The pool's own connections are whole: it is the circuit that says no.
      expect(yield* Effect.flip(files.find(fileId))).toMatchObject({ _tag: "StoreUnavailable", service: "postgres" })

      proxy.accept()
      yield* eventually("a commit is made", Effect.isSuccess(append(1)))
      expect(yield* sql`SELECT seq::int AS seq FROM operations WHERE file_id = ${fileId}::uuid ORDER BY seq`).toEqual([{ seq: 1 }, { seq: 2 }])
    }))
})
