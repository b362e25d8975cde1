/** Presence over nodes: with Redis it outlives its owner, and others can ask for it. */
import { afterEach, expect, it, onTestFinished } from "vitest"
import { describeWithRedis, RedisServer } from "../harness/redis.ts"
import { converged, createFile, editorsOf, NodeInProcess, online, openEditor } from "../harness/nodeInProcess.ts"
import { runSql } from "../harness/runSql.ts"
import { waitUntil } from "../harness/waitUntil.ts"

const started: Array<NodeInProcess> = []
afterEach(async () => {
  for (const node of started.splice(0).reverse()) await node.stop()
})

const start = async (redis: RedisServer, beside?: NodeInProcess): Promise<NodeInProcess> => {
  const node = await NodeInProcess.start({
    env: { REDIS_URL: redis.url, EASEL_DRAIN: "100 millis" },
    fileIdle: "500 millis",
    ...(beside === undefined ? {} : { beside })
  })
  started.push(node)
  return node
}

interface Entry {
  readonly clientId: string
  readonly userName: string
  readonly color: string
  readonly cursor: unknown
}

const presenceOf = async (node: NodeInProcess, fileId: string): Promise<ReadonlyArray<Entry>> => {
  const response = await fetch(`${node.url}/api/files/${fileId}/presence`)
  expect(response.status).toBe(200)
  return JSON.parse(await response.text()).presence
}

const until = (what: string, predicate: () => boolean | Promise<boolean>, state?: () => unknown): Promise<void> =>
  waitUntil(predicate, { deadlineMillis: 15_000, what, ...(state === undefined ? {} : { state }) })

/** Server-sent events of a node, from when the promise resolves on. */
const listen = async (node: NodeInProcess): Promise<Array<{ readonly event: string; readonly data: Record<string, unknown> }>> => {
  const heard: Array<{ readonly event: string; readonly data: Record<string, unknown> }> = []
  const aborted = new AbortController()
  onTestFinished(() => aborted.abort())
  const { body, headers } = await fetch(`${node.url}/api/events`, { signal: aborted.signal })
  expect(headers.get("content-type")).toMatch(/^text\/event-stream/)
  void (async () => {
    let text = ""
    for await (const chunk of body ?? []) {
      text += Buffer.from(chunk).toString("utf8")
      for (let end = text.indexOf("\n\n"); end !== -1; end = text.indexOf("\n\n")) {
        const [, event, data] = /^event: (\w+)\ndata: (.*)$/.exec(text.slice(0, end)) ?? []
        if (event !== undefined && data !== undefined) heard.push({ event, data: JSON.parse(data) })
        text = text.slice(end + 2)
      }
    }
  })().catch(() => undefined)
  return heard
}

describeWithRedis("presence on Redis", () => {
  it("R5: any node tells who is in a file, without waking its actor", async () => {
    const redis = await RedisServer.forTest()
    const one = await start(redis)
    const two = await start(redis, one)
    const fileId = await createFile(one)
    const ada = openEditor(one, fileId, { userName: "Ada" })
    await online(ada)
    ada.setPresence({ cursor: { x: 3, y: 4 } })
    await until("both nodes tell her cursor", async () => {
      const told = await Promise.all([presenceOf(one, fileId), presenceOf(two, fileId)])
      return told.every(([entry]) => JSON.stringify(entry?.cursor) === JSON.stringify({ x: 3, y: 4 }))
    })
    expect(await presenceOf(two, fileId)).toMatchObject([{ clientId: ada.clientId, userName: "Ada", color: ada.color }])
    ada.close()
    await until("nobody is in it", async () => (await presenceOf(two, fileId)).length === 0)

    const sleeping = await createFile(one)
    const [before] = await runSql(one.databaseUrl, "SELECT epoch FROM files WHERE id = $1", [sleeping])
    expect(await presenceOf(one, sleeping)).toEqual([])
    expect(await runSql(one.databaseUrl, "SELECT epoch FROM files WHERE id = $1", [sleeping])).toEqual([before])
  })

  it("R6: a new owner shows everybody at once, with colours and cursors, and those who do not come back are gone", async () => {
    const redis = await RedisServer.forTest()
    const one = await start(redis)
    const { editors, fileId } = await editorsOf(one, 2)
    const [ada, bob] = editors
    if (ada === undefined || bob === undefined) throw new Error("two editors")
    ada.setPresence({ cursor: { x: 1, y: 1 } })
    await until("her cursor is kept", async () => (await presenceOf(one, fileId)).some(({ cursor }) => cursor !== null))
    const ghost = { clientId: "ghost", userId: "g", userName: "Ghost", color: "#123456", cursor: null, selection: null, viewport: null }
    // Of an editor whose gateway died: in what the board wrote last, and brought back by nobody.
    await runSql(one.databaseUrl, "UPDATE files SET epoch = epoch + 1 WHERE id = $1", [fileId])
    await redis.client.hset(`easel:presence:{${fileId}}`, "ghost", JSON.stringify(ghost))
    const colors = [ada.color, bob.color]
    const cursors: Array<unknown> = []
    bob.on("presence", (others) => cursors.push(others.get(ada.clientId ?? "")?.cursor))
    const ghosts: Array<boolean> = []
    ada.on("presence", (others) => ghosts.push(others.has("ghost")))
    ada.create("rectangle")
    await converged(one, fileId, editors)
    const late = openEditor(one, fileId)
    await online(late)
    expect(late.presence.get(ada.clientId ?? "")).toMatchObject({ color: colors[0], cursor: { x: 1, y: 1 } })
    expect(late.presence.get(bob.clientId ?? "")).toMatchObject({ color: colors[1] })
    await until("the ghost is gone", () => !late.presence.has("ghost") && !ada.presence.has("ghost"), () => [...ada.presence.keys()])
    expect(cursors.every((cursor) => cursor !== null)).toBe(true)
  })

  it("R7: lists of files hear of joins, edits and leaves on every node", async () => {
    const redis = await RedisServer.forTest()
    const one = await start(redis)
    const two = await start(redis, one)
    const heard = await listen(two)
    const fileId = await createFile(one)
    const of = (event: string) => heard.filter((each) => each.event === event && each.data["fileId"] === fileId)
    const ada = openEditor(one, fileId, { userName: "Ada" })
    await online(ada)
    await until("she has joined", () => of("join").length === 1, () => heard)
    expect(of("join")[0]?.data).toMatchObject({ clientId: ada.clientId, userName: "Ada", color: ada.color })
    await until("her edits are told", () => {
      ada.create("rectangle")
      return of("updated").length > 0
    }, () => heard)
    ada.close()
    await until("she has left", () => of("leave").length === 1, () => heard)
    expect(of("join")).toHaveLength(1)
  })
})
