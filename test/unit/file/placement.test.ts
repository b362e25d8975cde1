import { OrderKey } from "@easel/document"
import * as fc from "fast-check"
import { expect, test } from "vitest"
import * as FileState from "../../../cluster/file/FileState.ts"
import { runs } from "../../harness/arbitraries.ts"
import { sent, stepOne } from "./fileFixture.ts"

/** An editor that inserts objects at spots of its choice, in front of the real file state. */
class Inserter {
  private state = FileState.empty
  private count = 0
  readonly expected: Array<string> = []

  get size(): number {
    return this.expected.length
  }

  /** As the SDK does: makes room with moves where keys have grown too long, then creates. */
  insert(index: number): void {
    const siblings = Array.from(this.state.document.children(null))
    const { key, respaced } = OrderKey.place(siblings.map(({ parent }) => parent?.orderKey ?? ""), index)
    const id = `o${this.count++}`
    const moves = respaced.map(({ index: at, key: orderKey }) => ({ objectId: siblings[at]?.id ?? "", newValue: { parentId: null, orderKey } }))
    const [state, results] = stepOne(this.state, [
      ...moves.map((move, number) => sent({ id: `m${this.count}-${number}`, operationType: "move", ...move })),
      sent({ id, operationType: "create", objectId: id, newValue: { type: "group", orderKey: key } })
    ])
    // An editor that is alone gets exactly the keys it asked for.
    const changed = results.find(({ orderKey, status }) => status !== "applied" || orderKey !== undefined)
    if (changed !== undefined) throw new Error(`the actor did not take what was sent: ${JSON.stringify(changed)}`)
    this.state = state
    this.expected.splice(index, 0, id)
  }

  get ids(): ReadonlyArray<string> {
    return Array.from(this.state.document.children(null), ({ id }) => id)
  }

  get distinctKeys(): number {
    return new Set(Array.from(this.state.document.children(null), ({ parent }) => parent?.orderKey)).size
  }
}

const spots: Readonly<Record<string, (count: number, last: number) => number>> = {
  "before one neighbour": (count) => Math.max(0, count - 1),
  "after one neighbour": (count) => Math.min(1, count),
  "in alternating halves": (count, last) => (count % 2 === 0 ? last : last + 1)
}

test.each(Object.keys(spots))("D8 D15: two thousand inserts %s keep their order through the file's actor", (name) => {
  const inserter = new Inserter()
  let last = 0
  for (let count = 0; count < 2_000; count++) {
    last = Math.min(spots[name]?.(count, last) ?? 0, count)
    inserter.insert(last)
  }
  expect(inserter.ids).toEqual(inserter.expected)
  expect(inserter.distinctKeys).toBe(inserter.size)
})

test("D8 D15: inserts at any spots keep their order through the file's actor", () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.double({ min: 0, max: 1, noNaN: true }), fc.integer({ min: 1, max: 250 }), fc.constantFrom(0, 1)), { maxLength: 4 }), (steps) => {
      const inserter = new Inserter()
      for (const [at, times, drift] of steps) {
        let index = Math.floor(at * inserter.size)
        for (let time = 0; time < times; time++, index += drift) inserter.insert(Math.min(index, inserter.size))
      }
      expect(inserter.ids).toEqual(inserter.expected)
      expect(inserter.distinctKeys).toBe(inserter.size)
    }),
    runs(20)
  )
})

test("D15: any number of creates without a key stand in the order of their arrival", () => {
  const operations = Array.from({ length: 3_000 }, (_, index) =>
    sent({ id: `o${index}`, operationType: "create", objectId: `o${index}`, newValue: { type: "group" } }))
  const [{ document }] = stepOne(FileState.empty, operations)
  expect(Array.from(document.children(null), ({ id }) => id)).toEqual(operations.map(({ id }) => id))
})
