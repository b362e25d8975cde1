/** P15 against a real node: editors that speak MessagePack, through another implementation than the node's. */
import { randomUUID } from "node:crypto"
import { pack } from "msgpackr"
import { describe, expect, it, onTestFinished } from "vitest"
import { WebSocket } from "ws"
import { sharedNode } from "../harness/easelNode.ts"
import { connect, create, createFile, expectConverged, join, move, remove, update } from "../harness/editing.ts"
import { waitUntil } from "../harness/waitUntil.ts"

const own = sharedNode()

const hex = (text: string): Buffer => Buffer.from(text.replaceAll(" ", ""), "hex")

/** The head of `{type, payload}` with the payload to follow. */
const framed = (type: string, payload: Uint8Array): Buffer =>
  Buffer.concat([hex("82"), pack("type"), pack(type), pack("payload"), payload])

/** An operation frame whose operation has a value that `pack` cannot write. */
const withValue = (value: Uint8Array, operation = update("a", "data.k", 0)): Buffer => {
  const { newValue: _left, ...rest } = operation
  const members = Object.entries(rest).flatMap(([key, item]) => [pack(key), pack(item)])
  const map = Buffer.concat([Buffer.from([0x80 | (Object.keys(rest).length + 1)]), ...members, pack("newValue"), value])
  return framed("operation", Buffer.concat([hex("81"), pack("operations"), hex("91"), map]))
}

describe("MessagePack", () => {
  it("P15: the subprotocol is agreed on when it is asked for, and JSON is what others speak", async () => {
    const asked = await connect(own.node, undefined, "msgpack")
    expect(asked.webSocket.protocol).toBe("easel.msgpack.v1")
    const plain = await connect(own.node)
    expect(plain.webSocket.protocol).toBe("")
    const either = new WebSocket(own.node.webSocketUrl, ["soap", "easel.msgpack.v1"])
    onTestFinished(() => either.terminate())
    await waitUntil(() => either.readyState !== WebSocket.CONNECTING, { deadlineMillis: 5_000, what: "an answer" })
    expect(either.protocol).toBe("easel.msgpack.v1")
  })

  it("P15: editors of both formats edit one file and converge", async () => {
    const fileId = await createFile(own.node, "Grün \u{1f7e2}")
    const ada = await join(own.node, fileId, { format: "msgpack" })
    const bob = await join(own.node, fileId)
    const eve = await join(own.node, fileId, { format: "msgpack" })
    await ada.edit(create("f", { type: "frame", name: "é中\u{1f600}" }), create("a", { parentId: "f", data: { k: [1, -1.5, 1e300, null, { deep: true }] } }))
    await Promise.all([
      bob.edit(update("a", "x", 7), update("a", "name", "x".repeat(70_000))),
      eve.edit(move("a", null), update("f", "x", 2 ** 40)),
      ada.edit(remove("f"), update("a", "y", -129))
    ])
    await expectConverged(own.node, fileId, ada, bob, eve)
    const back = await join(own.node, fileId, { format: "msgpack", sinceSeq: 2 })
    expect(back.all("sync")[0]?.operations?.length).toBeGreaterThan(3)
    expect(back.all("sync")[0]).toMatchObject({ fileId, fromSeq: 2, role: "owner", protocolVersion: 1 })
    // Presence, renaming, ping and errors are frames like any other.
    bob.send("presence", { cursor: { x: 1, y: 2 } })
    await ada.until(() => ada.all("presence").some(({ presence }) => presence.some(({ clientId, cursor }) => clientId === bob.clientId && cursor !== null)), "bob's cursor")
    await fetch(`${own.node.url}/api/files/${fileId}`, { method: "PATCH", body: JSON.stringify({ name: "Blau" }) })
    await ada.until(() => ada.frames.some((frame) => String(frame.type) === "renamed"), "the new name")
    ada.send("ping", { echo: [1, { a: "é" }] })
    expect(await ada.next("pong")).toMatchObject({ echo: [1, { a: "é" }] })
  })

  it("P15 P14: a large snapshot is compressed for who asks, and small ones are not", async () => {
    const fileId = await createFile(own.node)
    const ada = await join(own.node, fileId)
    await ada.edit(...Array.from({ length: 499 }, (_, n) => create(`o${n}`, { name: `Objekt ${n} ✏️` })), remove("o7"))
    const plain = await join(own.node, fileId, { format: "msgpack" })
    const compressed = await join(own.node, fileId, { format: "msgpack", compression: "deflate-raw" })
    expect([plain.compressedFrames, compressed.compressedFrames]).toEqual([0, 1])
    await ada.edit(update("o1", "x", 1))
    await expectConverged(own.node, fileId, ada, plain, compressed)
    const small = await join(own.node, await createFile(own.node), { format: "msgpack", compression: "deflate-raw" })
    expect(small.compressedFrames).toBe(0)
  })

  it("P15: text on a connection of MessagePack, and bytes on one of JSON, are answered by an error", async () => {
    const fileId = await createFile(own.node)
    const ada = await join(own.node, fileId, { format: "msgpack" })
    ada.sendText(JSON.stringify({ type: "ping", payload: {} }))
    expect(await ada.next("error")).toMatchObject({ code: "bad_frame" })
    const bob = await join(own.node, fileId)
    bob.sendBytes(pack({ type: "ping", payload: {} }))
    expect(await bob.next("error")).toMatchObject({ code: "bad_frame" })
    await bob.edit(create("a"))
    await expectConverged(own.node, fileId, ada, bob)
  })
})

const nested = (levels: number): Buffer => Buffer.concat([Buffer.alloc(levels, 0x91), hex("01")])

const badFrames: ReadonlyArray<readonly [what: string, frame: Buffer, code: string]> = [
  ["nothing", hex(""), "bad_frame"],
  ["a number", hex("01"), "bad_frame"],
  ["an array", hex("90"), "bad_frame"],
  ["no type", hex("80"), "bad_frame"],
  ["JSON", Buffer.from(`{"type":"ping"}`), "bad_frame"],
  ["an extension", framed("ping", hex("d40000")), "bad_frame"],
  ["undefined, as libraries write it", pack({ type: "ping", payload: undefined }), "bad_frame"],
  ["a date", pack({ type: "ping", payload: { echo: new Date(0) } }), "bad_frame"],
  ["binary", pack({ type: "ping", payload: { echo: Buffer.from("x") } }), "bad_frame"],
  ["a key that is a number", framed("ping", hex("810101")), "bad_frame"],
  ["broken UTF-8", framed("ping", hex("81a2c32801")), "bad_frame"],
  ["half a character", framed("subscribe", hex("81a6757365724964a3eda080")), "bad_frame"],
  ["bytes after the frame", Buffer.concat([pack({ type: "ping", payload: {} }), hex("c0")]), "bad_frame"],
  ["2,000 levels of arrays", nested(2_000), "bad_frame"],
  ["an array of 2^32 values", hex("ddffffffff"), "bad_frame"],
  ["nested arrays of 2^24 values", Buffer.concat(Array.from({ length: 60 }, () => hex("dd00ffffff"))), "bad_frame"],
  ["an unknown type", pack({ type: "shout", payload: {} }), "unknown_type"],
  ["__proto__ as type", pack({ type: "__proto__", payload: {} }), "unknown_type"],
  ["a file that does not exist", pack({ type: "subscribe", payload: { fileId: randomUUID(), userId: "ada" } }), "file_missing"],
  ["sinceSeq that is no number", framed("subscribe", Buffer.concat([
    hex("83"), pack("fileId"), pack(randomUUID()), pack("userId"), pack("ada"), pack("sinceSeq"), hex("cb7ff8000000000000")
  ])), "bad_subscribe"]
]

const badPresence: ReadonlyArray<readonly [what: string, cursor: Buffer]> = [
  ["NaN", hex("cb7ff8000000000000")],
  ["Infinity", hex("ca7f800000")],
  ["NUL", hex("a100")],
  ["40 levels", nested(40)],
  ["__proto__", hex("81 a9 5f5f70726f746f5f5f 01")]
]

const badValues: ReadonlyArray<readonly [what: string, value: Buffer, reason: string]> = [
  ["NaN", hex("cb7ff8000000000000"), "not_finite"],
  ["-Infinity", hex("caff800000"), "not_finite"],
  ["NUL", hex("a100"), "nul_character"],
  ["40 levels", nested(40), "too_deep"],
  ["__proto__", hex("81 a9 5f5f70726f746f5f5f 01"), "reserved_name"],
  ["257 KiB", Buffer.concat([hex("db00040400"), Buffer.alloc(0x40400, 0x78)]), "too_large"]
]

describe("what is wrong with it", () => {
  it.each(badFrames)("P15 P8: %s is answered by an error", async (_, frame, code) => {
    const editor = await connect(own.node, undefined, "msgpack")
    editor.sendBytes(frame)
    const error = await editor.next("error")
    expect(error.code).toBe(code)
    expect(error.message).toMatch(/^.{5,200}$/)
    await editor.subscribe({ fileId: await createFile(own.node), userId: "ada" })
  })

  it.each(badPresence)("P15 P8: presence with %s is answered by an error", async (_, cursor) => {
    const editor = await join(own.node, await createFile(own.node), { format: "msgpack" })
    editor.sendBytes(framed("presence", Buffer.concat([hex("81"), pack("cursor"), cursor])))
    expect((await editor.next("error")).code).toBe("bad_presence")
  })

  it.each(badValues)("P15 P3: an operation with %s is rejected", async (_, value, reason) => {
    const editor = await join(own.node, await createFile(own.node), { format: "msgpack" })
    await editor.edit(create("a"))
    const operation = update("a", "data.k", 0)
    editor.sendBytes(withValue(value, operation))
    expect(await editor.ackOf(operation.id)).toMatchObject({ status: "rejected", reason })
    expect((await editor.edit(update("a", "x", 1)))[0]).toMatchObject({ status: "applied", seq: 2 })
  })

  it("P15 P10: a frame of 512 KiB is read, a larger one closes with 1009", async () => {
    const editor = await join(own.node, await createFile(own.node), { format: "msgpack" })
    const ping = (bytes: number): Buffer => {
      const echo = Buffer.alloc(bytes - 32, 0x78)
      const frame = Buffer.concat([framed("ping", hex("81")), pack("echo"), hex("db"), Buffer.from([0, echo.length >> 16, (echo.length >> 8) & 0xff, echo.length & 0xff]), echo])
      return Buffer.concat([frame, Buffer.alloc(bytes - frame.length, 0xc0)])
    }
    // With what follows the frame it is no frame, but it is read.
    editor.sendBytes(ping(512 * 1024))
    expect((await editor.next("error")).code).toBe("bad_frame")
    editor.sendBytes(ping(512 * 1024 + 1))
    expect(await editor.closedWith()).toBe(1009)
  })

  it("P15 P8: a frame before subscribe has at most 4 KiB", async () => {
    const editor = await connect(own.node, undefined, "msgpack")
    editor.sendBytes(pack({ type: "ping", payload: { echo: "x".repeat(5_000) } }))
    expect((await editor.next("error")).message).toMatch(/4096/)
  })
})
