/** R6: presence on its way to an actor that fails, moves and forgets. */
import { FileUnavailable } from "@easel/protocol"
import * as Effect from "effect/Effect"
import { expect, it } from "vitest"
import type { FileClient } from "../../../packages/gateway/src/FileClient.ts"
import { PresenceLane } from "../../../packages/gateway/src/PresenceLane.ts"
import { waitUntil } from "../../harness/waitUntil.ts"

type Move = Parameters<FileClient["MovePresence"]>[0]

const at = (x: number) => ({ cursor: { x, y: 0 }, selection: null, viewport: null })

/** A lane to an actor whose first calls fail, and what the actor was told in each call. */
const laneTo = (failures: number) => {
  const calls: Array<ReadonlyArray<readonly [string, unknown]>> = []
  const lefts: Array<ReadonlyArray<string>> = []
  let failed = 0
  const client = {
    MovePresence: ({ left, patches }: Move) =>
      Effect.suspend(() => {
        if (failed++ < failures) return Effect.fail(new FileUnavailable({ fileId: "f", reason: "moving" }))
        calls.push(patches.map(({ clientId, cursor }) => [clientId, cursor]))
        lefts.push(left)
        return Effect.void
      })
  }
  // SAFETY: the lane calls nothing else.
  const lane = new PresenceLane("gateway", client as unknown as FileClient, (effect) => void Effect.runFork(effect))
  return { calls, lane, lefts }
}

const until = (what: string, holds: () => boolean): Promise<void> => waitUntil(holds, { deadlineMillis: 10_000, what })

it("R6: what a failed call would have said is said again, of who is still here, as it is now", async () => {
  const { calls, lane, lefts } = laneTo(1)
  lane.move("ada", at(1))
  lane.move("bob", at(1))
  lane.move("bob", at(2))
  lane.leave("cyd")
  await until("the second call arrives", () => calls.length > 0)
  expect(new Map(calls.flat())).toEqual(new Map([["ada", { x: 1, y: 0 }], ["bob", { x: 2, y: 0 }]]))
  expect(lefts.flat()).toEqual(["cyd"])
})

it("R6: another owner hears where everybody is, and of nobody who has left", async () => {
  const { calls, lane } = laneTo(0)
  lane.move("ada", at(1))
  lane.move("bob", at(1))
  await until("both have been told", () => calls.flat().length === 2)
  lane.leave("bob")
  await until("that one left is told", () => calls.length >= 3)
  calls.splice(0)
  lane.repeat()
  await until("it is told again", () => calls.length > 0)
  expect(calls.flat()).toEqual([["ada", { x: 1, y: 0 }]])
})
