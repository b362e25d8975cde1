/** Presence and edits while Redis is not there, is silent, or has forgotten everything. */
import { expect, it, onTestFinished } from "vitest"
import { converged, editorsOf, NodeInProcess } from "../../harness/nodeInProcess.ts"
import { describeWithRedis, RedisServer } from "../../harness/redis.ts"
import { waitUntil } from "../../harness/waitUntil.ts"

describeWithRedis("presence on Redis", () => {
  it("R8: edits go on while Redis is killed, frozen or emptied, and presence is back soon after", async () => {
    const redis = await RedisServer.forTest()
    const node = await NodeInProcess.start({ env: { REDIS_URL: redis.url, EASEL_DRAIN: "100 millis" }, fileIdle: "500 millis" })
    onTestFinished(() => node.stop())
    const { editors, fileId } = await editorsOf(node, 2)
    const [ada, bob] = editors
    if (ada === undefined || bob === undefined) throw new Error("two editors")
    const edit = async (): Promise<void> => {
      for (let n = 0; n < 20; n++) {
        ada.create("rectangle", { x: n })
        await ada.saved()
      }
      ada.setPresence({ cursor: { x: Math.random(), y: 0 } })
    }
    const back = (what: string): Promise<void> =>
      waitUntil(async () => {
        const response = await fetch(`${node.url}/api/files/${fileId}/presence`)
        return response.status === 200 && JSON.parse(await response.text()).presence.length === 2
      }, { deadlineMillis: 10_000, what })
    await back("both are told")

    await redis.kill()
    await edit()
    expect((await fetch(`${node.url}/api/files/${fileId}/presence`)).status).toBe(503)
    await redis.start()
    await back("both are told after a restart")

    redis.freeze()
    await edit()
    redis.thaw()
    await back("both are told after a freeze")

    await redis.client.flushall()
    await edit()
    await back("both are told after it was emptied")
    expect((await converged(node, fileId, editors)).objects).toHaveLength(60)
    await waitUntil(() => bob.presence.get(ada.clientId ?? "")?.cursor !== null, { deadlineMillis: 15_000, what: "bob sees her cursor" })
  })
})
