/** P10 and P16: what a socket that does not keep up is told, and when. */
import type { Duplex } from "node:stream"
import { type Committed, Limits, type ServerFrame } from "@easel/protocol"
import { describe, expect, test } from "vitest"
import type { WebSocket } from "ws"
import { joinParts } from "../../../cluster/file/committedEvent.ts"
import { Attachment, type Outbox } from "../../../packages/gateway/src/Attachment.ts"
import { EventFrames } from "../../../packages/gateway/src/EventFrames.ts"
import { encode, SharedFrame } from "../../../packages/gateway/src/serverFrames.ts"
import { SocketOutbox } from "../../../packages/gateway/src/SocketOutbox.ts"
import { bytesOf, type Message, payloadOf } from "../../../packages/gateway/src/webSocketFrame.ts"

/** An outbox with a budget that a test fills and empties. */
class FakeOutbox implements Outbox {
  readonly format = "json"
  readonly sent: Array<ServerFrame> = []
  unsent = 0
  budget = 1_000
  closed = false
  private taken: (() => void) | undefined

  cork(): void {}
  uncork(): void {}
  full(bytes: number): boolean {
    return this.unsent > 0 && this.unsent + bytes > this.budget
  }
  whenTaken(_millisMax: number, taken: () => void): void {
    this.taken = taken
  }
  take(): void {
    this.unsent = 0
    const { taken } = this
    this.taken = undefined
    taken?.()
  }
  send(message: Message): void {
    if (this.full(bytesOf(message))) this.closed = true
    this.unsent += bytesOf(message)
    this.sent.push(JSON.parse(payloadOf(message).toString("utf8")))
  }
  tell(frame: ServerFrame): void {
    this.send(encode(frame, this.format))
  }
  sendLossy(message: Message): void {
    this.send(message)
  }
  sendSnapshot(message: Message): void {
    this.send(message)
  }
  closeSlow(): void {
    this.closed = true
  }
  closeReplaced(): void {
    this.closed = true
  }
  closeForbidden(): void {
    this.closed = true
  }
  closeMissing(): void {
    this.closed = true
  }
}

const committed = (seq: number, bytes: number): Committed => ({
  _tag: "Committed",
  epoch: 1,
  fromSeq: seq - 1,
  seq,
  ...joinParts([{ author: "somebody", text: JSON.stringify({ seq, text: "x".repeat(bytes) }) }])
})

const attached = () => {
  const outbox = new FakeOutbox()
  const resyncs: Array<number> = []
  const attachment = new Attachment({ editor: { clientId: "c", userId: "u", userName: "U" }, identity: undefined }, false, outbox, (_, sinceSeq) => resyncs.push(sinceSeq))
  attachment.synced(0)
  const deliver = (event: Committed) => attachment.deliver(event, new EventFrames(event))
  return { outbox, resyncs, attachment, deliver }
}

const types = ({ sent }: FakeOutbox) => sent.map(({ type }) => type)

describe("a socket that does not keep up", () => {
  test("P10: operations that do not fit are not kept; what was missed is asked for when the rest is taken", () => {
    const { deliver, outbox, resyncs } = attached()
    for (let seq = 1; seq <= 20; seq++) deliver(committed(seq, 300))
    expect(outbox.sent.length).toBeLessThan(5)
    expect(resyncs).toEqual([])
    outbox.take()
    expect(resyncs).toEqual([outbox.sent.length])
    expect(outbox.closed).toBe(false)
  })

  test("P10: an ack that does not fit waits like the operations do, and comes after them", () => {
    const { attachment, deliver, outbox, resyncs } = attached()
    attachment.unacknowledged = 2
    deliver(committed(1, 800))
    const results = ["a", "b"].map((id) => ({ id, status: "applied", seq: 2 } as const))
    attachment.acknowledge(results, 2)
    expect([outbox.closed, types(outbox)]).toEqual([false, ["operation"]])
    deliver(committed(3, 10))
    outbox.take()
    expect(resyncs).toEqual([1])
    attachment.synced(3)
    expect([outbox.closed, types(outbox)]).toEqual([false, ["operation", "ack"]])
    expect(attachment.unacknowledged).toBe(0)
  })

  test("P10: a name that does not fit waits, too", () => {
    const { attachment, deliver, outbox } = attached()
    deliver(committed(1, 900))
    deliver(committed(2, 900))
    attachment.rename(new SharedFrame({ type: "renamed", payload: { name: "New" } }))
    expect(types(outbox)).toEqual(["operation"])
    outbox.take()
    attachment.synced(2)
    expect(types(outbox)).toEqual(["operation", "renamed"])
  })
})

describe("an event that begins before what was sent", () => {
  /** Operations of several commits, as a new owner reads them from the log. */
  const reread = (fromSeq: number, seq: number): Committed => ({
    _tag: "Committed",
    epoch: 2,
    fromSeq,
    seq,
    ...joinParts(Array.from({ length: seq - fromSeq }, (_, n) => ({ author: `author ${n % 2}`, text: JSON.stringify({ seq: fromSeq + n + 1 }) })))
  })
  const told = ({ sent }: FakeOutbox) => sent.flatMap((frame) => frame.type === "operation" ? frame.payload.operations.map(({ seq }) => seq) : [])

  test("A10: is told from there on, and nothing twice", () => {
    const { attachment, deliver, outbox } = attached()
    attachment.hold()
    deliver(reread(3, 8))
    attachment.synced(5)
    deliver(reread(6, 8))
    deliver(reread(7, 10))
    expect(told(outbox)).toEqual([6, 7, 8, 9, 10])
  })

  test("A10: is not told when its rest was superseded", () => {
    const { attachment, deliver, outbox } = attached()
    attachment.synced(5)
    deliver({ ...reread(3, 5), seq: 7 })
    expect(told(outbox)).toEqual([])
    deliver(reread(7, 8))
    expect(told(outbox)).toEqual([8])
  })
})

describe("the budget of a socket", () => {
  /** A stream that takes nothing, and a WebSocket that notes its end. */
  const deaf = () => {
    const written: Array<Uint8Array> = []
    const stream = {
      get writableLength() {
        return written.reduce((sum, bytes) => sum + bytes.length, 0)
      },
      write: (bytes: Uint8Array) => written.push(bytes),
      cork: () => undefined,
      uncork: () => undefined
    }
    const webSocket = {
      OPEN: 1,
      readyState: 1,
      code: 0,
      close(code: number) {
        this.code = code
        this.readyState = 2
      },
      terminate: () => undefined
    }
    // SAFETY: all that the outbox uses of them.
    const outbox = new SocketOutbox(webSocket as unknown as WebSocket, stream as unknown as Duplex, "json")
    return { outbox, stream, webSocket }
  }

  test("P10: a consumer that never reads costs 1 MiB at most, whatever it is sent, and is closed with 4008", () => {
    const { outbox, stream, webSocket } = deaf()
    const frame = encode({ type: "pong", payload: { serverTime: 1, echo: "x".repeat(1_000) } }, "json")
    for (let n = 0; n < 10_000; n++) {
      outbox.send(frame)
      outbox.sendLossy(frame)
    }
    expect(stream.writableLength).toBeLessThanOrEqual(Limits.outboxBytesMax)
    expect(webSocket.code).toBe(4008)
  })

  test("P10: what is corked has not been tried, and does not count as unsent", () => {
    const { outbox } = deaf()
    const event = encode({ type: "pong", payload: { serverTime: 1, echo: "x".repeat(Limits.outboxBytesMax) } }, "json")
    outbox.cork()
    outbox.send(event)
    expect([outbox.full(100), outbox.unsentBytes]).toEqual([false, 0])
    outbox.uncork()
    expect([outbox.full(100), outbox.unsentBytes]).toEqual([true, bytesOf(event)])
  })

  test("P10: operations stop before the budget is spent, so that a small frame more does not close the socket", () => {
    const { outbox, webSocket } = deaf()
    const event = encode({ type: "pong", payload: { serverTime: 1, echo: "x".repeat(10_000) } }, "json")
    while (!outbox.full(bytesOf(event))) outbox.send(event)
    for (let n = 0; n < 100; n++) outbox.tell({ type: "status", payload: { mode: "degraded" } })
    expect(webSocket.code).toBe(0)
  })
})
