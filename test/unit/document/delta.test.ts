import { Checkpoint, Delta, digest, Document } from "@easel/document"
import * as fc from "fast-check"
import { expect, test } from "vitest"
import { anyJson, type Delivery, deliver, json, log, runs } from "../../harness/arbitraries.ts"
import { documentOf, everythingOf } from "./documentFixture.ts"

const checkpoint = (document: Document.Document): string => [...Checkpoint.encode(document)].join("")
const delta = (base: Document.Document, target: Document.Document): string => [...Delta.encode(base, target)].join("")
const reloaded = (document: Document.Document): Document.Document => Checkpoint.decode(checkpoint(document))

/** Two documents of one log, in either order, or of two that know nothing of each other; in memory, or loaded. */
const pair = fc.tuple(log, log, fc.nat(30), fc.nat(3), fc.constantFrom("later", "earlier", "unrelated")).map(([one, other, at, loaded, how]) => {
  const early = documentOf(one.slice(0, at))
  const late = how === "unrelated" ? documentOf(other) : documentOf(one.slice(at), early)
  const [base, target] = how === "earlier" ? [late, early] : [early, late]
  return { base: loaded % 2 === 0 ? base : reloaded(base), target: loaded < 2 ? target : reloaded(target) }
})

test("V5: a delta applied to its base gives the target, byte for byte as a checkpoint holds it", () => {
  fc.assert(
    fc.property(pair, ({ base, target }) => {
      const text = delta(base, target)
      const result = Delta.apply(base, text)
      expect(checkpoint(result)).toBe(checkpoint(target))
      expect(everythingOf(result)).toEqual(everythingOf(target))
      expect(checkpoint(Delta.apply(reloaded(base), text))).toBe(checkpoint(target))
    }),
    runs(3000)
  )
})

test("V5: what a delta gave merges like the target, and is the base of the next", () => {
  fc.assert(
    fc.property(log, fc.nat(30), fc.nat(30), (log, a, b) => {
      const [first, second] = a < b ? [a, b] : [b, a]
      const base = documentOf(log.slice(0, first))
      const middle = documentOf(log.slice(first, second), base)
      const end = documentOf(log.slice(second), middle)
      const result = Delta.apply(Delta.apply(base, delta(base, middle)), delta(middle, end))
      expect(checkpoint(result)).toBe(checkpoint(end))
      expect(everythingOf(documentOf(log, Delta.apply(base, delta(base, middle))))).toEqual(everythingOf(documentOf(log)))
    }),
    runs(1500)
  )
})

test("V5: equal pairs of checkpoints have equal deltas, and equal documents the empty one", () => {
  fc.assert(
    fc.property(pair, ({ base, target }) => {
      expect(delta(reloaded(base), reloaded(target))).toBe(delta(base, target))
      expect(delta(base, reloaded(base))).toBe(`{"delta":1,"base":${base.size},"target":${base.size},"removed":[],"objects":[]}`)
    }),
    runs(1500)
  )
})

test("V5: a delta names the registers that changed, and no others", () => {
  const write = (objectId: string, path: string, value: string | number, counter: number): Delivery =>
    ({ objectId, writes: [{ path, value }], stamp: { timestamp: counter, clientId: "A", counter } })
  const base = documentOf([...many(2), write("o1", "x", 1, 10)])
  const target = documentOf([write("o1", "x", 2, 11), write("o1", "name", "n", 12)], base)
  expect(delta(base, target)).toBe(`{"delta":1,"base":2,"target":2,"removed":[],"objects":[["o1",[[3,2,[11,"A",11]],["name","n",[12,"A",12]]]]]}`)
  expect(delta(target, base)).toBe(
    `{"delta":1,"base":2,"target":2,"removed":[],"objects":[["o1",["type","parent","text","x"],["text",{"parentId":null,"orderKey":"a0"},"中",1],`
      + `[[0,"A",2],[0,"A",2],[0,"A",2],[10,"A",10]]]]}`
  )
  expect(delta(documentOf(many(3)), documentOf(many(1)))).toBe(`{"delta":1,"base":3,"target":1,"removed":["o1","o2"],"objects":[]}`)
})

const many = (count: number): ReadonlyArray<Delivery> =>
  Array.from({ length: count }, (_, index) => deliver({
    id: "c",
    idempotencyKey: "c",
    timestamp: 0,
    objectId: `o${index}`,
    operationType: "create",
    objectType: "text",
    newValue: { text: "中" },
    parentId: null,
    orderKey: "a0"
  }, "A", index + 1))

test("V5: a delta of thousands of objects is encoded in pieces", () => {
  for (const count of [0, 99, 100, 101, 1001]) {
    const target = documentOf(many(count))
    expect([...Delta.encode(Document.empty, target)]).toHaveLength(Math.floor(count / 100) + 1)
    expect(digest(Delta.apply(Document.empty, delta(Document.empty, target)))).toBe(digest(target))
    expect(Delta.apply(target, delta(target, Document.empty)).size).toBe(0)
  }
})

const base = documentOf(many(3))

/** A delta of `base` that is right otherwise. */
const around = (object: string, removed = "[]", target = 3): string => `{"delta":1,"base":3,"target":${target},"removed":${removed},"objects":[${object}]}`

test("V5: the frame of the refused deltas is itself in order", () => {
  expect(Delta.apply(base, around(`["o1",[[2,"t",[5,"B",9]],["x",7,[5,"B",9]]]]`)).get("o1")?.get("x")).toBe(7)
  expect(Delta.apply(base, around("", `["o1"]`, 2)).get("o1")).toBeUndefined()
})

test.each([
  ["nothing", ""],
  ["half of it", around(`["o1",[[2,"t",[5,"B",9]]]]`).slice(0, 50)],
  ["another value", "[]"],
  ["null", "null"],
  ["a checkpoint", checkpoint(base)],
  ["a later format", around("").replace(`"delta":1`, `"delta":2`)],
  ["a member too many", around("").replace("{", `{"more":1,`)],
  ["a member missing", `{"delta":1,"base":3,"target":3,"removed":[]}`],
  ["objects of a wrong type", `{"delta":1,"base":3,"target":3,"removed":[],"objects":{}}`],
  ["another base", around("").replace(`"base":3`, `"base":4`)],
  ["another target", around("", "[]", 4)],
  ["a target of a wrong type", `{"delta":1,"base":3,"target":"3","removed":[],"objects":[]}`],
  ["a removed object that is not in the base", around("", `["p"]`, 2)],
  ["an object removed twice", around("", `["o1","o1"]`, 2)],
  ["a removed id that is a number", around("", "[1]", 2)],
  ["an object that is removed and changed", around(`["o1",[[2,"t",[5,"B",9]]]]`, `["o1"]`)],
  ["an object that is removed and put", around(`["o1",["type"],["text"],[5,"B",9]]`, `["o1"]`)],
  ["a changed object that is not in the base", around(`["p",[[2,"t",[5,"B",9]]]]`)],
  ["an object without changes", around(`["o1",[]]`)],
  ["an object twice", around(`["o1",[[2,"t",[5,"B",9]]]],["o1",[[2,"u",[5,"B",9]]]]`)],
  ["objects out of order", around(`["o1",[[2,"t",[5,"B",9]]]],["o0",[[2,"u",[5,"B",9]]]]`)],
  ["an id that is a number", around(`[1,[[2,"t",[5,"B",9]]]]`)],
  ["a register that is not there", around(`["o1",[[3,"t",[5,"B",9]]]]`)],
  ["a register before the first", around(`["o1",[[-1,"t",[5,"B",9]]]]`)],
  ["half a register", around(`["o1",[[1.5,"t",[5,"B",9]]]]`)],
  ["a register that is there to be added", around(`["o1",[["text","t",[5,"B",9]]]]`)],
  ["registers out of order", around(`["o1",[["x",7,[5,"B",9]],[2,"t",[5,"B",9]]]]`)],
  ["a register of a wrong type", around(`["o1",[[null,"t",[5,"B",9]]]]`)],
  ["a change too short", around(`["o1",[[2,"t"]]]`)],
  ["a change too long", around(`["o1",[[2,"t",[5,"B",9],1]]]`)],
  ["a stamp too long", around(`["o1",[[2,"t",[5,"B",9,1]]]]`)],
  ["a broken stamp", around(`["o1",[[2,"t",[5,"B","9"]]]]`)],
  ["a value that cannot be stored", around(`["o1",[[2,1e999,[5,"B",9]]]]`)],
  ["a parent that is null", around(`["o1",[[1,null,[5,"B",9]]]]`)],
  ["a whole object that is broken", around(`["p",["type"],["group","x"],[5,"B",9]]`, "[]", 4)]
])("V5: a delta with %s is refused as DeltaInvalid", (_, text) => {
  expect(() => Delta.apply(base, text)).toThrow(Delta.DeltaInvalid)
})

test("V5: damage of any kind is refused as DeltaInvalid or leaves a readable document, never another error", () => {
  fc.assert(
    fc.property(pair, fc.nat(), fc.nat(40), fc.string({ unit: fc.constantFrom("[", "]", "\"", ",", "{", "}", "0", "n", "\u0000"), maxLength: 4 }), ({ base, target }, at, cut, put) => {
      const text = delta(base, target)
      const start = at % (text.length + 1)
      readOrRefuse(base, text.slice(0, start) + put + text.slice(start + cut))
    }),
    runs(2000)
  )
  const member = fc.oneof(json, fc.constantFrom("type", "o1", 1, [[1, 2, [1, "A", 1]]], [["x", 2, [1, "A", 1]]], [1, "A", 1], [["parent", { parentId: null, orderKey: "a0" }, [1, "A", 1]]]))
  fc.assert(
    fc.property(fc.oneof(anyJson, fc.array(fc.oneof(json, fc.array(member, { maxLength: 4 })), { maxLength: 3 })), (objects) => {
      readOrRefuse(base, JSON.stringify({ delta: 1, base: 3, target: 3, removed: [], objects }))
    }),
    runs(2000)
  )
})

const readOrRefuse = (base: Document.Document, text: string): void => {
  try {
    everythingOf(Delta.apply(base, text))
  } catch (error) {
    expect(error).toBeInstanceOf(Delta.DeltaInvalid)
  }
}
