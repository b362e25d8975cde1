/**
 * What actors and the cluster may rely on in the store, as tests that PostgreSQL and the model of it both pass. And, for
 * everything that nobody thought of, commands whose answers can be compared (`storeCommands`).
 */
import { expect, layer } from "@effect/vitest"
import { Document } from "@easel/document"
import { Checkpoints, ClusterMembers, Files, Journal, type JournalBatch, Log } from "@easel/store"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import type * as Layer from "effect/Layer"
import type { LeaseRows } from "../../../packages/store/src/leaseRows.ts"
import { batchOf, entryOf, rowsOf } from "../journalBatch.ts"

export class Leases extends Context.Service<Leases, LeaseRows>()("@easel/test/Leases") {}

/** What no service of the actors does. */
export class Backdoor extends Context.Service<Backdoor, {
  /** A new file with this id. */
  readonly create: (fileId: string) => Effect.Effect<void>
  /** Somebody's role is another one. */
  readonly raiseAccess: (fileId: string) => Effect.Effect<void>
  readonly remove: (fileId: string) => Effect.Effect<void>
}>()("@easel/test/Backdoor") {}

export type StoreServices = Files | Journal | Log | Checkpoints | ClusterMembers | Leases | Backdoor

const runner = (...groups: ReadonlyArray<string>): string => JSON.stringify({ groups })

/** A runner with a shard, and a file that it was granted. */
const granted = Effect.gen(function*() {
  const [files, leases, members, backdoor] = [yield* Files, yield* Leases, yield* ClusterMembers, yield* Backdoor]
  const fileId = crypto.randomUUID()
  const lease = { address: `${fileId}:1`, shardId: `default:${fileId}` }
  yield* backdoor.create(fileId)
  yield* members.join(lease.address, runner("default"))
  expect(yield* leases.take(lease.address, [lease.shardId])).toEqual([lease.shardId])
  return { fileId, lease, grant: yield* files.activate(fileId, lease) }
})

const append = (batch: JournalBatch) => Effect.flatMap(Journal, (journal) => journal.append(batch))
const isStale = (batch: JournalBatch) => Effect.map(Effect.flip(append(batch)), (error) => expect(error._tag).toBe("CommitStale"))

export const storeContract = <E>(name: string, store: Layer.Layer<StoreServices, E>): void =>
  layer(store, { excludeTestServices: true })(name, (it) => {
    it.effect("A9: each grant has a newer epoch, and only the newest can be reclaimed", () =>
      Effect.gen(function*() {
        const files = yield* Files
        const { fileId, grant, lease } = yield* granted
        expect(grant).toMatchObject({ epoch: 1, headSeq: 0, access: 0 })
        expect(yield* files.activate(fileId, lease)).toMatchObject({ epoch: 2 })
        expect(yield* Effect.flip(files.reclaim(fileId, 1))).toMatchObject({ _tag: "EpochStale", fileId, epoch: 1 })
        expect(yield* files.reclaim(fileId, 2)).toMatchObject({ epoch: 3 })
        expect(yield* files.ownershipOf(fileId)).toEqual({ epoch: 3, access: 0 })
      }))

    it.effect("K1: a file is granted to the holder of its shard's lease alone, and a lease is taken from the dead alone", () =>
      Effect.gen(function*() {
        const [files, leases, members] = [yield* Files, yield* Leases, yield* ClusterMembers]
        const { fileId, lease } = yield* granted
        const heir = { ...lease, address: `heir of ${lease.address}` }
        yield* members.join(heir.address, runner("default"))
        const takes = leases.take(heir.address, [lease.shardId])
        expect(yield* takes).toEqual([])
        expect(yield* Effect.flip(files.activate(fileId, heir))).toMatchObject({ _tag: "LeaseMissing", group: "default" })
        yield* members.leave(lease.address)
        expect(yield* takes).toEqual([])
        expect(yield* members.bury({ address: lease.address, silentMillis: 0 })).toBe(true)
        expect(yield* takes).toEqual([lease.shardId])
        expect(yield* Effect.flip(files.activate(fileId, lease))).toMatchObject({ _tag: "LeaseMissing" })
        expect(yield* files.activate(fileId, heir)).toMatchObject({ epoch: 2 })
        yield* leases.release(heir.address, [lease.shardId])
        expect(yield* leases.held(heir.address)).toEqual([])
      }))

    it.effect("J2: rows of another epoch, head or access, or with a key that is there, change nothing", () =>
      Effect.gen(function*() {
        const [files, log, backdoor] = [yield* Files, yield* Log, yield* Backdoor]
        const { fileId, grant: { epoch }, lease } = yield* granted
        yield* append({ fileId, epoch, access: 0, expectedSeq: 0, rows: rowsOf([entryOf(1, { key: "once" }), entryOf(2)]) })
        yield* isStale(batchOf({ fileId, epoch: epoch + 1, expectedSeq: 2 }, 1))
        yield* isStale(batchOf({ fileId, epoch, expectedSeq: 1 }, 1))
        yield* isStale(batchOf({ fileId, epoch, expectedSeq: 3 }, 1))
        yield* isStale({ fileId, epoch, access: 0, expectedSeq: 2, rows: rowsOf([entryOf(3), entryOf(4, { key: "once" })]) })
        yield* isStale(batchOf({ fileId: crypto.randomUUID(), epoch, expectedSeq: 0 }, 1))
        yield* backdoor.raiseAccess(fileId)
        yield* isStale(batchOf({ fileId, epoch, expectedSeq: 2 }, 1))
        const { access } = yield* files.ownershipOf(fileId)
        yield* append({ ...batchOf({ fileId, epoch, expectedSeq: 2 }, 1), access })
        yield* files.activate(fileId, lease)
        yield* isStale({ ...batchOf({ fileId, epoch, expectedSeq: 3 }, 1), access })
        yield* backdoor.remove(fileId)
        yield* isStale({ ...batchOf({ fileId, epoch: epoch + 1, expectedSeq: 3 }, 1), access })
        expect((yield* log.read(fileId, 0, 100, 100)).map(({ seq }) => seq)).toEqual([1, 2, 3])
        expect((yield* log.findKeys(fileId, ["once", "never"])).map(({ seq }) => seq)).toEqual([1])
      }))

    it.effect("J4: what the database refuses is named, and costs other files of the statement nothing", () =>
      Effect.gen(function*() {
        const log = yield* Log
        const [poisoned, other] = [yield* granted, yield* granted]
        const batch = batchOf({ fileId: poisoned.fileId, epoch: 1, expectedSeq: 0 }, ["fine", "\u0000", "fine", "\u0000"])
        const [error] = yield* Effect.all([Effect.flip(append(batch)), append(batchOf({ fileId: other.fileId, epoch: 1, expectedSeq: 0 }, 2))], { concurrency: "unbounded" })
        expect(error).toMatchObject({ _tag: "CommitRefused", seqs: [2, 4], sqlState: "22P05" })
        expect(yield* log.read(poisoned.fileId, 0, 10, 10)).toEqual([])
        expect(yield* log.read(other.fileId, 0, 10, 10)).toHaveLength(2)
      }))

    it.effect("A7: the newest checkpoint at or below a seq is found", () =>
      Effect.gen(function*() {
        const checkpoints = yield* Checkpoints
        const { fileId } = yield* granted
        expect(yield* checkpoints.load(fileId, 10)).toBeUndefined()
        for (const seq of [3, 7]) yield* checkpoints.save(fileId, 1, seq, Document.empty)
        for (const [upTo, seq] of [[2, undefined], [3, 3], [6, 3], [7, 7], [100, 7]] as const) {
          expect((yield* checkpoints.load(fileId, upTo))?.seq).toBe(seq)
        }
      }))
  })
