import { type DesignObject, Document, inPaintOrder, Operation, OrderKey } from "@easel/document"
import * as fc from "fast-check"
import { expect, test } from "vitest"
import { create, deletion, type Delivery, deliver, logOf, move, objectIds, redelivered, restoration, runs, update } from "../../harness/arbitraries.ts"
import { documentOf } from "./documentFixture.ts"

/** Every object stands at the root first, then they are moved, deleted and restored at random, as if by anybody. */
const forest: ReadonlyArray<Delivery> = objectIds.map((objectId, index) =>
  deliver({
    id: objectId,
    idempotencyKey: objectId,
    timestamp: 0,
    objectId,
    operationType: "create",
    objectType: "group",
    newValue: {},
    parentId: null,
    orderKey: "a0"
  }, "A", index + 1)
)

const upheaval = logOf(fc.oneof({ weight: 8, arbitrary: move }, { weight: 1, arbitrary: deletion }, { weight: 1, arbitrary: restoration }), 30)
  .map((log) => log.map((item) => ({ ...item, stamp: { ...item.stamp, counter: item.stamp.counter + forest.length } })))

/** Also objects that were never created, under parents that were never created. */
const wild = logOf(fc.oneof(create, move, move, deletion, update), 30)

const effectiveParents = (document: Document.Document): ReadonlyMap<string, string | null> =>
  new Map(Array.from(document.all(), (object) => [object.id, Document.effectiveParentId(document, object)]))

/** The ancestors from the nearest to the root; fails the test when they go round. */
const ancestorsOf = (parents: ReadonlyMap<string, string | null>, id: string): ReadonlyArray<string> => {
  const ancestors: Array<string> = []
  for (let at = parents.get(id) ?? null; at !== null; at = parents.get(at) ?? null) {
    expect(ancestors).not.toContain(at)
    expect(at).not.toBe(id)
    ancestors.push(at)
  }
  return ancestors
}

test("D6: random concurrent moves, merged in any order, never make a cycle, and all replicas agree", () => {
  fc.assert(
    fc.property(redelivered(upheaval), ({ again, log }) => {
      const one = documentOf([...forest, ...log])
      const other = documentOf([...again, ...forest])
      const parents = effectiveParents(one)
      for (const id of objectIds) ancestorsOf(parents, id)
      expect(effectiveParents(other)).toEqual(parents)
      for (const object of one.all()) {
        expect(Document.isVisible(other, object)).toBe(Document.isVisible(one, object))
      }
    }),
    runs(3000)
  )
})

test("D6: of a cycle, the member whose parent was written last hangs at the root, and only it", () => {
  fc.assert(
    fc.property(upheaval, (log) => {
      const document = documentOf([...forest, ...log])
      for (const object of document.all()) {
        const cycle = rawCycleOf(document, object)
        const raw = object.parent?.parentId ?? null
        expect(Document.effectiveParentId(document, object)).toBe(newestOf(cycle) === object ? null : raw)
      }
    }),
    runs(2000)
  )
})

test("D6: wouldCycle tells exactly the moves that would make an object its own ancestor", () => {
  fc.assert(
    fc.property(upheaval, fc.constantFrom(...objectIds), fc.option(fc.constantFrom(...objectIds)), (log, objectId, parentId) => {
      const document = documentOf([...forest, ...log])
      const parents = effectiveParents(document)
      const inside = parentId !== null && (parentId === objectId || ancestorsOf(parents, parentId).includes(objectId))
      expect(Document.wouldCycle(document, objectId, parentId)).toBe(inside)
    }),
    runs(3000)
  )
})

test("D6: where every move that wouldCycle is refused, the written parents alone are a forest", () => {
  fc.assert(
    fc.property(fc.array(move, { maxLength: 40, size: "max" }), (moves) => {
      let document = documentOf(forest)
      moves.forEach((item, index) => {
        if (Document.wouldCycle(document, item.objectId, item.parentId)) return
        document = documentOf([deliver({ ...item, timestamp: index }, "A", 100 + index)], document)
        expect(Document.effectiveParentId(document, present(document, item.objectId))).toBe(item.parentId)
      })
      for (const object of document.all()) expect(rawCycleOf(document, object)).toEqual([])
    }),
    runs(1500)
  )
})

test("D5: siblings stand in the order of their keys, equal keys in the order of ids", () => {
  fc.assert(
    fc.property(wild, (log) => {
      const document = documentOf(log)
      for (const parentId of [null, ...objectIds]) {
        const expected = Array.from(document.all())
          .filter((object) => object.parent?.parentId === parentId)
          .toSorted((a, b) => compare(a.parent?.orderKey ?? "", b.parent?.orderKey ?? "") || compare(a.id, b.id))
        expect([...document.children(parentId)]).toEqual(expected)
      }
    }),
    runs(2000)
  )
})

test("D5: the last, the next and the taken key are those of the siblings", () => {
  fc.assert(
    fc.property(wild, fc.option(fc.constantFrom(...objectIds)), fc.constantFrom("a0", "a0V", "a1", "b00"), fc.constantFrom(...objectIds), (log, parentId, key, id) => {
      const document = documentOf(log)
      const siblings = Array.from(document.held()).filter((object) => object.parent !== undefined && object.parent.parentId === parentId)
      const keys = siblings.map((object) => object.parent?.orderKey ?? "").sort()
      expect(document.lastOrderKey(parentId)).toBe(keys.at(-1) ?? null)
      expect(document.nextOrderKey(parentId, key)).toBe(keys.find((other) => other > key) ?? null)
      expect(document.orderKeyTaken(parentId, key, (other) => other !== id)).toBe(siblings.some((other) => other.id !== id && other.parent?.orderKey === key && !other.deleted))
    }),
    runs(2000)
  )
})

test("D5 D7: paint order visits every object exactly once, parents first, and hides what lies in a deleted one", () => {
  fc.assert(
    fc.property(fc.oneof(upheaval.map((log) => [...forest, ...log]), wild), (log) => {
      const document = documentOf(log)
      const painted = [...inPaintOrder(document)]
      expect(painted.map(({ object }) => object.id).sort()).toEqual(Array.from(document.all(), ({ id }) => id))
      const place = new Map(painted.map(({ object }, index) => [object.id, index]))
      for (const { hidden, object } of painted) {
        expect(hidden).toBe(!Document.isVisible(document, object))
        const parentId = Document.effectiveParentId(document, object)
        if (parentId !== null && place.has(parentId)) expect(place.get(parentId)).toBeLessThan(place.get(object.id) ?? 0)
      }
    }),
    runs(3000)
  )
})

test("D5: paint order draws siblings in their order, each with all that is in it", () => {
  fc.assert(
    fc.property(fc.array(move, { maxLength: 30, size: "max" }), (moves) => {
      let document = documentOf(forest)
      moves.forEach((item, index) => {
        if (!Document.wouldCycle(document, item.objectId, item.parentId)) document = documentOf([deliver({ ...item, timestamp: index }, "A", 100 + index)], document)
      })
      const draw = (parentId: string | null): ReadonlyArray<string> =>
        Array.from(document.children(parentId)).flatMap(({ id }) => [id, ...draw(id)])
      expect(Array.from(inPaintOrder(document), ({ object }) => object.id)).toEqual(draw(null))
    }),
    runs(1000)
  )
})

test("D7: children of a deleted object are hidden with it, edits to it are kept, and restore brings back all of it", () => {
  const at = (counter: number) => ({ timestamp: counter, clientId: "A", counter })
  const write = (objectId: string, path: string, value: string | boolean, counter: number): Delivery =>
    ({ objectId, writes: [{ path, value }], stamp: at(counter) })
  const nest: Delivery = { objectId: "o2", writes: Operation.writesOf(moveTo("o2", "o1")), stamp: at(20) }
  const deleted = documentOf([...forest, nest, write("o1", "_deleted", true, 21), write("o1", "name", "edited", 22), write("o2", "name", "inner", 23)])
  expect(present(deleted, "o1").deleted).toBe(true)
  expect(present(deleted, "o2").deleted).toBe(false)
  expect(Document.isVisible(deleted, present(deleted, "o2"))).toBe(false)
  expect(Array.from(inPaintOrder(deleted)).filter(({ hidden }) => hidden).map(({ object }) => object.id).sort()).toEqual(["o1", "o2"])
  const restored = documentOf([write("o1", "_deleted", false, 24)], deleted)
  expect(Array.from(inPaintOrder(restored)).every(({ hidden }) => !hidden)).toBe(true)
  expect(present(restored, "o1").get("name")).toBe("edited")
  expect(present(restored, "o2").get("name")).toBe("inner")
})

const moveTo = (objectId: string, parentId: string): Operation.Move => ({
  id: "m",
  idempotencyKey: "m",
  timestamp: 0,
  objectId,
  operationType: "move",
  parentId,
  orderKey: OrderKey.between(null, null) ?? ""
})

/** The members of the cycle that the object is on, by the written parents; empty when it is on none. */
const rawCycleOf = (document: Document.Document, object: DesignObject): ReadonlyArray<DesignObject> => {
  const members = [object]
  const seen = new Set([object.id])
  for (let id = object.parent?.parentId ?? null; id !== null;) {
    if (id === object.id) return members
    const next = document.get(id)
    if (next === undefined || seen.has(id)) return []
    seen.add(id)
    members.push(next)
    id = next.parent?.parentId ?? null
  }
  return []
}

const newestOf = (members: ReadonlyArray<DesignObject>): DesignObject | undefined =>
  members.toSorted((a, b) => {
    const [stampA, stampB] = [a.stampOf("parent"), b.stampOf("parent")]
    if (stampA === undefined || stampB === undefined) throw new Error("a member of a cycle has a parent")
    return stampB.timestamp - stampA.timestamp || compare(stampB.clientId, stampA.clientId) || stampB.counter - stampA.counter
  })[0]

const present = (document: Document.Document, id: string): DesignObject => {
  const object = document.get(id)
  if (object === undefined) throw new Error(`there is no ${id}`)
  return object
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)
