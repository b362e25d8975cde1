import { Checkpoint, digest, Document } from "@easel/document"
import * as fc from "fast-check"
import { expect, test } from "vitest"
import { anyJson, deliver, json, log, runs } from "../../harness/arbitraries.ts"
import { documentOf, everythingOf } from "./documentFixture.ts"

const encoded = (document: Document.Document): string => [...Checkpoint.encode(document)].join("")

test("D10: decoding what was encoded gives an equal document, objects that do not exist yet included", () => {
  fc.assert(
    fc.property(log, (log) => {
      const document = documentOf(log)
      expect(everythingOf(Checkpoint.decode(encoded(document)))).toEqual(everythingOf(document))
    }),
    runs(2000)
  )
})

test("D10: a decoded document merges like the one that was saved, and is encoded alike", () => {
  fc.assert(
    fc.property(log, fc.nat(30), (log, at) => {
      const saved = documentOf(log.slice(0, at))
      const loaded = Checkpoint.decode(encoded(saved))
      // Also what it has already seen, as after a crash between two checkpoints.
      const rest = log.slice(Math.max(0, at - 5))
      expect(everythingOf(documentOf(rest, loaded))).toEqual(everythingOf(documentOf(log)))
      expect(encoded(loaded)).toBe(encoded(saved))
    }),
    runs(2000)
  )
})

test("D10: a document of thousands of objects is encoded and decoded in pieces", () => {
  for (const count of [0, 63, 64, 65, 1001]) {
    const document = documentOf(Array.from({ length: count }, (_, index) => deliver({
      id: "c",
      idempotencyKey: "c",
      timestamp: index % 3,
      objectId: `o${index}`,
      operationType: "create",
      objectType: "text",
      newValue: { text: "中" },
      parentId: null,
      orderKey: "a0"
    }, "A", index + 1)))
    expect([...Checkpoint.encode(document)]).toHaveLength(Math.ceil(count / 64) + 2)
    expect(digest(Checkpoint.decode(encoded(document)))).toBe(digest(document))
    expect([...Checkpoint.decodeSteps(encoded(document).split("\n"))]).toHaveLength(Math.ceil(count / 64) + 1)
    // As former versions wrote it.
    expect(digest(Checkpoint.decode(encoded(document).replaceAll("\n", "")))).toBe(digest(document))
  }
})

/** One object in the middle of a checkpoint that is right otherwise. */
const around = (object: string): string => `{"format":1,"objects":[["a",["type"],["group"],[1,"A",1]],${object},["z",["type"],["group"],[1,"A",1]]]}`

test.each([
  ["nothing", ""],
  ["half of it", around(`["o",["type"],["group"],[1,"A",2]]`).slice(0, 60)],
  ["another value", "[]"],
  ["null", "null"],
  ["a later format", `{"format":2,"objects":[]}`],
  ["no objects", `{"format":1}`],
  ["objects of a wrong type", `{"format":1,"objects":{}}`],
  ["an object that is null", around("null")],
  ["an object too short", around(`["o",["type"],["group"]]`)],
  ["an object too long", around(`["o",["type"],["group"],[1,"A",2],1]`)],
  ["an id that is a number", around(`[1,["type"],["group"],[1,"A",2]]`)],
  ["paths of a wrong type", around(`["o",[1],["group"],[1,"A",2]]`)],
  ["paths without values", around(`["o",["type","x"],["group"],[1,"A",2]]`)],
  ["values without paths", around(`["o",["type"],["group",1],[1,"A",2]]`)],
  ["values that cannot be stored", around(`["o",["type","x"],["group",1e999],[1,"A",2]]`)],
  ["a reserved name in a value", around(`["o",["type","fill"],["group",{"__proto__":1}],[1,"A",2]]`)],
  ["no stamps", around(`["o",["type"],["group"],[]]`)],
  ["stamps of a wrong type", around(`["o",["type"],["group"],{}]`)],
  ["a stamp without a counter", around(`["o",["type"],["group"],[1,"A"]]`)],
  ["a stamp with a text for a time", around(`["o",["type"],["group"],["1","A",2]]`)],
  ["a stamp that is not finite", around(`["o",["type"],["group"],[1e999,"A",2]]`)],
  ["fewer stamps than paths", around(`["o",["type","x"],["group",1],[[1,"A",2]]]`)],
  ["a broken stamp among others", around(`["o",["type","x"],["group",1],[[1,"A",2],7]]`)],
  ["a parent that is null", around(`["o",["type","parent"],["group",null],[1,"A",2]]`)],
  ["a parent that is a text", around(`["o",["type","parent"],["group","p"],[1,"A",2]]`)],
  ["a parent without an order key", around(`["o",["type","parent"],["group",{"parentId":null}],[1,"A",2]]`)],
  ["a parent whose id is a number", around(`["o",["type","parent"],["group",{"parentId":1,"orderKey":"a0"}],[1,"A",2]]`)],
  ["an object twice", around(`["a",["type"],["text"],[1,"A",2]]`)],
  ["a path twice", around(`["o",["type","type"],["text","group"],[1,"A",2]]`)]
])("D10: a checkpoint with %s is refused as CheckpointInvalid", (_, text) => {
  expect(() => Checkpoint.decode(text)).toThrow(Checkpoint.CheckpointInvalid)
})

test("D10: damage of any kind is refused as CheckpointInvalid or leaves a readable document, never another error", () => {
  fc.assert(
    fc.property(log, fc.nat(), fc.nat(40), fc.string({ unit: fc.constantFrom("[", "]", "\"", ",", "{", "}", "0", "n", "\u0000"), maxLength: 4 }), (log, at, cut, put) => {
      const text = encoded(documentOf(log))
      const start = at % (text.length + 1)
      readOrRefuse(text.slice(0, start) + put + text.slice(start + cut))
    }),
    runs(2000)
  )
  const member = fc.oneof(json, fc.constantFrom("type", "parent", "o", 1, ["type"], ["parent"], [1, "A", 1], [[1, "A", 1]], [{ parentId: null, orderKey: "a0" }]))
  fc.assert(
    fc.property(fc.oneof(anyJson, fc.array(fc.oneof(json, fc.array(member, { maxLength: 4 })), { maxLength: 3 })), (objects) => {
      readOrRefuse(JSON.stringify({ format: 1, objects }))
    }),
    runs(2000)
  )
})

/** Reads everything of what was accepted, so that damage cannot hide until later. */
const readOrRefuse = (text: string): void => {
  try {
    everythingOf(Checkpoint.decode(text))
  } catch (error) {
    expect(error).toBeInstanceOf(Checkpoint.CheckpointInvalid)
  }
}
