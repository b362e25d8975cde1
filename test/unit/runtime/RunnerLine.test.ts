/** A line to a runner: what waits on it ends with it. */
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import { expect, test } from "vitest"
import { Link, unsentBytesMax } from "../../../cluster/runtime/Link.ts"
import { kinds } from "../../../cluster/runtime/linkFrames.ts"
import { type Caller, RunnerLine } from "../../../cluster/runtime/RunnerLine.ts"
import { listen } from "../../harness/listen.ts"
import { waitUntil } from "../../harness/waitUntil.ts"

class Answers implements Caller {
  readonly heard: Array<string> = []
  readonly onReply = (reply: Uint8Array) => this.heard.push(`reply ${Buffer.from(reply).toString()}`)
  readonly onRefusal = (reason: string) => this.heard.push(`refusal ${reason}`)
  readonly onEnd = () => this.heard.push("end")
}

const until = (what: string, holds: () => boolean) => waitUntil(holds, { what, deadlineMillis: 10_000 })

test("calls get their own answers, and none after they were given up", async () => {
  const { address, connections } = await listen()
  const line = new RunnerLine(address, () => {})
  const [asked, refused, forgotten] = [new Answers(), new Answers(), new Answers()]
  line.call(1n, new Uint8Array(), asked)
  line.call(2n, new Uint8Array(), refused)
  line.call(3n, new Uint8Array(), forgotten)
  line.forget(3n)
  await until("it is connected", () => connections.length === 1)
  for (const connection of connections) {
    const link = new Link(connection, () => {}, () => {})
    link.send(kinds.reply, 3n, Buffer.from("late"))
    link.send(kinds.refusal, 2n, Buffer.from("MailboxFull"))
    link.send(kinds.reply, 1n, Buffer.from("a"))
    link.send(kinds.reply, 1n, Buffer.from("b"))
  }
  await until("all is heard", () => asked.heard.length === 2)
  expect([asked.heard, refused.heard, forgotten.heard]).toEqual([["reply a", "reply b"], ["refusal MailboxFull"], []])
  line.hangUp()
  await until("the rest ends", () => asked.heard.length === 3)
  expect(asked.heard.at(-1)).toBe("end")
  expect(forgotten.heard).toEqual([])
})

test("K3: calls to a runner that does not answer pings end within seconds", async () => {
  const { address } = await listen()
  let ended = false
  const line = new RunnerLine(address, () => {
    ended = true
  })
  const frozen = new Answers()
  line.call(1n, new Uint8Array(), frozen)
  await until("the line is given up", () => ended)
  expect(frozen.heard).toEqual(["end"])
})

test("calls to nobody end at once", async () => {
  const { address, connections } = await listen()
  connections.length = 0
  const line = new RunnerLine({ ...address, port: 1 }, () => {})
  const lost = new Answers()
  line.call(1n, new Uint8Array(), lost)
  await until("it has failed", () => lost.heard.length > 0)
  expect(lost.heard).toEqual(["end"])
})

test("K4: who waits for room goes on when the peer reads, and when it goes", async () => {
  const { address, connections } = await listen()
  const line = new RunnerLine(address, () => {})
  line.call(1n, new Uint8Array(), new Answers())
  await until("it is connected", () => connections.length === 1)
  const [connection] = connections
  if (connection === undefined) return
  const link = new Link(connection, () => {}, () => {})
  const fill = () => {
    // More than the systems of both sides buffer; nobody reads before this turn ends.
    for (let bytes = 0; bytes < 16 * unsentBytesMax; bytes += unsentBytesMax) link.send(kinds.reply, 9n, new Uint8Array(unsentBytesMax))
    return Effect.runFork(link.room)
  }
  const waiting = fill()
  expect(waiting.pollUnsafe()).toBeUndefined()
  await Effect.runPromise(Fiber.await(waiting))
  const left = fill()
  expect(left.pollUnsafe()).toBeUndefined()
  line.hangUp()
  await Effect.runPromise(Fiber.await(left))
  await Effect.runPromise(link.room)
})
