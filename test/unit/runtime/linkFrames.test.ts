/** What members of a cluster say to each other, as bytes. */
import * as fc from "fast-check"
import { expect, test } from "vitest"
import { decodeCall, encodeCall, encodeFrame, FrameReader, kinds } from "../../../cluster/runtime/linkFrames.ts"

const frames = fc.array(fc.record({
  kind: fc.constantFrom(...Object.values(kinds)),
  requestId: fc.bigInt(0n, 2n ** 64n - 1n),
  body: fc.uint8Array({ maxLength: 40 })
}))

test("frames arrive whole and in order, wherever the connection cuts them", () => {
  fc.assert(fc.property(frames, fc.array(fc.nat(60)), (sent, cuts) => {
    const bytes = Buffer.concat(sent.map(({ body, kind, requestId }) => encodeFrame(kind, requestId, body)))
    const reader = new FrameReader()
    const received = []
    let start = 0
    for (const length of [...cuts, bytes.length]) {
      received.push(...reader.read(bytes.subarray(start, start + length)))
      start += length
    }
    expect(received.map(({ body, ...head }) => ({ ...head, body: new Uint8Array(body) }))).toEqual(sent)
  }))
})

test("a frame of 512 MiB is not waited for", () => {
  const head = encodeFrame(kinds.call)
  head.writeUInt32LE(512 * 1024 * 1024, 0)
  expect(() => new FrameReader().read(head)).toThrow("bytes")
})

test("a call says whom it is for", () => {
  const head = { tag: "Submit", entityType: "File", entityId: "fïle", shardGroup: "default", shard: 300 }
  const { head: read, payload } = decodeCall(encodeCall(head, new Uint8Array([1, 2, 3])))
  expect(read).toEqual(head)
  expect([...payload]).toEqual([1, 2, 3])
})

test("the bytes of version 1 are as they were", () => {
  expect(encodeFrame(kinds.reply, 258n, new Uint8Array([7])).toString("hex")).toBe("0a00000004020100000000000007")
})
