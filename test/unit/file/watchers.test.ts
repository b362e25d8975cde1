import { FileUnavailable, type WatchEvent } from "@easel/protocol"
import { expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Queue from "effect/Queue"
import { makeQueue, type WatcherQueue, Watchers } from "../../../cluster/file/Watchers.ts"

const live = (seq: number): WatchEvent => ({ _tag: "Live", name: "file", commentSeq: 0, present: [], saving: "normal", epoch: 1, seq })

/** The seqs that wait in a queue, and why it has ended, if it has. */
const drain = Effect.fnUntraced(function*(queue: WatcherQueue) {
  const seqs: Array<number> = []
  while (Queue.sizeUnsafe(queue) > 0) {
    const event = yield* Queue.take(queue)
    if ("seq" in event) seqs.push(event.seq)
  }
  return seqs
})

const reasonOf = Effect.fnUntraced(function*(queue: WatcherQueue) {
  const exit = yield* Effect.exit(Queue.take(queue))
  const error = Exit.findErrorOption(exit)
  return error._tag === "Some" && "reason" in error.value ? error.value.reason : undefined
})

it.effect("A10: every watcher gets every event, in order", () =>
  Effect.gen(function*() {
    const watchers = new Watchers("f")
    const [one, two] = [yield* makeQueue, yield* makeQueue]
    watchers.add("g1", one)
    watchers.publish(live(1))
    watchers.add("g2", two)
    for (const seq of [2, 3]) watchers.publish(live(seq))
    expect([yield* drain(one), yield* drain(two)]).toEqual([[1, 2, 3], [2, 3]])
    expect(watchers.size).toBe(2)
  }))

it.effect("A10: a gateway that reads too slowly is cut off with what it got, and costs the others nothing", () =>
  Effect.gen(function*() {
    const watchers = new Watchers("f")
    const [slow, fast] = [yield* makeQueue, yield* makeQueue]
    watchers.add("slow", slow)
    watchers.add("fast", fast)
    let received = 0
    for (let seq = 1; seq <= 5_000; seq++) {
      watchers.publish(live(seq))
      received += (yield* drain(fast)).length
    }
    expect([received, watchers.size]).toEqual([5_000, 1])
    const got = yield* drain(slow)
    expect(got).toEqual(Array.from({ length: got.length }, (_, index) => index + 1))
    expect(got.length).toBeLessThanOrEqual(1_024)
    expect(yield* reasonOf(slow)).toContain("slowly")
  }))

it.effect("A10: a gateway that watches again ends its former watch, whose end then says nothing about the gateway", () =>
  Effect.gen(function*() {
    const watchers = new Watchers("f")
    const [former, current] = [yield* makeQueue, yield* makeQueue]
    watchers.add("g", former)
    watchers.add("g", current)
    expect(yield* reasonOf(former)).toContain("again")
    expect(watchers.remove("g", former)).toBe(false)
    watchers.publish(live(1))
    expect(yield* drain(current)).toEqual([1])
    expect(watchers.remove("g", current)).toBe(true)
    expect(watchers.size).toBe(0)
  }))

it.effect("A9: when the actor forgets the file all watches end with its reason", () =>
  Effect.gen(function*() {
    const watchers = new Watchers("f")
    const queues = [yield* makeQueue, yield* makeQueue]
    queues.forEach((queue, index) => watchers.add(`g${index}`, queue))
    watchers.endAll(new FileUnavailable({ fileId: "f", reason: "granted elsewhere" }))
    for (const queue of queues) expect(yield* reasonOf(queue)).toBe("granted elsewhere")
    expect(watchers.size).toBe(0)
  }))
