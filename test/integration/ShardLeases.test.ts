/** K1: who holds a shard, who may take it, and that only its holder is granted its files. */
import { expect, layer } from "@effect/vitest"
import { ClusterMembers, Files, ShardLeases } from "@easel/store"
import * as RunnerAddress from "effect/cluster/RunnerAddress"
import { RunnerStorage } from "effect/cluster/RunnerStorage"
import * as ShardId from "effect/cluster/ShardId"
import { Sharding } from "effect/cluster/Sharding"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { eventually } from "../harness/eventually.ts"
import * as fileCluster from "../harness/fileCluster.ts"
import { recordedClient, type RecordedStatement } from "../harness/recordStatements.ts"
import { shardOf } from "../harness/shardOf.ts"
import * as store from "../harness/storeLayer.ts"
import { TestDatabase } from "../harness/testDatabase.ts"

const statements: Array<RecordedStatement> = []
const leases = ShardLeases.layer.pipe(
  Layer.provideMerge(ClusterMembers.layer),
  Layer.provide(recordedClient(statements)),
  Layer.provide(store.sqlClient)
)

let port = 0
/** A living member that has no shards. */
const newRunner = Effect.gen(function*() {
  const address = RunnerAddress.make("127.0.0.1", ++port)
  const members = yield* ClusterMembers
  yield* members.join(`127.0.0.1:${port}`, "{}")
  return address
})

const nameOf = ({ host, port }: RunnerAddress.RunnerAddress) => `${host}:${port}`

let group = 0
/** Shards that nobody else asks for. */
const newShards = (count: number) => {
  group++
  return Array.from({ length: count }, (_, index) => ShardId.make(`group-${group}`, index + 1))
}

const names = (shards: Iterable<ShardId.ShardId>) => Array.from(shards, String).toSorted()

/** A runner hears of what it lost with the second refresh after. */
const untilLeft = (address: RunnerAddress.RunnerAddress, asked: Array<ShardId.ShardId>, left: Array<ShardId.ShardId>) =>
  Effect.flatMap(RunnerStorage, (storage) =>
    eventually(
      `the runner has ${left.length} of ${asked.length} shards`,
      Effect.map(Effect.orDie(storage.refresh(address, asked)), (kept) => names(kept).join() === names(left).join())
    ))

const getsNothing = (address: RunnerAddress.RunnerAddress, shards: Array<ShardId.ShardId>) =>
  Effect.flatMap(RunnerStorage, (storage) => Effect.map(storage.acquire(address, shards), (acquired) => expect(acquired).toEqual([])))

const tellDead = (address: RunnerAddress.RunnerAddress) =>
  Effect.flatMap(TestDatabase, ({ sql }) => sql`UPDATE cluster_members SET state = 'dead' WHERE address = ${nameOf(address)}`)

layer(leases.pipe(Layer.provideMerge(store.layer)), { excludeTestServices: true })("ShardLeases", (it) => {
  it.effect("K1: shards of a runner that lives, or is leaving, are not taken", () =>
    Effect.gen(function*() {
      const storage = yield* RunnerStorage
      const members = yield* ClusterMembers
      const [holder, other] = [yield* newRunner, yield* newRunner]
      const shards = newShards(3)
      expect(names(yield* storage.acquire(holder, shards))).toEqual(names(shards))
      yield* getsNothing(other, shards)
      yield* members.leave(nameOf(holder))
      yield* getsNothing(other, shards)
      expect(names(yield* storage.refresh(holder, shards))).toEqual(names(shards))
    }))

  it.effect("K1: shards of a runner that is dead, or that nobody knows, are free", () =>
    Effect.gen(function*() {
      const storage = yield* RunnerStorage
      const members = yield* ClusterMembers
      const [dead, forgotten, heir] = [yield* newRunner, yield* newRunner, yield* newRunner]
      const [one, two] = [newShards(2), newShards(2)]
      yield* storage.acquire(dead, one)
      yield* storage.acquire(forgotten, two)
      yield* tellDead(dead)
      yield* members.remove(nameOf(forgotten))
      expect(names(yield* storage.acquire(heir, [...one, ...two]))).toEqual(names([...one, ...two]))
      yield* untilLeft(dead, one, [])
    }))

  it.effect("K1: a runner that comes back to life finds what it lost with others, and keeps the rest", () =>
    Effect.gen(function*() {
      const storage = yield* RunnerStorage
      const members = yield* ClusterMembers
      const [frozen, heir] = [yield* newRunner, yield* newRunner]
      const shards = newShards(4)
      yield* storage.acquire(frozen, shards)
      yield* tellDead(frozen)
      yield* storage.acquire(heir, shards.slice(0, 2))
      yield* members.beat(nameOf(frozen), {})
      yield* getsNothing(heir, shards.slice(2))
      yield* untilLeft(frozen, shards, shards.slice(2))
      yield* getsNothing(frozen, shards.slice(0, 2))
    }))

  it.effect("K1: of runners that ask at the same time each shard goes to one", () =>
    Effect.gen(function*() {
      const storage = yield* RunnerStorage
      const runners = yield* Effect.all(Array.from({ length: 8 }, () => newRunner))
      const shards = newShards(60)
      const got = yield* Effect.forEach(runners, (runner) => storage.acquire(runner, shards), { concurrency: "unbounded" })
      expect(names(got.flat())).toEqual(names(shards))
    }))

  it.effect("K4: what a former holder gives back goes to the one that waits", () =>
    Effect.gen(function*() {
      const storage = yield* RunnerStorage
      const [former, next] = [yield* newRunner, yield* newRunner]
      const shards = newShards(20)
      yield* storage.acquire(former, shards)
      const [acquired] = yield* Effect.all([
        storage.acquire(next, shards),
        Effect.forEach(shards, (shard) => Effect.delay(storage.release(former, shard), 5))
      ], { concurrency: "unbounded" })
      expect(names(acquired)).toEqual(names(shards))
    }))

  it.effect("K4: shards that are given back in the same turn go in one statement, and nobody who asks meanwhile stands in the way", () =>
    Effect.gen(function*() {
      const storage = yield* RunnerStorage
      const [former, next] = [yield* newRunner, yield* newRunner]
      const shards = newShards(200)
      yield* storage.acquire(former, shards)
      statements.length = 0
      const [acquired] = yield* Effect.all([
        storage.acquire(next, shards),
        Effect.forEach(shards.toReversed(), (shard) => storage.release(former, shard), { concurrency: "unbounded" })
      ], { concurrency: "unbounded" })
      expect(names(acquired)).toEqual(names(shards))
      expect(statements.filter(({ text }) => text.startsWith("DELETE"))).toHaveLength(1)
    }))

  it.effect("K4: what was taken for a runner that did not wait for the answer is given back", () =>
    Effect.gen(function*() {
      const storage = yield* RunnerStorage
      const { sql } = yield* TestDatabase
      const [holder, hasty] = [yield* newRunner, yield* newRunner]
      const shards = newShards(3)
      yield* storage.acquire(holder, shards.slice(0, 1))
      // The others were free, and are its own in the database.
      yield* Effect.timeoutOption(storage.acquire(hasty, shards), "150 millis")
      const isLeft = Effect.gen(function*() {
        yield* storage.refresh(hasty, [])
        const rows = yield* sql`SELECT FROM shard_leases WHERE address = ${nameOf(hasty)}`
        return rows.length > 0
      }).pipe(Effect.orDie)
      expect(yield* isLeft).toBe(true)
      yield* eventually("nothing is left", Effect.map(isLeft, (is) => !is))
    }))

  it.effect("K4: giving back touches only what is one's own", () =>
    Effect.gen(function*() {
      const storage = yield* RunnerStorage
      const [holder, other] = [yield* newRunner, yield* newRunner]
      const shards = newShards(3)
      const [first] = shards
      yield* storage.acquire(holder, shards)
      yield* storage.release(other, first ?? ShardId.make("none", 1))
      yield* storage.releaseAll(other)
      expect(names(yield* storage.refresh(holder, shards))).toEqual(names(shards))
      yield* storage.releaseAll(holder)
      yield* untilLeft(holder, shards, [])
    }))

  it.effect("K1, A9: only the holder of the shard's lease is granted a file; the former one's commits and reclaims fail", () =>
    Effect.gen(function*() {
      const storage = yield* RunnerStorage
      const files = yield* Files
      const [former, heir] = [yield* newRunner, yield* newRunner]
      const shard = ShardId.make("default", 1_000 + port)
      const { id } = yield* files.create("Moves")
      const leaseOf = (address: RunnerAddress.RunnerAddress) => ({ shardId: String(shard), address: nameOf(address) })
      const missing = { _tag: "LeaseMissing", fileId: id, group: "default" }
      expect(yield* Effect.flip(files.activate(id, leaseOf(former)))).toMatchObject(missing)
      yield* storage.acquire(former, [shard])
      const granted = yield* files.activate(id, leaseOf(former))
      yield* tellDead(former)
      yield* storage.acquire(heir, [shard])
      expect(yield* Effect.flip(files.activate(id, leaseOf(former)))).toMatchObject(missing)
      const next = yield* files.activate(id, leaseOf(heir))
      expect(next.epoch).toBe(granted.epoch + 1)
      expect(yield* Effect.flip(files.reclaim(id, granted.epoch))).toMatchObject({ _tag: "EpochStale" })
    }))

  it.effect("K1: a file of another group is not granted while that group has a runner", () =>
    Effect.gen(function*() {
      const storage = yield* RunnerStorage
      const files = yield* Files
      const { sql } = yield* TestDatabase
      const members = yield* ClusterMembers
      const holder = yield* newRunner
      const shard = ShardId.make("default", 1_000 + port)
      yield* storage.acquire(holder, [shard])
      yield* members.join("hot:1", JSON.stringify({ groups: ["hot"] }))
      const { id } = yield* files.create("Hot")
      yield* sql`UPDATE files SET shard_group = 'hot' WHERE id = ${id}::uuid`
      expect(yield* Effect.flip(files.activate(id, { shardId: String(shard), address: nameOf(holder) })))
        .toMatchObject({ _tag: "LeaseMissing", group: "hot" })
    }))
})

layer(fileCluster.layer(), { excludeTestServices: true })("the harness", (it) => {
  it.effect("K1: the shard of a file is the one that effect computes", () =>
    Effect.gen(function*() {
      const { getShardId } = yield* Sharding
      for (let n = 0; n < 1_000; n++) {
        const id = crypto.randomUUID()
        // SAFETY: an entity id is a branded string.
        expect(shardOf(id, 30)).toBe(String(getShardId(id as Parameters<typeof getShardId>[0], "default")))
      }
    }))
})
