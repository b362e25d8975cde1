/** Redis is not there under load. `EASEL_AWAY_SECONDS` sets for how long (3). */
import { setTimeout as pause } from "node:timers/promises"
import { expect, it } from "vitest"
import { clusterForTest } from "../../harness/EaselCluster.ts"
import { onThisMachine, percentile } from "../../harness/gaps.ts"
import { describeWithRedis, RedisServer } from "../../harness/redis.ts"
import { waitUntil } from "../../harness/waitUntil.ts"
import { ClusterLoad } from "../ClusterLoad.ts"
import { measure } from "../report/record.ts"

const awayMillis = Number(process.env["EASEL_AWAY_SECONDS"] ?? 3) * 1_000
const backMillisMax = 10_000

describeWithRedis("Redis", () => {
  it("R8: is away: edits are acked as ever, and presence is shared again soon after", { timeout: 120_000 + 3 * awayMillis }, async () => {
    const redis = await RedisServer.forTest()
    const cluster = await clusterForTest({ environment: { REDIS_URL: redis.url } })
    const [member] = cluster.members
    if (member === undefined) throw new Error("unreachable")
    const load = await ClusterLoad.start(cluster, { name: "redis", files: 10 })
    const isShared = async (fileId: string): Promise<boolean> => {
      const response = await fetch(`${member.process.url}/api/files/${fileId}/presence`)
      return response.status === 200 && JSON.parse(await response.text()).presence.length === 2
    }
    const allShared = async () => (await Promise.all(load.fileIds.map(isShared))).every((is) => is)
    await waitUntil(allShared, { deadlineMillis: 20_000, what: "everybody is told of" })
    const ackP99 = async (): Promise<number> => {
      const fromMillis = performance.now()
      await pause(awayMillis)
      return percentile(load.seats.flatMap(({ editor }) => editor.answers.filter(({ atMillis }) => atMillis > fromMillis).map(({ waitedMillis }) => waitedMillis)), 0.99)
    }
    const there = await ackP99()
    const isBack = load.breaks("Redis away")
    await redis.kill()
    const away = await ackP99()
    expect(await isShared(load.fileIds[0] ?? "")).toBe(false)
    await redis.start()
    isBack()
    const backAt = performance.now()
    await waitUntil(allShared, { deadlineMillis: onThisMachine(backMillisMax), what: "everybody is told of again" })
    const backMillis = Math.round(performance.now() - backAt)
    measure(`Redis away for ${awayMillis / 1_000} s: ack p99`, "<= +10 %", `${there.toFixed(1)} to ${away.toFixed(1)} ms`, away <= 1.1 * there)
    measure(`Redis away for ${awayMillis / 1_000} s: presence is shared again`, "<= 10 s", `${backMillis} ms`, backMillis <= backMillisMax)
    await load.finish()
  })
})
