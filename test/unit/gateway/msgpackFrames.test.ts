/**
 * P15: every frame of the protocol as MessagePack, byte by byte. A change here is a change of the wire: it adds a line to
 * `version.ts`. Written as text where bytes are ASCII, and as `<hex>` where they are not.
 */
import { decodeEditorFrame, type Joined, type ServerFrame } from "@easel/protocol"
import { Unpackr } from "msgpackr"
import { describe, expect, test } from "vitest"
import { joinParts } from "../../../cluster/file/committedEvent.ts"
import { EventFrames } from "../../../packages/gateway/src/EventFrames.ts"
import { ackFrame, encode, errorFrame, SharedFrame } from "../../../packages/gateway/src/serverFrames.ts"
import { syncFrame } from "../../../packages/gateway/src/syncFrame.ts"
import { type Message, payloadOf } from "../../../packages/gateway/src/webSocketFrame.ts"

const unpackr = new Unpackr({ useRecords: false, int64AsType: "number" })

const shown = (bytes: Uint8Array): string =>
  Buffer.from(bytes).toString("latin1").replace(/[^ -;=?-~]+/g, (run) => `<${Buffer.from(run, "latin1").toString("hex")}>`)

const bytesOf = (text: string): Buffer =>
  Buffer.from(text.replace(/<([0-9a-f]+)>/g, (_, hex) => Buffer.from(hex, "hex").toString("latin1")), "latin1")

const fileId = "0b9f1c9e-2f60-4f3a-9a39-0a5f1f3b6c01"
const operation = { id: "op1", operationType: "update", objectId: "a", propertyPath: "x", newValue: -1.5, timestamp: 1_700_000_000_000, clientId: "c", userId: "ü", seq: 7 }
const committed = { _tag: "Committed", epoch: 2, fromSeq: 6, seq: 7, ...joinParts([{ author: "c", text: JSON.stringify(operation) }]) } as const
const presence = { clientId: "c", userId: "u", userName: "Ü", color: "#112233", cursor: { x: 1, y: 2 }, selection: ["a"], viewport: null }
const recipient = { clientId: "me", serverTime: 1_700_000_000_001, format: "msgpack", access: { role: "editor" } } as const
const joined: Joined = { role: "editor", color: "#445566", presence: Buffer.from(JSON.stringify(presence)), epoch: 2, seq: 7, latestTimestamp: 1_700_000_000_000 }
const file = { id: fileId, name: "F", objects: [{ id: "a", type: "text" }], deleted: [] }

const opaque = (frame: ServerFrame): Message => encode(frame, "msgpack")

const toEditor: ReadonlyArray<readonly [what: string, message: Message, golden: string]> = [
  ["sync with what was missed", syncFrame({ ...joined, missed: committed }, fileId, 6, recipient), `<82a4>type<a4>sync<a7>payload<8ca6>fileId<d9>$${fileId}<a7>fromSeq<06aa>operations<9189a2>id<a3>op1<ad>operationType<a6>update<a8>objectId<a1>a<ac>propertyPath<a1>x<a8>newValue<cbbff8000000000000a9>timestamp<cf0000018bcfe5>h<00a8>clientId<a1>c<a6>userId<a2c3bca3>seq<07a8>presence<9187a8>clientId<a1>c<a6>userId<a1>u<a8>userName<a2c39ca5>color<a7>#112233<a6>cursor<82a1>x<01a1>y<02a9>selection<91a1>a<a8>viewport<c0a3>seq<07a9>yourColor<a7>#445566<a8>clientId<a2>me<a5>epoch<02a4>role<a6>editor<aa>serverTime<cf0000018bcfe5>h<01af>latestTimestamp<cf0000018bcfe5>h<00af>protocolVersion<01>`],
  ["operation", new EventFrames(committed).whole("msgpack"), `<82a4>type<a9>operation<a7>payload<83aa>operations<9189a2>id<a3>op1<ad>operationType<a6>update<a8>objectId<a1>a<ac>propertyPath<a1>x<a8>newValue<cbbff8000000000000a9>timestamp<cf0000018bcfe5>h<00a8>clientId<a1>c<a6>userId<a2c3bca3>seq<07a3>seq<07a5>epoch<02>`],
  ["tentative", new EventFrames({ _tag: "Tentative", body: committed.body, parts: committed.parts }).whole("msgpack"), `<82a4>type<a9>tentative<a7>payload<81aa>operations<9189a2>id<a3>op1<ad>operationType<a6>update<a8>objectId<a1>a<ac>propertyPath<a1>x<a8>newValue<cbbff8000000000000a9>timestamp<cf0000018bcfe5>h<00a8>clientId<a1>c<a6>userId<a2c3bca3>seq<07>`],
  ["ack", opaque(ackFrame([
    { id: "op1", status: "applied", seq: 7, timestamp: 1_700_000_000_000, orderKey: "a0" },
    { id: "op2", status: "rejected", seq: 0, reason: "cycle", message: "no" }
  ], 7)), `<82a4>type<a3>ack<a7>payload<83ac>operationIds<92a3>op1<a3>op2<a7>results<9285a2>id<a3>op1<a6>status<a7>applied<a3>seq<07a9>timestamp<cf0000018bcfe5>h<00a8>orderKey<a2>a0<85a2>id<a3>op2<a6>status<a8>rejected<a3>seq<00a6>reason<a5>cycle<a7>message<a2>no<a3>seq<07>`],
  ["presence", new EventFrames({ _tag: "PresenceChanged", ...joinParts([{ author: "c", text: JSON.stringify(presence) }]), left: ["d"] }).whole("msgpack"), `<82a4>type<a8>presence<a7>payload<82a8>presence<9187a8>clientId<a1>c<a6>userId<a1>u<a8>userName<a2c39ca5>color<a7>#112233<a6>cursor<82a1>x<01a1>y<02a9>selection<91a1>a<a8>viewport<c0a4>left<91a1>d`],
  ["renamed", new SharedFrame({ type: "renamed", payload: { name: "Poster ✏️" } }).in("msgpack"), `<82a4>type<a7>renamed<a7>payload<81a4>name<ad>Poster <e29c8fefb88f>`],
  ["status", opaque({ type: "status", payload: { mode: "draining", retryAfter: 1_000 } }), `<82a4>type<a6>status<a7>payload<82a4>mode<a8>draining<aa>retryAfter<cd03e8>`],
  ["pong", opaque({ type: "pong", payload: { serverTime: 1_700_000_000_001, echo: [true, null] } }), `<82a4>type<a4>pong<a7>payload<82aa>serverTime<cf0000018bcfe5>h<01a4>echo<92c3c0>`],
  ["error", opaque(errorFrame("busy", "later", ["op1"])), `<82a4>type<a5>error<a7>payload<83a4>code<a4>busy<a7>message<a5>later<ac>operationIds<91a3>op1`]
]

const fromEditor: ReadonlyArray<readonly [what: string, golden: string, frame: unknown]> = [
  ["subscribe", `<82a4>type<a9>subscribe<a7>payload<83a6>fileId<d924>${fileId}<a6>userId<a2c3bca8>sinceSeq<cd012c>`, { type: "subscribe", payload: { fileId, userId: "ü", sinceSeq: 300 } }],
  ["operation", `<82a4>type<a9>operation<a7>payload<81aa>operations<9285a2>id<a3>op1<ad>operationType<a6>update<a8>objectId<a1>a<ac>propertyPath<a1>x<a8>newValue<cb3ff8000000000000c0>`, { type: "operation", operations: [{ id: "op1", operationType: "update", objectId: "a", propertyPath: "x", newValue: 1.5 }, null] }],
  ["presence", `<82a4>type<a8>presence<a7>payload<82a6>cursor<82a1>x<00a1>y<ffa9>selection<91a1>a`, { type: "presence", presence: { cursor: { x: 0, y: -1 }, selection: ["a"], viewport: null } }],
  ["unsubscribe", `<82a4>type<ab>unsubscribe<a7>payload<80>`, { type: "unsubscribe" }],
  ["ping", `<82a4>type<a4>ping<a7>payload<81a4>echo<cd03e8>`, { type: "ping", echo: 1_000 }]
]

describe("golden bytes", () => {
  test.each(toEditor)("P15: %s, to the editor", (_, message, golden) => {
    const payload = payloadOf(message)
    expect(shown(payload)).toBe(golden)
    expect(bytesOf(golden).equals(payload)).toBe(true)
  })

  test.each(fromEditor)("P15: %s, from the editor", (_, golden, frame) => {
    expect(decodeEditorFrame(bytesOf(golden), "msgpack")).toEqual(frame)
  })

  test("P15: sync with a snapshot, to the editor", () => {
    const body = `<84a2>id<d924>${fileId}<a4>name<a1>F<a7>objects<9182a2>id<a1>a<a4>type<a4>text<a7>deleted<90>`
    const golden = `<82a4>type<a4>sync<a7>payload<8aa4>file<84a2>id<d9>$${fileId}<a4>name<a1>F<a7>objects<9182a2>id<a1>a<a4>type<a4>text<a7>deleted<90a8>presence<90a3>seq<07a9>yourColor<a7>#445566<a8>clientId<a2>me<a5>epoch<02a4>role<a6>editor<aa>serverTime<cf0000018bcfe5>h<01af>latestTimestamp<cf0000018bcfe5>h<00af>protocolVersion<01>`
    const snapshot = { epoch: 2, seq: 7, format: "msgpack", encoding: "identity", body: bytesOf(body) } as const
    const plain = payloadOf(syncFrame({ ...joined, presence: new Uint8Array(), snapshot }, fileId, 0, recipient))
    expect(shown(plain)).toBe(golden)
    expect(unpackr.unpack(plain)).toMatchObject({ type: "sync", payload: { file, presence: [], seq: 7 } })
  })

  test("P15: each is, to another implementation, the frame that JSON has", () => {
    for (const [what, message] of toEditor) {
      const frame: { readonly type: string } = unpackr.unpack(payloadOf(message))
      expect(what.startsWith(frame.type)).toBe(true)
    }
    expect(unpackr.unpack(payloadOf(toEditor[1]?.[1] ?? []))).toEqual({ type: "operation", payload: { operations: [operation], seq: 7, epoch: 2 } })
  })
})
