import { canonicalBytes, DesignObject, digest, Document, type Stamp } from "@easel/document"
import * as fc from "fast-check"
import { expect, test } from "vitest"
import { type Delivery, json, log, redelivered, runs, stamp } from "../../harness/arbitraries.ts"
import { Model } from "../../harness/model.ts"
import { documentOf, documentStepByStep, everythingOf, merge, registersOf, registersOfObject } from "./documentFixture.ts"

/** One register: a value that belongs to its stamp, as the value of an operation does to its seq. */
const written = stamp.map((at): [Stamp.Stamp, string] => [at, `${at.timestamp} ${at.clientId} ${at.counter}`])

const writeAll = (writes: ReadonlyArray<readonly [Stamp.Stamp, string]>): DesignObject =>
  writes.reduce((object, [at, value]) => object.write([{ path: "name", value }], at), new DesignObject("o", [], [], []))

test("D3: a register's merge is commutative, associative and idempotent", () => {
  fc.assert(
    fc.property(written, written, written, (a, b, c) => {
      const merged = writeAll([a, b, c]).get("name")
      for (const order of [[a, c, b], [b, a, c], [b, c, a], [c, a, b], [c, b, a], [a, a, b, c, a], [c, b, a, c, b, a]]) {
        expect(writeAll(order).get("name")).toBe(merged)
      }
    }),
    runs(3000)
  )
})

test("D2: the highest stamp owns the register, whoever wrote it and whenever it came", () => {
  fc.assert(
    fc.property(fc.array(written, { minLength: 1, maxLength: 8 }), (writes) => {
      const [newest] = writes.toSorted(([a], [b]) => b.timestamp - a.timestamp || (a.clientId > b.clientId ? -1 : a.clientId < b.clientId ? 1 : b.counter - a.counter))
      expect(writeAll(writes).get("name")).toBe(newest?.[1])
    }),
    runs(3000)
  )
})

test("D1: objects whose lists of paths look alike keep their own", () => {
  const path = fc.string({ unit: fc.constantFrom("a", "b", " ", "\u0000", ","), minLength: 1, maxLength: 4 })
  fc.assert(
    fc.property(fc.uniqueArray(path, { minLength: 1, maxLength: 4 }), (paths) => {
      const document = documentOf([{ objectId: "o", writes: paths.map((path) => ({ path, value: path })), stamp: { timestamp: 1, clientId: "A", counter: 1 } }])
      for (const { paths: held, values } of document.held()) expect([held, values]).toEqual([paths, paths])
    }),
    runs(2000)
  )
})

test("D3: an object's merge does not depend on the order of its writes, nor on how they are grouped", () => {
  const write = fc.tuple(fc.constantFrom("name", "x", "type", "data.k"), stamp).map(([path, at]) => ({
    at,
    write: { path, value: `${path} ${at.timestamp} ${at.clientId} ${at.counter}` }
  }))
  fc.assert(
    fc.property(fc.array(write, { maxLength: 12 }).chain((all) => fc.tuple(fc.constant(all), fc.shuffledSubarray(all, { minLength: all.length }))), ([all, shuffled]) => {
      const inOrder = (items: typeof all) => items.reduce((object, item) => object.write([item.write], item.at), new DesignObject("o", [], [], []))
      expect(registersOfObject(inOrder(shuffled))).toEqual(registersOfObject(inOrder([...all, ...all])))
    }),
    runs(3000)
  )
})

test("D3: any order of delivery, with repeats, gives equal registers, bytes and digest", () => {
  fc.assert(
    fc.property(redelivered(log), ({ again, log }) => {
      const one = documentStepByStep(log)
      const other = documentStepByStep(again)
      expect(Buffer.from(canonicalBytes(other)).equals(canonicalBytes(one))).toBe(true)
      expect(everythingOf(other)).toEqual(everythingOf(one))
    }),
    runs(2000)
  )
})

test("D3: one edit of many writes equals many edits of one write", () => {
  fc.assert(
    fc.property(log, (log) => {
      expect(everythingOf(documentOf(log))).toEqual(everythingOf(documentStepByStep(log)))
    }),
    runs(1000)
  )
})

test("D3: merging documents is commutative, associative and idempotent", () => {
  fc.assert(
    fc.property(log, fc.integer({ min: 1, max: 5 }), (log, spread) => {
      const part = (which: number) => documentOf(log.filter((_, index) => (index * spread) % 7 % 3 === which || index % 5 === 0))
      const [a, b, c] = [part(0), part(1), part(2)]
      const whole = everythingOf(documentOf(log))
      expect(everythingOf(merge(merge(a, b), c))).toEqual(whole)
      expect(everythingOf(merge(a, merge(b, c)))).toEqual(whole)
      expect(everythingOf(merge(merge(c, b), a))).toEqual(whole)
      expect(everythingOf(merge(a, a))).toEqual(everythingOf(a))
    }),
    runs(1000)
  )
})

test("D1 D2 D9: the document is what a model of the rules says, register by register", () => {
  fc.assert(
    fc.property(log, (log) => {
      const model = new Model()
      for (const item of log) model.apply(modelOperationOf(item))
      expect(digest(documentOf(log))).toBe(model.digest)
    }),
    runs(2000)
  )
})

test("D3: a write says truly whether anything of it won, and one that came before has not", () => {
  fc.assert(
    fc.property(redelivered(log), ({ again }) => {
      let document = Document.empty
      for (const item of again) {
        const before = registersOf(document)
        let won = false
        document = document.edit((draft) => {
          won = draft.write(item.objectId, item.writes, item.stamp)
        })
        expect(won).toBe(registersOf(document) !== before)
      }
    }),
    runs(500)
  )
})

test("D4: writes that arrive before the create are kept, not shown, and count as soon as it comes", () => {
  fc.assert(
    fc.property(json, fc.boolean(), (value, createIsNewer) => {
      const early = documentOf([
        { objectId: "o", writes: [{ path: "fill", value }], stamp: { timestamp: 5, clientId: "A", counter: 2 } },
        { objectId: "o", writes: [{ path: "_deleted", value: true }], stamp: { timestamp: 5, clientId: "A", counter: 3 } }
      ])
      expect(early.get("o")).toBeUndefined()
      expect([...early.all()]).toEqual([])
      expect([...early.children(null)]).toEqual([])
      expect(Buffer.from(canonicalBytes(early)).toString()).toBe("[]")
      const created = documentOf([{
        objectId: "o",
        writes: [{ path: "type", value: "text" }, { path: "parent", value: { parentId: null, orderKey: "a0" } }, { path: "fill", value: "new" }],
        stamp: { timestamp: createIsNewer ? 6 : 4, clientId: "A", counter: 1 }
      }], early)
      expect(created.get("o")?.get("fill")).toEqual(createIsNewer ? "new" : value)
      expect(created.get("o")?.deleted).toBe(true)
    }),
    runs(500)
  )
})

/** The delivery as an operation of the model, which knows no writes. */
const modelOperationOf = ({ objectId, stamp: { clientId, counter, timestamp }, writes }: Delivery) => {
  const [first] = writes
  const common = { objectId, clientId, timestamp, seq: counter }
  const value = first?.value ?? null
  switch (first?.path) {
    case "type": {
      const values = writes.flatMap(({ path, value }) => path === "parent" || path.startsWith("data.") ? [] : [[path, value] as const])
      const data = writes.flatMap(({ path, value }) => path.startsWith("data.") ? [[path.slice(5), value] as const] : [])
      // SAFETY: `Operation.writesOf` puts the parent second, as {parentId, orderKey}.
      const parent = writes[1]?.value as { readonly parentId: string | null; readonly orderKey: string }
      return { ...common, operationType: "create", newValue: { ...Object.fromEntries(values), ...parent, data: Object.fromEntries(data) } }
    }
    case "parent":
      return { ...common, operationType: "move", newValue: value }
    case "_deleted":
      return { ...common, operationType: value === true ? "delete" : "restore" }
    default:
      return { ...common, operationType: "update", propertyPath: first?.path ?? "", newValue: value }
  }
}
