/** K2: who lives, who is silent, and who may be told dead. */
import { expect, layer } from "@effect/vitest"
import { ClusterMembers } from "@easel/store"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as store from "../harness/storeLayer.ts"
import { TestDatabase } from "../harness/testDatabase.ts"

/** By hand, because nobody here is patient. */
const silence = (address: string, seconds: number) =>
  Effect.flatMap(TestDatabase, ({ sql }) =>
    sql`UPDATE cluster_members SET heartbeat_at = now() - make_interval(secs => ${seconds}) WHERE address = ${address}`)

const stateOf = (address: string) =>
  Effect.flatMap(ClusterMembers, ({ all }) =>
    Effect.map(all, (members) => members.find((member) => member.address === address)?.state))

const forgetEverybody = Effect.flatMap(TestDatabase, ({ sql }) => sql`DELETE FROM cluster_members`)

const members = ClusterMembers.layer.pipe(Layer.provide(store.sqlClient), Layer.provideMerge(store.layer))

layer(members, { excludeTestServices: true })("ClusterMembers", (it) => {
  it.effect("K2: a heartbeat tells who was silent for too long, oneself and the dead excepted", () =>
    Effect.gen(function*() {
      yield* forgetEverybody
      const { beat, bury, join, silent: silentOthers } = yield* ClusterMembers
      for (const address of ["ada:1", "bob:1", "cyd:1", "dan:1"]) yield* join(address, "{}")
      yield* silence("bob:1", 3)
      yield* silence("cyd:1", 1)
      yield* silence("dan:1", 60)
      yield* bury({ address: "dan:1", silentMillis: 50_000 })
      yield* silence("ada:1", 60)
      yield* beat("ada:1", { node: "ada" })
      const silent = yield* silentOthers("ada:1", 2_000)
      expect(silent.map(({ address }) => address)).toEqual(["bob:1"])
      expect(silent[0]?.silentMillis).toBeGreaterThanOrEqual(3_000)
      expect((yield* (yield* ClusterMembers).all).find(({ address }) => address === "ada:1")).toMatchObject({ status: { node: "ada" } })
    }))

  it.effect("K2: whoever was heard of meanwhile is not told dead", () =>
    Effect.gen(function*() {
      yield* forgetEverybody
      const { beat, bury, join, silent: silentOthers } = yield* ClusterMembers
      yield* join("ada:1", "{}")
      yield* join("bob:1", "{}")
      yield* silence("bob:1", 3)
      const [silent] = yield* silentOthers("ada:1", 2_000)
      if (silent === undefined) throw new Error("bob is silent")
      yield* beat("bob:1", {})
      expect([yield* bury(silent), yield* stateOf("bob:1")]).toEqual([false, "alive"])
      yield* silence("bob:1", 4)
      expect([yield* bury(silent), yield* stateOf("bob:1")]).toEqual([true, "dead"])
      expect(yield* bury(silent)).toBe(false)
    }))

  it.effect("K3: one that was told dead is alive with its next heartbeat; one that is leaving stays so", () =>
    Effect.gen(function*() {
      yield* forgetEverybody
      const { beat, bury, join, leave } = yield* ClusterMembers
      for (const address of ["ada:1", "bob:1"]) yield* join(address, "{}")
      yield* silence("ada:1", 5)
      yield* bury({ address: "ada:1", silentMillis: 4_000 })
      yield* beat("ada:1", {})
      expect(yield* stateOf("ada:1")).toBe("alive")
      yield* leave("bob:1")
      yield* beat("bob:1", {})
      expect(yield* stateOf("bob:1")).toBe("leaving")
    }))

  it.effect("K4: those that are leaving count while they hold shards, or when nobody else is there; gateways never do", () =>
    Effect.gen(function*() {
      yield* forgetEverybody
      const { join, leave, runners } = yield* ClusterMembers
      yield* join("ada:1", "ada")
      yield* join("bob:1", "bob")
      yield* join("gateway/1", null)
      const { sql } = yield* TestDatabase
      yield* sql`INSERT INTO shard_leases (shard_id, address) VALUES ('default:7', 'ada:1')`
      yield* leave("ada:1")
      // As long as it holds a shard nobody can have it, so nobody should want it.
      expect((yield* runners).map(([runner]) => runner).toSorted()).toEqual(["ada", "bob"])
      yield* sql`DELETE FROM shard_leases WHERE address = 'ada:1'`
      expect(yield* runners).toEqual([["bob", true]])
      yield* leave("bob:1")
      expect((yield* runners).map(([runner]) => runner).toSorted()).toEqual(["ada", "bob"])
    }))

  it.effect("K4: one that leaves knows when others took shards, its own excepted", () =>
    Effect.gen(function*() {
      yield* forgetEverybody
      const { tookMillisAgo } = yield* ClusterMembers
      const { sql } = yield* TestDatabase
      yield* sql`DELETE FROM shard_leases`
      yield* sql`INSERT INTO shard_leases (shard_id, address) VALUES ('default:7', 'ada:1')`
      expect(yield* tookMillisAgo("ada:1")).toBe(Infinity)
      yield* sql`INSERT INTO shard_leases VALUES ('default:8', 'bob:1', now() - interval '9 s'), ('default:9', 'bob:1', now() - interval '3 s')`
      expect(yield* tookMillisAgo("ada:1")).toBeGreaterThanOrEqual(3_000)
      expect(yield* tookMillisAgo("ada:1")).toBeLessThan(9_000)
    }))

  it.effect("K2: a member that joins again keeps its number, and every number is given once", () =>
    Effect.gen(function*() {
      yield* forgetEverybody
      const { join } = yield* ClusterMembers
      const addresses = Array.from({ length: 20 }, (_, index) => `ada:${index}`)
      const first = yield* Effect.forEach(addresses, (address) => join(address, "{}"), { concurrency: "unbounded" })
      const again = yield* Effect.forEach(addresses, (address) => join(address, "{}"), { concurrency: "unbounded" })
      expect(new Set(first).size).toBe(addresses.length)
      expect(again).toEqual(first)
    }))
})
