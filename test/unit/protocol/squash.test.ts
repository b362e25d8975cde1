/** P16: what is left out of a range of operations is missed by nobody. */
import { digest, Document, isRefusal, Operation, validateOperation } from "@easel/document"
import { squash, type WireOperation } from "@easel/protocol"
import * as fc from "fast-check"
import { expect, test } from "vitest"
import { committedEvent, toRows } from "../../../cluster/file/committedEvent.ts"
import * as FileState from "../../../cluster/file/FileState.ts"
import { EventFrames, jsonValues } from "../../../packages/gateway/src/EventFrames.ts"
import { squashed } from "../../../packages/gateway/src/squashed.ts"
import { payloadOf } from "../../../packages/gateway/src/webSocketFrame.ts"
import { logEntries, runs } from "../../harness/arbitraries.ts"
import { Model } from "../../harness/model.ts"
import { history } from "../file/history.ts"

/** The operations of a commit as editors get them. */
const wireOf = (event: ReturnType<typeof committedEvent>): ReadonlyArray<WireOperation> =>
  // SAFETY: what `committedEvent` encodes.
  jsonValues(event.body) as ReadonlyArray<WireOperation>

/** As the SDK merges them. */
const merged = (document: Document.Document, operations: ReadonlyArray<WireOperation>): Document.Document =>
  document.edit((draft) => {
    for (const wire of operations) {
      const operation = validateOperation(wire)
      if (isRefusal(operation)) throw new Error(operation.message)
      draft.write(operation.objectId, Operation.writesOf(operation), { timestamp: operation.timestamp, clientId: wire.clientId, counter: wire.seq })
    }
  })

const modelled = (operations: ReadonlyArray<WireOperation>): Model => {
  const model = new Model()
  for (const operation of operations) model.apply(operation)
  return model
}

const registersOf = (wire: WireOperation): ReadonlyArray<string> => {
  const operation = validateOperation(wire)
  return isRefusal(operation) ? [] : Operation.writesOf(operation).map(({ path }) => `${operation.objectId} ${path}`)
}

/** Operations of any stamps, in any order, as they would never stand in a log; and a cut. */
const anything = fc.tuple(logEntries(40), fc.nat()).map(([entries, at]) => {
  // The arbitrary knows objects that are their own parents.
  const operations = wireOf(committedEvent(1, 0, toRows(entries))).filter((operation) => !isRefusal(validateOperation(operation)))
  const cut = operations.length === 0 ? 0 : at % operations.length
  return { before: operations.slice(0, cut), range: operations.slice(cut) }
})

/** What an actor committed of a random history, from some seq on. */
const committed = fc.tuple(history(60), fc.nat()).map(([batches, at]) => {
  let state = FileState.empty
  const events = batches.flatMap(({ nowMillis, submissions }) => {
    const fromSeq = state.seq
    const [next, { entries }] = FileState.step(state, { submissions, nowMillis, refusedKeys: new Set(), mayEdit: () => true })
    state = next
    return entries.length === 0 ? [] : [committedEvent(1, fromSeq, toRows(entries))]
  })
  const operations = events.flatMap(wireOf)
  const cut = operations.length === 0 ? 0 : at % operations.length
  return { before: operations.slice(0, cut), range: operations.slice(cut), document: state.document }
})

test("P16: merging what is left of any range equals merging all of it, on top of anything and in any order", () => {
  fc.assert(fc.property(anything, ({ before, range }) => {
    const kept = squash(range)
    const whole = digest(merged(merged(Document.empty, before), range))
    expect(digest(merged(merged(Document.empty, before), kept))).toBe(whole)
    expect(digest(merged(merged(Document.empty, kept.toReversed()), before))).toBe(whole)
    expect(modelled([...before, ...kept]).digest).toBe(whole)
  }), runs(3000))
})

test("P16: an editor that is told what is left of what an actor committed has the actor's document", () => {
  let shorter = 0
  fc.assert(fc.property(committed, ({ before, document, range }) => {
    const kept = squash(range)
    if (kept.length < range.length) shorter++
    expect(digest(merged(merged(Document.empty, before), kept))).toBe(digest(document))
    expect(modelled([...before, ...kept]).digest).toBe(digest(document))
  }), runs(2000))
  expect(shorter).toBeGreaterThan(100)
})

test("P16: what is left is in order, unchanged, and each of it wins a register that nothing else of it wins", () => {
  fc.assert(fc.property(anything, ({ range }) => {
    const kept = squash(range)
    const places = kept.map((operation) => range.indexOf(operation))
    expect(places).toEqual(places.toSorted((a, b) => a - b))
    expect(places).not.toContain(-1)
    expect(squash(kept)).toEqual(kept)
    expect(kept.length).toBeLessThanOrEqual(new Set(range.flatMap(registersOf)).size)
    // Each register that was written is written.
    expect(new Set(kept.flatMap(registersOf))).toEqual(new Set(range.flatMap(registersOf)))
  }), runs(2000))
})

test("P16: creates, moves, deletes and restores of one object leave one of each kind at most", () => {
  const common = { idempotencyKey: "k", clientId: "A", userId: "u", objectId: "a" }
  const operations: ReadonlyArray<WireOperation> = [
    { ...common, id: "1", seq: 1, timestamp: 1, operationType: "create", objectType: "text", newValue: { type: "text", parentId: null, orderKey: "a0", x: 1, data: { k: 1 } } },
    { ...common, id: "2", seq: 2, timestamp: 2, operationType: "move", newValue: { parentId: null, orderKey: "a1" } },
    { ...common, id: "3", seq: 3, timestamp: 3, operationType: "delete" },
    { ...common, id: "4", seq: 4, timestamp: 4, operationType: "update", propertyPath: "data.k", newValue: 2 },
    { ...common, id: "5", seq: 5, timestamp: 5, operationType: "restore" },
    { ...common, id: "6", seq: 6, timestamp: 6, operationType: "move", newValue: { parentId: null, orderKey: "a2" } },
    { ...common, id: "7", seq: 7, timestamp: 7, operationType: "update", propertyPath: "data.k", newValue: null },
    { ...common, id: "8", seq: 8, timestamp: 8, operationType: "delete" }
  ]
  expect(squash(operations).map(({ id }) => id)).toEqual(["1", "6", "7", "8"])
})

test("P16: an event that is squashed ends where it ended, and is told whole, in both formats", () => {
  fc.assert(fc.property(logEntries(30), (entries) => {
    const event = committedEvent(3, 10, toRows(entries))
    const small = squashed(event)
    expect(small).toMatchObject({ epoch: 3, fromSeq: 10, seq: event.seq })
    expect(small.body.length).toBeLessThanOrEqual(event.body.length)
    const frame = { type: "operation", payload: { operations: squash(wireOf(event)), seq: event.seq, epoch: 3 } }
    expect(JSON.parse(payloadOf(new EventFrames(small).whole("json")).toString("utf8"))).toEqual(frame)
    expect(payloadOf(new EventFrames(small).whole("msgpack")).length).toBeGreaterThan(0)
  }), runs(500))
})
