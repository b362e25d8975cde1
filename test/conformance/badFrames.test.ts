/** P8 and P10 against a real node: what is wrong with frames costs an answer, and only hostility costs the connection. */
import { randomUUID } from "node:crypto"
import { describe, expect, it, onTestFinished } from "vitest"
import { sharedNode } from "../harness/easelNode.ts"
import { connect, create, createFile, expectConverged, join, move, remove, restore, update } from "../harness/editing.ts"
import type { RawEditor } from "../harness/RawEditor.ts"
import { frameBytes, type FrameOptions, opcodes, RawSocket, upgradeRequest } from "../harness/RawSocket.ts"

const own = sharedNode()

const stackTrace = /\bat \S+ ?\(|node:internal|node_modules|\.ts:\d+|\.mjs:\d+/

/** The next error, which must be fit for strangers. */
const nextError = async (editor: RawEditor) => {
  const error = await editor.next("error")
  expect(error.message).toMatch(/^.{5,200}$/)
  expect(JSON.stringify(error)).not.toMatch(stackTrace)
  return error
}

const deep = (levels: number): string => "[".repeat(levels) + "]".repeat(levels)
const someFile = randomUUID()

const beforeSubscribe: ReadonlyArray<readonly [what: string, frame: string, code: string]> = [
  ["no JSON", "{", "bad_frame"],
  ["nothing", "", "bad_frame"],
  ["a number", "1", "bad_frame"],
  ["null", "null", "bad_frame"],
  ["an array", "[]", "bad_frame"],
  ["no type", "{}", "bad_frame"],
  ["a type that is no text", `{"type":1}`, "bad_frame"],
  ["an unknown type", `{"type":"shout","payload":{}}`, "unknown_type"],
  ["__proto__ as type", `{"type":"__proto__","payload":{}}`, "unknown_type"],
  ["2,000 levels of arrays", deep(2_000), "bad_frame"],
  ["an operation", `{"type":"operation","payload":{"operations":[{"id":"a"}]}}`, "not_subscribed"],
  ["presence", `{"type":"presence","payload":{}}`, "not_subscribed"],
  ["subscribe without payload", `{"type":"subscribe"}`, "bad_subscribe"],
  ["subscribe without file", `{"type":"subscribe","payload":{"userId":"ada"}}`, "bad_subscribe"],
  ["a file id that is no UUID", `{"type":"subscribe","payload":{"fileId":"x","userId":"ada"}}`, "bad_subscribe"],
  ["a file id with SQL", `{"type":"subscribe","payload":{"fileId":"' OR 1=1 --","userId":"ada"}}`, "bad_subscribe"],
  ["no user", `{"type":"subscribe","payload":{"fileId":"${someFile}"}}`, "bad_subscribe"],
  ["an empty user", `{"type":"subscribe","payload":{"fileId":"${someFile}","userId":""}}`, "bad_subscribe"],
  ["a user with NUL", `{"type":"subscribe","payload":{"fileId":"${someFile}","userId":"a\\u0000"}}`, "bad_subscribe"],
  ["a user with half a character", `{"type":"subscribe","payload":{"fileId":"${someFile}","userId":"\\ud800"}}`, "bad_subscribe"],
  ["a user of 129 characters", `{"type":"subscribe","payload":{"fileId":"${someFile}","userId":"${"a".repeat(129)}"}}`, "bad_subscribe"],
  ["a name that is no text", `{"type":"subscribe","payload":{"fileId":"${someFile}","userId":"ada","userName":{}}}`, "bad_subscribe"],
  ["sinceSeq below 0", `{"type":"subscribe","payload":{"fileId":"${someFile}","userId":"ada","sinceSeq":-1}}`, "bad_subscribe"],
  ["half a sinceSeq", `{"type":"subscribe","payload":{"fileId":"${someFile}","userId":"ada","sinceSeq":0.5}}`, "bad_subscribe"],
  ["a sinceSeq beyond counting", `{"type":"subscribe","payload":{"fileId":"${someFile}","userId":"ada","sinceSeq":1e300}}`, "bad_subscribe"],
  ["clientId __proto__", `{"type":"subscribe","payload":{"fileId":"${someFile}","userId":"ada","clientId":"__proto__"}}`, "bad_subscribe"],
  ["clientId with quotes", `{"type":"subscribe","payload":{"fileId":"${someFile}","userId":"ada","clientId":"a\\"b"}}`, "bad_subscribe"],
  ["another protocol version", `{"type":"subscribe","payload":{"fileId":"${someFile}","userId":"ada","protocolVersion":99}}`, "unsupported_version"],
  ["a file that does not exist", `{"type":"subscribe","payload":{"fileId":"${someFile}","userId":"ada"}}`, "file_missing"]
]

const afterSubscribe: ReadonlyArray<readonly [what: string, frame: string, code: string]> = [
  ["an operation without payload", `{"type":"operation"}`, "bad_frame"],
  ["operations that are no list", `{"type":"operation","payload":{"operations":{"length":1}}}`, "bad_frame"],
  ["no operations", `{"type":"operation","payload":{"operations":[]}}`, "bad_frame"],
  ["presence without payload", `{"type":"presence"}`, "bad_presence"],
  ["presence with 1e400", `{"type":"presence","payload":{"cursor":{"x":1e400}}}`, "bad_presence"],
  ["presence with half a character", `{"type":"presence","payload":{"cursor":"\\udfff"}}`, "bad_presence"],
  ["presence with NUL", `{"type":"presence","payload":{"selection":["\\u0000"]}}`, "bad_presence"],
  ["presence of 40 levels", `{"type":"presence","payload":{"viewport":${deep(40)}}}`, "bad_presence"],
  ["presence with __proto__", `{"type":"presence","payload":{"cursor":{"__proto__":{"x":1}}}}`, "bad_presence"],
  ["subscribe that is bad", `{"type":"subscribe","payload":{}}`, "bad_subscribe"]
]

describe("frames that are wrong", () => {
  it.each(beforeSubscribe)("P8: before subscribe, %s is answered by an error", async (_, frame, code) => {
    const editor = await connect(own.node)
    editor.sendText(frame)
    expect((await nextError(editor)).code).toBe(code)
    await editor.subscribe({ fileId: await createFile(own.node), userId: "ada" })
  })

  it.each(afterSubscribe)("P8: after subscribe, %s is answered by an error", async (_, frame, code) => {
    const editor = await join(own.node, await createFile(own.node))
    editor.sendText(frame)
    expect((await nextError(editor)).code).toBe(code)
    expect((await editor.edit(create("a")))[0]).toMatchObject({ status: "applied", seq: 1 })
  })

  it("P8: a binary frame is answered by an error", async () => {
    const editor = await join(own.node, await createFile(own.node))
    editor.webSocket.send(Buffer.from(`{"type":"ping"}`))
    expect((await nextError(editor)).code).toBe("bad_frame")
  })

  it("P8: the connection and its file survive them all", async () => {
    const fileId = await createFile(own.node)
    const editor = await join(own.node, fileId)
    const other = await join(own.node, fileId)
    await editor.edit(create("a"))
    const frames = [...beforeSubscribe.filter(([, , code]) => code !== "not_subscribed" && code !== "file_missing"), ...afterSubscribe]
    for (const [, frame, code] of frames) {
      editor.sendText(frame)
      expect((await editor.next("error")).code).toBe(code)
    }
    await editor.edit(update("a", "x", 1))
    await expectConverged(own.node, fileId, editor, other)
  })

  it("P8: subscribe while a subscribe is under way", async () => {
    const fileId = await createFile(own.node)
    const editor = await connect(own.node)
    editor.send("subscribe", { fileId, userId: "ada" })
    editor.send("subscribe", { fileId, userId: "ada" })
    expect((await nextError(editor)).code).toBe("already_subscribing")
    await editor.next("sync")
    await editor.edit(create("a"))
  })

  it("P3: 500 operations in a frame are served, 501 are refused by name and change nothing", async () => {
    const fileId = await createFile(own.node)
    const editor = await join(own.node, fileId)
    const many = Array.from({ length: 501 }, (_, n) => create(`o${n}`))
    editor.submit(...many)
    const error = await nextError(editor)
    expect(error).toMatchObject({ code: "too_many_operations", operationIds: many.map(({ id }) => id) })
    const results = await editor.edit(...many.slice(0, 500))
    expect(results.filter(({ status }) => status === "applied")).toHaveLength(500)
    expect((await expectConverged(own.node, fileId, editor)).objects).toHaveLength(500)
  })

  it("P8: a frame before subscribe has at most 4 KiB", async () => {
    const fileId = await createFile(own.node)
    const editor = await connect(own.node)
    editor.send("subscribe", { fileId, userId: "ada", token: "t".repeat(4_096) })
    expect((await nextError(editor)).code).toBe("bad_frame")
    expect(editor.all("sync")).toEqual([])
    await editor.subscribe({ fileId, userId: "ada" })
  })
})

describe("hostility", () => {
  it.each([
    ["of any kind", `{"type":"shout"}`],
    ["that are too large for a stranger", `{"type":"ping","payload":{"echo":"${"x".repeat(5_000)}"}}`]
  ])("P8: 100 bad messages %s are answered, one more closes with 4029", async (_, frame) => {
    const editor = await connect(own.node)
    for (let n = 0; n < 100; n++) editor.sendText(frame)
    await editor.settled()
    expect(editor.all("error")).toHaveLength(100)
    editor.sendText(frame)
    expect(await editor.closedWith()).toBe(4029)
  })

  it("P10: a frame of 512 KiB is served, a larger one closes with 1009", async () => {
    const fileId = await createFile(own.node)
    const editor = await join(own.node, fileId)
    const operation = create("a", { type: "text", text: "x".repeat(256 * 1024 - 8) })
    const frame = JSON.stringify({ type: "operation", payload: { operations: [operation] } })
    editor.sendText(frame + " ".repeat(512 * 1024 - frame.length))
    expect(await editor.ackOf(operation.id)).toMatchObject({ status: "applied" })
    editor.sendText(" ".repeat(512 * 1024 + 1))
    expect(await editor.closedWith()).toBe(1009)
  })

  it("P14: permessage-deflate is not offered, so nothing can inflate", async () => {
    const editor = await connect(own.node)
    expect(editor.webSocket.extensions).toBe("")
  })

  const text = Buffer.from(`{"type":"ping"}`)
  const violations: ReadonlyArray<readonly [string, number, ReadonlyArray<readonly [number, Buffer, FrameOptions?]>]> = [
    ["UTF-8 that is broken", 1007, [[opcodes.text, Buffer.from([0x7b, 0xc3, 0x28, 0x7d])]]],
    ["UTF-8 that is broken across fragments", 1007, [
      [opcodes.text, Buffer.from([0xe2, 0x82]), { fin: false }],
      [opcodes.continuation, Buffer.from([0x28])]
    ]],
    ["a frame without mask", 1002, [[opcodes.text, text, { masked: false }]]],
    ["a continuation of nothing", 1002, [[opcodes.continuation, text]]],
    ["a new message inside a fragmented one", 1002, [[opcodes.text, text, { fin: false }], [opcodes.text, text]]],
    ["a reserved opcode", 1002, [[3, text]]],
    ["a compressed frame", 1002, [[opcodes.text, text, { rsv: 4 }]]],
    ["reserved bits", 1002, [[opcodes.text, text, { rsv: 3 }]]],
    ["a fragmented ping", 1002, [[opcodes.ping, text, { fin: false }]]],
    ["a ping of 126 bytes", 1002, [[opcodes.ping, Buffer.alloc(126)]]],
    ["a close frame of one byte", 1002, [[opcodes.close, Buffer.from([3])]]],
    ["a close code that is reserved", 1002, [[opcodes.close, Buffer.from([0x03, 0xed])]]],
    ["a length above 512 KiB", 1009, [[opcodes.text, text, { claimedBytes: 512 * 1024 + 1 }]]],
    ["a length above 2^53", 1009, [[opcodes.text, text, { claimedBytes: 2 ** 60 }]]]
  ]

  it.each(violations)("P10: %s closes with %i", async (_, code, frames) => {
    const socket = await RawSocket.webSocket(own.node.url)
    onTestFinished(() => void socket.socket.destroy())
    for (const [opcode, payload, options] of frames) socket.write(frameBytes(opcode, payload, options))
    expect(await socket.closeCode()).toBe(code)
  })

  it("P10: fragments that never end are cut off", async () => {
    const socket = await RawSocket.webSocket(own.node.url)
    onTestFinished(() => void socket.socket.destroy())
    socket.write(frameBytes(opcodes.text, Buffer.from("["), { fin: false }))
    const piece = Buffer.alloc(1_024, 0x20)
    for (let n = 0; n < 600; n++) socket.write(frameBytes(opcodes.continuation, piece, { fin: false }))
    expect([1008, 1009]).toContain(await socket.closeCode())
  })

  it.each(["json", "msgpack"] as const)("P10 P16: a socket that falls behind and reads again in time gets the newest of each register that it missed (%s)", async (format) => {
    const fileId = await createFile(own.node)
    const editor = await join(own.node, fileId)
    await editor.edit(create("a", { type: "text" }), create("b", { type: "group" }), create("c"))
    const slow = await join(own.node, fileId, { format })
    const author = slow.clientId
    slow.webSocket.pause()
    const filler = (n: number) => update("a", "text", `${n} ${"x".repeat(256 * 1024 - 16)}`)
    // What the socket's buffers take is told as ever; behind that it is squashed.
    for (let n = 0; n < 24; n++) await editor.edit(filler(n))
    for (let n = 0; n < 60; n++) {
      await editor.edit(update("b", "x", n), n % 2 === 0 ? remove("c") : restore("c"), move("c", n % 2 === 0 ? "b" : null), create(`n${n % 20}-${n}`), update("b", "y", -n))
    }
    slow.submit(update("b", "name", "also while it does not read"))
    await editor.edit(filler(99))
    slow.webSocket.resume()
    const file = await expectConverged(own.node, fileId, editor, slow)
    expect(slow.isOpen).toBe(true)
    expect(slow.clientId).toBe(author)
    expect(file.objects).toHaveLength(63)
    const told = slow.all("operation").flatMap(({ operations }) => operations)
    const of = (path: string) => told.filter(({ propertyPath }) => propertyPath === path)
    expect(of("x").length).toBeLessThan(10)
    expect(of("text").length).toBeLessThan(25)
    expect(told.filter(({ objectId, operationType }) => operationType === "create" && objectId.startsWith("n"))).toHaveLength(60)
    expect(slow.replica.unknownSeqs().length).toBeGreaterThan(100)
  })

  it("H4: hung-up and malformed upgrades leave the node alive", async () => {
    const { pid } = own.node
    for (const path of ["/nope", "//", "/ws//", "http://[", "/%", "*"]) {
      for (let n = 0; n < 10; n++) {
        const socket = await RawSocket.connect(own.node.url)
        socket.write(upgradeRequest(path))
        if (n % 2 === 0) socket.socket.resetAndDestroy()
        else {
          await socket.until(() => socket.hasEnded || socket.text !== "", `an answer to ${path}`)
          socket.socket.destroy()
        }
      }
    }
    expect((await fetch(`${own.node.url}/healthz`)).status).toBe(200)
    expect(own.node.pid).toBe(pid)
  })
})
