/** UsageStore in Redis: what several nodes add up to, and what a Redis costs that is not there. */
import { RedisConnection, UsageStore } from "@easel/store"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as Scope from "effect/Scope"
import { expect, it, onTestFinished } from "vitest"
import { describeWithRedis, RedisServer } from "../harness/redis.ts"
import { waitUntil } from "../harness/waitUntil.ts"

const window = { index: 7, millis: 5_000 }

/** A store of a node of its own. */
const open = async ({ url }: RedisServer): Promise<UsageStore["Service"]> => {
  const scope = Scope.makeUnsafe()
  onTestFinished(() => Effect.runPromise(Scope.close(scope, Exit.void)))
  const layer = UsageStore.layerRedis.pipe(Layer.provide(RedisConnection.layer(Redacted.make(url))))
  return Effect.runSync(Effect.provideContext(UsageStore, await Effect.runPromise(Layer.buildWithScope(layer, scope))))
}

const add = async (store: UsageStore["Service"], index: number, used: Readonly<Record<string, readonly [frames: number, operations: number]>>) =>
  Object.fromEntries(await Effect.runPromise(store.add(
    { ...window, index },
    new Map(Object.entries(used).map(([userId, [frames, operations]]) => [userId, { frames, operations }]))
  )))

describeWithRedis("UsageStore in Redis", () => {
  it("P18: nodes add up what a user sent in a window, each user and each window apart", async () => {
    const redis = await RedisServer.forTest()
    const [one, two] = [await open(redis), await open(redis)]
    expect(await add(one, 7, { ada: [3, 40], "b:}{ b": [1, 1] })).toEqual({ ada: { frames: 3, operations: 40 }, "b:}{ b": { frames: 1, operations: 1 } })
    expect(await add(two, 7, { ada: [2, 5] })).toEqual({ ada: { frames: 5, operations: 45 } })
    expect(await add(two, 8, { ada: [1, 0] })).toEqual({ ada: { frames: 1, operations: 0 } })
    const keys = await redis.client.keys("easel:usage:*")
    expect(keys.length).toBe(3)
    for (const key of keys) expect(await redis.client.pttl(key)).toBeGreaterThan(0)
  })

  it("P18: nothing is known, and nobody waits for long, while Redis is away; then it counts again", async () => {
    const redis = await RedisServer.forTest()
    const store = await open(redis)
    expect(await add(store, 7, { ada: [1, 1] })).toEqual({ ada: { frames: 1, operations: 1 } })
    redis.freeze()
    expect(await add(store, 7, { ada: [1, 1] })).toEqual({})
    redis.thaw()
    await redis.kill()
    expect(await add(store, 7, { ada: [1, 1] })).toEqual({})
    await redis.start()
    await waitUntil(async () => "ada" in await add(store, 9, { ada: [1, 1] }), { deadlineMillis: 15_000, what: "it counts again" })
  })

  it("P18: what somebody else wrote there counts for nothing", async () => {
    const redis = await RedisServer.forTest()
    const store = await open(redis)
    await redis.client.set("easel:usage:{ada}:7", "nonsense")
    expect(await add(store, 7, { ada: [1, 1], bob: [2, 2] })).toEqual({ bob: { frames: 2, operations: 2 } })
  })
})
