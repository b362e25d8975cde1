/** The way of operations from sockets to an actor, and of its answer back. */
import { Duplex } from "node:stream"
import { type Committed, type Joined, type OperationResult, type Submission, type WatchEvent } from "@easel/protocol"
import { Access } from "@easel/store"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Queue from "effect/Queue"
import * as Stream from "effect/Stream"
import { expect, onTestFinished, test } from "vitest"
import type { WebSocket } from "ws"
import { joinParts } from "../../../cluster/file/committedEvent.ts"
import { Attachment } from "../../../packages/gateway/src/Attachment.ts"
import type { FileClient } from "../../../packages/gateway/src/FileClient.ts"
import { FileHub } from "../../../packages/gateway/src/FileHub.ts"
import { SocketOutbox } from "../../../packages/gateway/src/SocketOutbox.ts"
import { waitUntil } from "../../harness/waitUntil.ts"

interface Call {
  readonly submissions: ReadonlyArray<Submission>
  readonly answer: Deferred.Deferred<{ readonly epoch: number; readonly seq: number; readonly results: ReadonlyArray<ReadonlyArray<OperationResult>> }>
}

/** A hub whose actor is the test. */
const world = async () => {
  const calls: Array<Call> = []
  const events = Effect.runSync(Queue.unbounded<WatchEvent>())
  const joined: Joined = { role: "editor", color: "#000000", presence: new Uint8Array(), epoch: 1, seq: 0, latestTimestamp: 0 }
  // SAFETY: the hub asks for nothing else here.
  const client = {
    Watch: () => Stream.fromQueue(events),
    Join: () => Effect.succeed(joined),
    Submit: ({ submissions }: Pick<Call, "submissions">) => {
      const answer: Call["answer"] = Deferred.makeUnsafe()
      calls.push({ submissions, answer })
      return Deferred.await(answer)
    }
  } as unknown as FileClient
  const access = Access.of({ rolesOf: () => Effect.die("nobody asks") })
  const fork = (effect: Effect.Effect<void>) => void Effect.runFork(effect)
  const hub = new FileHub({ fileId: "f", gatewayId: "g", client, access, fork, observe: () => undefined })
  const watching = Effect.runFork(hub.watch)
  onTestFinished(() => Effect.runPromise(Fiber.interrupt(watching)).then(() => undefined))
  Queue.offerUnsafe(events, { _tag: "Live", epoch: 1, seq: 0, name: "F", commentSeq: 0, present: [], saving: "normal" })

  const attach = async (clientId: string, onWrite: () => void = () => undefined) => {
    /** What left the process, by system call. */
    const writes: Array<string> = []
    const stream = new Duplex({
      read: () => undefined,
      write: (bytes: Buffer, _encoding, done) => {
        writes.push(bytes.toString("latin1"))
        onWrite()
        done()
      },
      writev: (chunks, done) => {
        writes.push(Buffer.concat(chunks.map(({ chunk }) => chunk)).toString("latin1"))
        done()
      }
    })
    // SAFETY: all that the outbox uses of it.
    const webSocket = { OPEN: 1, readyState: 1 } as WebSocket
    const attachment = new Attachment({ editor: { clientId, userId: clientId, userName: clientId }, identity: undefined }, false, new SocketOutbox(webSocket, stream, "json"), hub.resync)
    await Effect.runPromise(hub.attach(attachment, 0))
    writes.length = 0
    return { attachment, writes }
  }
  /** An operation as `Session` hands it over; what it writes is of no matter here. */
  const submit = (attachment: Attachment, id: string) =>
    hub.submit({
      attachment,
      operations: [{ id, idempotencyKey: id, operationType: "delete", objectId: "o", timestamp: 1 }],
      results: [undefined],
      arrivedMillis: 0
    })
  const called = (count: number) => waitUntil(() => calls.length >= count, { deadlineMillis: 5_000, what: `${count} calls have left` })
  /** The actor commits what the call holds, of these editors, and tells. */
  const commit = (index: number, seq: number, authors: ReadonlyArray<Attachment>) => {
    const call = calls[index]
    if (call === undefined) throw new Error("no such call")
    const results = call.submissions.map(({ operations }) => operations.map(({ id }): OperationResult => ({ id, status: "applied", seq })))
    Deferred.doneUnsafe(call.answer, Effect.succeed({ epoch: 1, seq, results }))
    const parts = joinParts(authors.map(({ connectionId }) => ({ author: connectionId, text: `{"by":"${connectionId}"}` })))
    const event: Committed = { _tag: "Committed", epoch: 1, fromSeq: seq - authors.length, seq, ...parts }
    Queue.offerUnsafe(events, event)
  }
  return { attach, calls, called, commit, submit }
}

const idsIn = (call: Call | undefined) => call?.submissions.flatMap(({ operations }) => operations.map(({ id }) => id))

test("what the sockets bring in one turn of the event loop goes in one call", async () => {
  const { attach, called, calls, submit } = await world()
  const [one, two] = [await attach("one"), await attach("two")]
  submit(one.attachment, "a")
  submit(two.attachment, "b")
  submit(one.attachment, "c")
  await called(1)
  expect(calls.map(idsIn)).toEqual([["a", "b", "c"]])
})

test("P5: there is one call at a time, and the next takes what came while the last was told", async () => {
  const { attach, called, calls, commit, submit } = await world()
  const two = await attach("two")
  let hasJoined = false
  const one = await attach("one", () => {
    if (hasJoined) process.nextTick(() => submit(two.attachment, "c"))
  })
  hasJoined = true
  submit(one.attachment, "a")
  await called(1)
  submit(two.attachment, "b")
  await new Promise((resolve) => setImmediate(resolve))
  expect(calls.map(idsIn)).toEqual([["a"]])
  commit(0, 1, [one.attachment])
  await called(2)
  expect(calls.map(idsIn)).toEqual([["a"], ["b", "c"]])
})

test("P5: a sender is told what others did and then that its own is saved, in one write", async () => {
  const { attach, called, commit, submit } = await world()
  const [one, two, three] = [await attach("one"), await attach("two"), await attach("three")]
  submit(one.attachment, "a")
  submit(two.attachment, "b")
  await called(1)
  commit(0, 2, [one.attachment, two.attachment])
  await waitUntil(() => one.writes.length > 0 && two.writes.length > 0 && three.writes.length > 0, { deadlineMillis: 5_000, what: "all are told" })
  await new Promise((resolve) => setImmediate(resolve))
  const [text = "", ...more] = one.writes
  expect(more).toEqual([])
  expect(text).toContain(two.attachment.connectionId)
  expect(text).not.toContain(one.attachment.connectionId)
  expect(text.indexOf(`"type":"operation"`)).toBeLessThan(text.indexOf(`"type":"ack"`))
  expect([two.writes.length, three.writes.length]).toEqual([1, 1])
})
