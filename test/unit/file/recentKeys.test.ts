import type { LogEntry } from "@easel/protocol"
import * as HashMap from "effect/HashMap"
import { expect, test } from "vitest"
import { contentHash } from "../../../cluster/file/contentHash.ts"
import * as RecentKeys from "../../../cluster/file/RecentKeys.ts"
import { sent } from "./fileFixture.ts"

const generationKeysMax = 2_048

const entry = (seq: number): LogEntry => ({
  seq,
  status: seq % 3 === 0 ? "superseded" : "applied",
  operation: sent({ id: `op${seq}`, idempotencyKey: `key${seq}`, operationType: "delete", timestamp: seq }),
  clientId: "A",
  userId: "ann",
  contentHash: String(seq)
})

test("A5: the latest keys are always remembered, never more than two generations, and older versions stay as they were", () => {
  let keys = RecentKeys.empty
  let early = keys
  for (let seq = 1; seq <= 5 * generationKeysMax + 7; seq++) {
    keys = RecentKeys.add(keys, entry(seq))
    if (seq === 100) early = keys
    const size = HashMap.size(keys.young) + HashMap.size(keys.old)
    if (size > 2 * generationKeysMax) expect.fail(`${size} keys after ${seq} operations`)
    if (seq % 97 !== 0) continue
    for (const back of [0, 1, 1_000, generationKeysMax - 1]) {
      if (back < seq) expect(RecentKeys.get(keys, `key${seq - back}`)?.seq).toBe(seq - back)
    }
    expect(RecentKeys.get(keys, `key${seq - 2 * generationKeysMax}`)).toBeUndefined()
  }
  expect(HashMap.size(early.young)).toBe(100)
  expect(RecentKeys.get(early, "key101")).toBeUndefined()
})

test("A5: a key is remembered with what its operation came to", () => {
  const keys = RecentKeys.add(RecentKeys.add(RecentKeys.empty, entry(3)), entry(4))
  expect(RecentKeys.get(keys, "key3")).toMatchObject({ seq: 3, status: "superseded", contentHash: "3" })
  expect(RecentKeys.get(keys, "key4")).toMatchObject({ seq: 4, status: "applied", contentHash: "4" })
  expect(RecentKeys.get(keys, "__proto__")).toBeUndefined()
})

test("A5: the fingerprint tells operations apart by their content and by nothing else", () => {
  const update = { id: "1", operationType: "update", propertyPath: "fill", newValue: { a: 1, b: [2] }, timestamp: 5 }
  const hash = contentHash(sent(update))
  expect(hash).toMatch(/^[0-9a-f]{14}$/)
  expect(contentHash(sent({ ...update, id: "2", idempotencyKey: "k", newValue: { b: [2], a: 1 } }))).toBe(hash)
  const create = { id: "1", operationType: "create", newValue: { type: "text", text: "a" } }
  const others = [
    { ...update, timestamp: 6 },
    { ...update, objectId: "p" },
    { ...update, propertyPath: "stroke" },
    { ...update, newValue: { a: 1, b: ["2"] } },
    { ...update, newValue: null },
    create,
    { ...create, newValue: { type: "frame" } },
    { ...create, newValue: { type: "text", text: "a", parentId: "p" } },
    { ...create, newValue: { type: "text", text: "a", orderKey: "a0" } },
    { ...create, newValue: { type: "text", data: { text: "a" } } },
    { id: "1", operationType: "move", newValue: { parentId: null } },
    { id: "1", operationType: "move", newValue: { parentId: "p" } },
    { id: "1", operationType: "delete" },
    { id: "1", operationType: "restore" }
  ].map((operation) => contentHash(sent(operation)))
  expect(new Set([hash, ...others]).size).toBe(others.length + 1)
})

test("A5: fingerprints of a hundred thousand operations that are alike differ", () => {
  const hashes = new Set<string>()
  for (let x = 0; x < 100_000; x++) hashes.add(contentHash({ id: "1", idempotencyKey: "1", timestamp: 1_700_000_000_000, objectId: "o", operationType: "update", propertyPath: "x", newValue: x }))
  expect(hashes.size).toBe(100_000)
})
