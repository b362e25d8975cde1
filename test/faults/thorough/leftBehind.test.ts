/**
 * What faults leave behind in a node: nothing. All editors lose their connections at once, some never read, the database
 * is away; afterwards memory, descriptors, fibers, timers and handles are what they were (C8 of the checkers). What fills
 * pools and caches, which may stay, comes twice.
 *
 * `EASEL_STORM` sets how many editors lose their connections (100).
 */
import { get } from "node:http"
import { setTimeout as pause } from "node:timers/promises"
import { EditorFile } from "@easel/client"
import { afterAll, beforeAll, expect, it, onTestFinished } from "vitest"
import { WebSocket } from "ws"
import { connectionsOf } from "../../../cluster/runtime/storeLayers.ts"
import { EaselProcess } from "../../harness/EaselProcess.ts"
import { create, createFile, expectConverged, join, update } from "../../harness/editing.ts"
import { change, type Footprint, FootprintProbe } from "../../harness/Footprint.ts"
import { onThisMachine, percentile } from "../../harness/gaps.ts"
import { converged, editorsOf } from "../../harness/nodeInProcess.ts"
import { createDatabase, type TestDatabase } from "../../harness/postgres.ts"
import type { RawEditor } from "../../harness/RawEditor.ts"
import { frameBytes, opcodes, RawSocket } from "../../harness/RawSocket.ts"
import { readCounter } from "../../harness/readCounter.ts"
import { TcpProxy } from "../../harness/TcpProxy.ts"
import { waitUntil } from "../../harness/waitUntil.ts"
import { measure } from "../report/record.ts"

const stormEditors = Number(process.env["EASEL_STORM"] ?? 100)
const editorsPerFile = 20
const syncedMillisMax = 30_000

const deafSockets = 10
const readers = 5
const outboxBytesMax = 1024 * 1024
const windowMillis = 2_000

/** Those of a node with a runner, for commits and for all else. */
const sessionsMax = connectionsOf(0)

let database: TestDatabase
let databaseProxy: TcpProxy
let probe: FootprintProbe
let node: EaselProcess
beforeAll(async () => {
  database = await createDatabase()
  databaseProxy = await TcpProxy.start(database.url)
  probe = await FootprintProbe.prepare()
  // Versions want thumbnails, and those a process beside the node, which stays.
  const environment = { ...probe.options.environment, EASEL_CONNECTIONS_PER_ADDRESS: "10000", EASEL_AUTOSAVE: "0 seconds" }
  node = await EaselProcess.prepare({ ...probe.options, environment, databaseUrl: databaseProxy.url, fileIdle: "500 millis" })
  await node.start()
})
afterAll(async () => {
  await node.dispose()
  await probe.remove()
  await databaseProxy.stop()
  await database.drop()
})

const until = (what: string, predicate: () => boolean | Promise<boolean>, state?: () => unknown) =>
  waitUntil(predicate, { deadlineMillis: 60_000, what, ...(state === undefined ? {} : { state }) })

/** On a connection of its own, so that none of it is left at the node. */
const ask = (path: string): Promise<void> =>
  new Promise((resolve, reject) => {
    get(`${node.url}${path}`, { agent: false }, (answer) => void answer.resume().once("end", resolve)).once("error", reject)
  })

/** Nobody is connected, no file is in memory, and the pool of sessions is as full as it gets: it keeps them for a minute. */
const atRest = async (): Promise<Footprint> => {
  await until("nobody is there", async () => await readCounter(node.url, "figma_ws_connections") === 0 && await readCounter(node.url, "easel_files_open") === 0)
  await until("its pool is full", async () => {
    await Promise.all(Array.from({ length: 60 }, () => ask("/api/files")))
    return databaseProxy.size >= sessionsMax
  }, () => databaseProxy.size)
  return probe.read(node)
}

/** Lets it happen, and compares what the node holds at rest. */
const leavesNothing = async <A>(fault: string, happen: () => Promise<A>): Promise<A> => {
  const before = await atRest()
  const outcome = await happen()
  await atRest()
  const now = await probe.returnsTo(before, node)
  measure(`${fault}: memory, descriptors, fibers, timers, handles afterwards`, "as before, +5 % at most", change(before, now), true)
  return outcome
}

it("C2 P10: all connections of a node break at once: editors are back and have everything, and nothing of them is left", { timeout: 180_000 }, async () => {
  const door = await TcpProxy.start(node.url)
  onTestFinished(() => door.stop())
  const fileIds = await Promise.all(Array.from({ length: Math.ceil(stormEditors / editorsPerFile) }, () => createFile(node)))
  const storm = async (): Promise<ReadonlyArray<number>> => {
    const editors = Array.from({ length: stormEditors }, (_, n) =>
      new EditorFile({ url: door.url, fileId: fileIds[n % fileIds.length] ?? "", userId: `storm-${n}`, WebSocket }))
    onTestFinished(() => editors.forEach((editor) => editor.close()))
    await until("everybody is there", () => editors.every(({ status }) => status.connectivity === "online"))
    const synced: Array<number> = []
    for (const editor of editors) editor.create("rectangle")
    const cutAt = performance.now()
    for (const editor of editors) editor.on("synced", () => synced.push(Math.round(performance.now() - cutAt)))
    door.cut()
    await until("everybody is back", () => synced.length >= stormEditors, () => [synced.length, editors.filter(({ status }) => status.connectivity !== "online").length])
    for (const [index, fileId] of fileIds.entries()) await converged(node, fileId, editors.filter((_, n) => n % fileIds.length === index))
    for (const editor of editors) editor.close()
    return synced
  }
  await storm()
  const synced = await leavesNothing(`${stormEditors} connections break at once`, storm)
  measure(`${stormEditors} connections break at once (10,000 in RELIABILITY): 99 % are synced again`, "<= 30 s", `p50 ${percentile(synced, 0.5)}, p99 ${percentile(synced, 0.99)} ms`, percentile(synced, 0.99) <= syncedMillisMax)
  expect(percentile(synced, 0.99)).toBeLessThanOrEqual(onThisMachine(syncedMillisMax))
})

/** Edits of everybody, one after the other's answer, for a while. Returns how long the answers took. */
const edits = async (editors: ReadonlyArray<RawEditor>): Promise<ReadonlyArray<number>> => {
  const until = performance.now() + windowMillis
  const took = await Promise.all(editors.map(async (editor, index) => {
    const millis: Array<number> = []
    while (performance.now() < until) {
      const sentAt = performance.now()
      await editor.edit(update(`of-${index}`, "x", sentAt))
      millis.push(performance.now() - sentAt)
      await pause(10)
    }
    return millis
  }))
  return took.flat()
}

it("P10 P16: who never reads costs a bounded buffer and then the connection, and the others nothing", { timeout: 180_000 }, async () => {
  const fileId = await createFile(node)
  const slow = async (count: number) => {
    const editors = await Promise.all(Array.from({ length: readers }, () => join(node, fileId)))
    for (const [index, editor] of editors.entries()) await editor.edit(create(`of-${index}`, { type: "text" }))
    const [author] = editors
    if (author === undefined) throw new Error("unreachable")
    const alone = await edits(editors)
    const closed = await readCounter(node.url, "easel_slow_consumers_total")
    const { memoryBytes } = await probe.read(node)
    const deaf = await Promise.all(Array.from({ length: count }, async (_, n) => {
      const socket = await RawSocket.webSocket(node.url)
      onTestFinished(() => void socket.socket.destroy())
      socket.write(frameBytes(opcodes.text, Buffer.from(JSON.stringify({ type: "subscribe", payload: { fileId, userId: `deaf-${n}` } }))))
      await socket.until(() => socket.text.includes(`"type":"sync"`), "sync")
      socket.socket.pause()
      return socket
    }))
    // Behind what the system takes for them, the node's own buffers fill up.
    for (let n = 0; n < 30; n++) await author.edit(update("of-0", "text", `${n} ${"x".repeat(256 * 1024 - 16)}`))
    const beside = await edits(editors)
    const bytes = (await probe.read(node)).memoryBytes - memoryBytes
    await until("all of them are closed", async () => await readCounter(node.url, "easel_slow_consumers_total") - closed === count)
    for (const { socket } of deaf) socket.destroy()
    await expectConverged(node, fileId, ...editors)
    for (const editor of editors) await editor.close()
    return { alone: percentile(alone, 0.99), beside: percentile(beside, 0.99), bytes }
  }
  await slow(0)
  const { alone, beside, bytes } = await leavesNothing(`${deafSockets} sockets that never read`, () => slow(deafSockets))
  measure(`${deafSockets} sockets that never read: ack p99 of those who do`, "<= twice", `${alone.toFixed(0)} to ${beside.toFixed(0)} ms`, beside <= 2 * alone)
  const each = Math.round(bytes / deafSockets)
  measure(`${deafSockets} sockets that never read: memory that each costs the node, until it is closed with 4008`, "<= 1 MiB", `${Math.round(each / 1024)} KiB`, each <= outboxBytesMax)
  expect(each).toBeLessThanOrEqual(outboxBytesMax)
})

it("T1 T3: the database is away: what waits is committed when it is back, and nothing of the outage is left", { timeout: 180_000 }, async () => {
  const outage = async () => {
    const opened = await Promise.all(Array.from({ length: 5 }, () => editorsOf(node, 2)))
    const editors = opened.flatMap((each) => each.editors)
    databaseProxy.refuse()
    for (const editor of editors) editor.create("rectangle")
    await until("everybody hears of it", () => editors.every(({ status }) => status.mode === "degraded"))
    databaseProxy.accept()
    for (const { editors, fileId } of opened) await converged(node, fileId, editors)
    for (const editor of editors) editor.close()
  }
  await outage()
  await leavesNothing("PostgreSQL away", outage)
})
