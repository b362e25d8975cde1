/**
 * Tens of thousands of mutated frames against one node: bytes flipped, cut and doubled, and values of every wrong kind
 * put where others belong. The node must live, stay small, go on serving, and hold nothing but what the log holds.
 *
 * `EASEL_POISON` sets how many (20,000), `EASEL_SEED` repeats a run's choices.
 */
import { randomUUID } from "node:crypto"
import { readFileSync } from "node:fs"
import { expect, it } from "vitest"
import { nodeForFile } from "../harness/easelNode.ts"
import { connect, create, createFile, expectConverged, join, move, readFile, remove, update } from "../harness/editing.ts"
import { Model, type ModelOperation } from "../harness/model.ts"
import { mulberry32 } from "../harness/mulberry32.ts"
import type { RawEditor } from "../harness/RawEditor.ts"
import { runSql } from "../harness/runSql.ts"
import { measure } from "./report/record.ts"

const framesCount = Number(process.env["EASEL_POISON"] ?? 20_000)
const seed = Number(process.env["EASEL_SEED"] ?? Math.floor(Math.random() * 2 ** 31))
const socketsCount = 8
/** Sent before the answers are waited for. */
const burstFrames = 50
const growthBytesMax = 256 * 1024 * 1024

const own = nodeForFile()
const random = mulberry32(seed)
const below = (limit: number): number => Math.floor(random() * limit)
const pick = <A>(items: ReadonlyArray<A>, or: A): A => items[below(items.length)] ?? or

/** JSON texts that are wrong nearly everywhere. */
const nasties = [
  "null", "true", "-0", "1e400", "-1e400", "9007199254740993", "0.1", "\"\"", "\"\\u0000\"", "\"\\ud800\"", "\"__proto__\"", "\"constructor\"",
  "[]", "{}", "[[]]", "{\"__proto__\":{\"x\":1}}", "{\"constructor\":{\"prototype\":{\"x\":1}}}", "{\"toString\":1}", "{\"length\":1e9}",
  `${"[".repeat(200)}${"]".repeat(200)}`, `"${"x".repeat(5_000)}"`, "\"'; DROP TABLE operations; --\"", "\"%00\"", "\"\u202e\"", "NaN", "undefined"
]

const valid = (fileId: string): string => {
  const objectId = pick(["a", "b", "c", randomUUID()], "a")
  const operation = pick([
    create(objectId, { x: 1, data: { k: [1] }, parentId: "b" }), update(objectId, "x", below(100)), update(objectId, "data.k", { a: [null] }),
    move(objectId, "b", "a1"), remove(objectId)
  ], remove("a"))
  return JSON.stringify(pick<unknown>([
    { type: "operation", payload: { operations: [operation, update("c", "y", below(100))] } },
    { type: "operation", payload: { operations: [operation] } },
    { type: "presence", payload: { cursor: { x: 1, y: 2 }, selection: ["a"], viewport: null } },
    { type: "subscribe", payload: { fileId, userId: "eve", userName: "Eve", sinceSeq: 0, clientId: "eve-1", protocolVersion: 1 } },
    { type: "ping", payload: { echo: { a: 1 } } },
    { type: "unsubscribe", payload: {} }
  ], {}))
}

/** Puts something nasty in the place of one value. */
const poisonValue = (text: string): string => {
  const places = [...text.matchAll(/:("(?:[^"\\]|\\.)*"|-?[\d.]+|null|true|false)/g)]
  const place = places[below(places.length)]
  if (place === undefined) return text
  return `${text.slice(0, place.index + 1)}${pick(nasties, "null")}${text.slice(place.index + place[0].length)}`
}

const poisonKey = (text: string): string =>
  text.replace(new RegExp(`"(${pick(["id", "operationType", "objectId", "newValue", "timestamp", "payload", "type", "operations", "x", "data"], "id")})":`), `"${pick(["__proto__", "constructor", "", "\\u0000", "ID", "type"], "")}":`)

const cut = (text: string): string => text.slice(0, below(text.length))
const double = (text: string): string => text.slice(0, below(text.length)) + text.slice(below(text.length))
const flip = (text: string): string => {
  const at = below(text.length)
  return text.slice(0, at) + String.fromCharCode(below(0x3000)) + text.slice(at + 1)
}

const mutate = (text: string): string => {
  let mutated = text
  for (let rounds = 1 + below(3); rounds > 0; rounds--) mutated = pick([poisonValue, poisonValue, poisonKey, cut, double, flip], flip)(mutated)
  return mutated
}

const residentBytes = (pid: number): number =>
  Number(/^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1]) * 1024

it(`PROMISES 10: ${framesCount} mutated frames leave the node alive, small and right`, { timeout: 120_000 + framesCount * 5 }, async () => {
  const fileId = await createFile(own.node)
  const ada = await join(own.node, fileId, { userId: "ada" })
  await ada.edit(create("a"), create("b", { type: "group" }), create("c"))
  const { pid } = own.node
  const before = process.platform === "linux" ? residentBytes(pid) : 0
  let sent = 0
  let sockets = 0
  let closes = 0
  let healthyEdits = 0
  const codes = new Map<string, number>()

  const attack = async (): Promise<void> => {
    while (sent < framesCount) {
      const eve: RawEditor = await connect(own.node)
      sockets++
      eve.onFrame = (frame) => {
        if (frame.type === "error") codes.set(frame.payload.code, (codes.get(frame.payload.code) ?? 0) + 1)
      }
      eve.replica.violations.push("not judged")
      eve.send("subscribe", { fileId, userId: "eve" })
      while (eve.isOpen && sent < framesCount) {
        for (let n = 0; n < burstFrames; n++, sent++) {
          if (random() < 0.02) eve.webSocket.send(Buffer.from(valid(fileId)))
          else eve.sendText(mutate(valid(fileId)))
        }
        const pongs = eve.all("pong").length
        eve.send("ping", {})
        await eve.until(() => !eve.isOpen || eve.all("pong").length > pongs, "an answer or the end")
      }
      if (!eve.isOpen) closes++
      eve.terminate()
    }
  }
  const live = async (): Promise<void> => {
    while (sent < framesCount) {
      const [result] = await ada.edit(create(`ada-${healthyEdits}`))
      expect(result?.status).toBe("applied")
      healthyEdits++
    }
  }
  await Promise.all([...Array.from({ length: socketsCount }, attack), live()])

  expect(own.node.pid).toBe(pid)
  expect((await fetch(`${own.node.url}/readyz`)).status).toBe(200)
  if (process.platform === "linux") expect(residentBytes(pid) - before).toBeLessThan(growthBytesMax)
  const file = await readFile(own.node, fileId)
  const bob = await join(own.node, fileId)
  await bob.edit(update("c", "name", "still here"))
  await expectConverged(own.node, fileId, bob)
  const rows = await runSql(own.database.url, selectLog, [fileId, file.seq])
  const model = new Model()
  // SAFETY: the columns of `selectLog` are those of ModelOperation.
  for (const row of rows) model.apply(row as unknown as ModelOperation)
  console.log(`poison, seed ${seed}:`, { sent, sockets, closes, healthyEdits, seq: file.seq, codes: Object.fromEntries(codes) })
  expect(model.digest).toBe(file.digest)
  const crashes = own.node.pid === pid ? 0 : 1
  measure("mutated frames against one node, 1,000,000 by npm run faults: crashes", "0", `${crashes} in ${sent} frames`, crashes === 0)
  expect(own.node.stderr).toBe("")

  // What was not exercised was not shown.
  for (const code of ["bad_frame", "unknown_type", "bad_subscribe", "bad_presence"]) expect(codes.get(code) ?? 0, code).toBeGreaterThan(0)
  expect(codes.get("internal") ?? 0).toBe(0)
  expect(healthyEdits).toBeGreaterThan(2)
  expect(closes).toBeGreaterThan(10)
})

const selectLog = `SELECT seq::float8 AS seq, operation_type AS "operationType", object_id AS "objectId", property_path AS "propertyPath",
  new_value AS "newValue", "timestamp"::float8 AS "timestamp", client_id AS "clientId"
  FROM operations WHERE file_id = $1::uuid AND seq <= $2::bigint ORDER BY operations.seq`
