import { decodeEditorFrame, protocolVersion } from "@easel/protocol"
import * as fc from "fast-check"
import { expect, test } from "vitest"
import { anyJson, runs } from "../../harness/arbitraries.ts"

const fileId = "00000000-0000-4000-8000-000000000000"

const types = fc.constantFrom("subscribe", "operation", "presence", "unsubscribe", "ping", "__proto__", "sync")

const almostPayload = fc.oneof(
  anyJson,
  fc.record({
    fileId: fc.oneof(fc.constant(fileId), anyJson),
    userId: fc.oneof(fc.constant("u"), anyJson),
    sinceSeq: fc.oneof(fc.constant(1), anyJson),
    clientId: fc.oneof(fc.constant("c"), anyJson),
    protocolVersion: fc.oneof(fc.constant(protocolVersion), anyJson),
    operations: fc.oneof(fc.array(anyJson, { maxLength: 2 }), anyJson),
    cursor: anyJson,
    echo: anyJson
  }, { requiredKeys: [] })
)

const decodeText = (text: string) => decodeEditorFrame(Buffer.from(text), "json")

const codes = ["bad_frame", "unknown_type", "bad_subscribe", "unsupported_version", "bad_presence"]

test("P8: whatever text arrives, it is a frame or a fault with a code and a sentence, never an exception", () => {
  const frame = fc.record({ type: fc.oneof(types, anyJson), payload: almostPayload }, { requiredKeys: [] })
  fc.assert(
    fc.property(fc.oneof(fc.string({ unit: "binary" }), anyJson.map((value) => JSON.stringify(value)), frame.map((value) => JSON.stringify(value))), (text) => {
      const decoded = decodeText(text)
      if (decoded.type !== "fault") return
      expect(codes).toContain(decoded.code)
      expect(decoded.message).not.toBe("")
      expect(decoded.message).not.toMatch(/\bat .*:\d+/)
    }),
    runs(3000)
  )
})

const subscribe = { fileId, userId: "u" }

const faults: ReadonlyArray<readonly [code: string, text: string]> = [
  ["bad_frame", ""],
  ["bad_frame", "{"],
  ["bad_frame", "null"],
  ["bad_frame", "[]"],
  ["bad_frame", `{"payload":{}}`],
  ["bad_frame", `{"type":1}`],
  ["bad_frame", `{"type":"operation"}`],
  ["bad_frame", `{"type":"operation","payload":{"operations":{}}}`],
  ["unknown_type", `{"type":"sync"}`],
  ["unknown_type", `{"type":"__proto__"}`],
  ["bad_subscribe", `{"type":"subscribe"}`],
  ["bad_subscribe", JSON.stringify({ type: "subscribe", payload: { ...subscribe, fileId: "f" } })],
  ["bad_subscribe", JSON.stringify({ type: "subscribe", payload: { ...subscribe, userId: "" } })],
  ["bad_subscribe", JSON.stringify({ type: "subscribe", payload: { ...subscribe, userId: "u".repeat(129) } })],
  ["bad_subscribe", `{"type":"subscribe","payload":{"fileId":"${fileId}","userId":"\\u0000"}}`],
  ["bad_subscribe", `{"type":"subscribe","payload":{"fileId":"${fileId}","userId":"\\ud83d"}}`],
  ["bad_subscribe", JSON.stringify({ type: "subscribe", payload: { ...subscribe, clientId: "a b" } })],
  ["bad_subscribe", JSON.stringify({ type: "subscribe", payload: { ...subscribe, sinceSeq: -1 } })],
  ["bad_subscribe", JSON.stringify({ type: "subscribe", payload: { ...subscribe, sinceSeq: 1.5 } })],
  ["unsupported_version", JSON.stringify({ type: "subscribe", payload: { ...subscribe, protocolVersion: protocolVersion + 1 } })],
  ["bad_presence", `{"type":"presence"}`],
  ["bad_presence", `{"type":"presence","payload":{"cursor":{"__proto__":1}}}`],
  ["bad_presence", `{"type":"presence","payload":{"cursor":1e999}}`]
]

test.each(faults)("P8: %s for %s", (code, text) => {
  expect(decodeText(text)).toMatchObject({ type: "fault", code })
})

test("P1 P3 P6 P11: frames as the protocol has them are read as they are", () => {
  const read = (type: string, payload?: unknown) => decodeText(JSON.stringify({ type, payload, future: 1 }))
  expect(read("subscribe", { ...subscribe, sinceSeq: 0, future: 1 })).toMatchObject({ type: "subscribe", payload: { ...subscribe, sinceSeq: 0 } })
  expect(read("operation", { operations: [1, null] })).toEqual({ type: "operation", operations: [1, null] })
  expect(read("presence", { cursor: { x: 1 } })).toEqual({ type: "presence", presence: { cursor: { x: 1 }, selection: null, viewport: null } })
  expect(read("unsubscribe")).toEqual({ type: "unsubscribe" })
  expect(read("ping", { echo: 5 })).toEqual({ type: "ping", echo: 5 })
  expect(read("ping", { echo: "\u0000" })).toEqual({ type: "ping", echo: undefined })
})
