import { canonicalText, Document, type Json, Operation } from "@easel/document"
import { type LogEntry, wireNewValue } from "@easel/protocol"
import * as fc from "fast-check"
import { expect, test } from "vitest"
import * as FileState from "../../../cluster/file/FileState.ts"
import { runs } from "../../harness/arbitraries.ts"
import { Model } from "../../harness/model.ts"
import { nobodyRefused, summary } from "./fileFixture.ts"
import { type Batch, history } from "./history.ts"

const everybody = () => true

const step = (state: FileState.FileState, { nowMillis, submissions }: Batch, refusedKeys = nobodyRefused) =>
  FileState.step(state, { submissions, nowMillis, refusedKeys, mayEdit: everybody })

/** Every state from the empty one on, and all entries. */
const run = (batches: ReadonlyArray<Batch>) => {
  const states = [FileState.empty]
  const entries: Array<LogEntry> = []
  const results = batches.map((batch) => {
    const [next, outcome] = step(states.at(-1) ?? FileState.empty, batch)
    states.push(next)
    entries.push(...outcome.entries)
    return outcome.results
  })
  return { states, entries, results, last: states.at(-1) ?? FileState.empty }
}

test("A1: step is pure: the same input gives the same output, and neither state nor command is changed", () => {
  fc.assert(
    fc.property(history(25), history(8), (batches, more) => {
      const { last } = run(batches)
      const before = summary(last)
      const command = frozen({ submissions: more.flatMap(({ submissions }) => submissions), nowMillis: 1_000, refusedKeys: nobodyRefused, mayEdit: everybody })
      const [one, outcomeOne] = FileState.step(last, command)
      const [two, outcomeTwo] = FileState.step(last, command)
      expect(outcomeTwo).toEqual(outcomeOne)
      expect(summary(two)).toEqual(summary(one))
      expect(summary(last)).toEqual(before)
    }),
    runs(1000)
  )
})

test("A2: seqs are 1, 2, 3, … without gap or repeat, superseded ones included, and rejected ones have none", () => {
  fc.assert(
    fc.property(history(40), (batches) => {
      const { entries, last, results } = run(batches)
      expect(entries.map(({ seq }) => seq)).toEqual(entries.map((_, index) => index + 1))
      expect(last.seq).toBe(entries.length)
      const answered = results.flat(2)
      expect(answered.filter(({ status }) => status === "applied" || status === "superseded").map(({ seq }) => seq)).toEqual(entries.map(({ seq }) => seq))
      for (const { reason, seq, status } of answered) expect(status === "rejected").toBe(seq === 0 && reason !== undefined)
    }),
    runs(1500)
  )
})

test("P3: there is one result per operation, in the order sent", () => {
  fc.assert(
    fc.property(history(40), (batches) => {
      const { results } = run(batches)
      expect(results.map((batch) => batch.map((list) => list.map(({ id }) => id)))).toEqual(
        batches.map(({ submissions }) => submissions.map(({ operations }) => operations.map(({ id }) => id)))
      )
    }),
    runs(500)
  )
})

test("D3 A2: replaying the entries gives an equal state, from the start or from any point on", () => {
  fc.assert(
    fc.property(history(40), fc.nat(), (batches, at) => {
      const { entries, last, states } = run(batches)
      expect(summary(FileState.replay(FileState.empty, entries))).toEqual(summary(last))
      const middle = states[at % states.length] ?? FileState.empty
      expect(summary(FileState.replay(middle, entries.slice(middle.seq)))).toEqual(summary(last))
    }),
    runs(1000)
  )
})

test("A6: replay refuses entries that do not follow each other", () => {
  fc.assert(
    fc.property(history(20), fc.nat(), (batches, at) => {
      const { entries } = run(batches)
      fc.pre(entries.length > 1)
      const hole = 1 + at % (entries.length - 1)
      expect(() => FileState.replay(FileState.empty, entries.toSpliced(hole - 1, 1).concat(entries.slice(-1)))).toThrow("follows")
      expect(() => FileState.replay(FileState.empty, [...entries.slice(0, hole), ...entries.slice(hole - 1)])).toThrow("follows")
    }),
    runs(300)
  )
})

test("A4 D2: what loses by its stamp is superseded, stands in the log and changes nothing, as a model of the rules says", () => {
  fc.assert(
    fc.property(history(40), (batches) => {
      const model = new Model()
      const { entries, last } = run(batches)
      for (const { clientId, operation, seq, status } of entries) {
        const { objectId, operationType, timestamp } = operation
        const path = operation.operationType === "update" ? { propertyPath: operation.propertyPath } : {}
        const wire = { operationType, objectId, timestamp, clientId, seq, newValue: wireNewValue(operation) ?? null, ...path }
        expect([seq, status]).toEqual([seq, model.isSuperseded(wire) ? "superseded" : "applied"])
        if (status === "applied") model.apply(wire)
      }
      expect(summary(last).digest).toBe(model.digest)
    }),
    runs(1500)
  )
})

test("A5: each key takes at most one seq; a resend is a duplicate of the first, and other content a conflict", () => {
  fc.assert(
    fc.property(history(40), (batches) => {
      const { entries, last } = run(batches)
      const keys = entries.map(({ operation }) => operation.idempotencyKey)
      expect(new Set(keys).size).toBe(keys.length)
      // Everything once more, in one batch and at another time: nothing new that was accepted before.
      const sent = new Map(batches.flatMap(({ submissions }) => submissions.flatMap(({ operations }) => operations)).map((operation) => [operation, operation]))
      const [, { results }] = step(last, { submissions: [{ clientId: "other", userId: "other", operations: [...sent.keys()] }], nowMillis: 9_999_999 })
      for (const [index, operation] of [...sent.keys()].entries()) {
        const first = entries.find((entry) => entry.operation.idempotencyKey === operation.idempotencyKey)
        if (first === undefined) continue
        const same = first.operation.id === operation.id || sameContent(first.operation, operation, sent)
        const result = results[0]?.[index]
        if (result?.status === "duplicate") expect(result).toMatchObject({ seq: first.seq, first: first.status })
        else expect([result?.reason, same]).toEqual(["idempotency_conflict", false])
      }
    }),
    runs(500)
  )
})

test("D6 D14 D15: in the file every parent exists, nobody is its own ancestor, and keys of siblings differ but for those of deleted ones", () => {
  fc.assert(
    fc.property(history(40), (batches) => {
      const { entries, last: { document } } = run(batches)
      const deleted = new Set(entries.flatMap(({ operation }) => operation.operationType === "delete" ? [operation.objectId] : []))
      const places: Array<string> = []
      for (const object of document.all()) {
        const parent = object.parent
        expect(parent).toBeDefined()
        expect(Document.effectiveParentId(document, object)).toBe(parent?.parentId)
        if (parent?.parentId !== null) expect(document.get(parent?.parentId ?? "")).toBeDefined()
        if (!deleted.has(object.id)) places.push(`${parent?.parentId} ${parent?.orderKey}`)
      }
      expect(new Set(places).size).toBe(places.length)
    }),
    runs(1500)
  )
})

test("A3: no timestamp in the log is more than a second ahead of the server's clock", () => {
  fc.assert(
    fc.property(history(30), (batches) => {
      let state = FileState.empty
      for (const batch of batches) {
        const [next, { entries, results }] = step(state, batch)
        const sent = batch.submissions.flatMap(({ operations }) => operations)
        for (const { operation } of entries) expect(operation.timestamp).toBeLessThanOrEqual(batch.nowMillis + 1_000)
        results.flat().forEach((result, index) => {
          if (result.status !== "applied" && result.status !== "superseded") return
          const timestamp = Math.min(sent[index]?.timestamp ?? 0, batch.nowMillis + 1_000)
          expect(result.timestamp).toBe(timestamp === sent[index]?.timestamp ? undefined : timestamp)
        })
        state = next
      }
    }),
    runs(1000)
  )
})

/** Whether the log holds what was sent: its key may have been chosen and its timestamp clamped. */
const sameContent = (stored: Operation.Operation, operation: Operation.Operation, sent: ReadonlyMap<Operation.Operation, unknown>): boolean => {
  const original = [...sent.keys()].find(({ id }) => id === stored.id)
  return original !== undefined && contentOf(original) === contentOf(operation)
}

const contentOf = (operation: Operation.Operation): string => {
  const { id: _, idempotencyKey: __, ...content } = operation
  const copy: unknown = JSON.parse(JSON.stringify(content))
  // SAFETY: it came from JSON.
  return canonicalText(copy as Json)
}

const frozen = <A>(value: A): A => {
  if (typeof value !== "object" || value === null || Object.isFrozen(value)) return value
  Object.values(value).forEach(frozen)
  return Object.freeze(value)
}
