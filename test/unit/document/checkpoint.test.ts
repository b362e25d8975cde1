import { Checkpoint, digest, Document } from "@easel/document"
import * as fc from "fast-check"
import { expect, test } from "vitest"
import { anyJson, deliver, json, log, runs } from "../../harness/arbitraries.ts"
import { readOrRefuse } from "./damagedCheckpoint.ts"
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
    expect([...Checkpoint.decodeSteps(encoded(document).split("\n"))]).toHaveLength(Math.ceil(count / 64))
  }
})

test("D10: what objects have in common is written once, and is one thing again in memory", () => {
  const create = (objectId: string, x: number, counter: number) =>
    ({ objectId, writes: [{ path: "type", value: "group" }, { path: "x", value: x }, { path: "y", value: 0 }], stamp: { timestamp: counter, clientId: "ada", counter } })
  const document = documentOf([create("a", 1, 1), create("b", 2, 2), { objectId: "b", writes: [{ path: "x", value: 3 }], stamp: { timestamp: 3, clientId: "bob", counter: 3 } }])
  const text = encoded(document)
  expect(text.split("\n")).toEqual([
    `{"format":2}`,
    `[[["type","x","y"]],["ada","bob"],[["a",0,["group",1,0],0,1,0,1],["b",0,["group",3,0],[0,1,0],2,0,2,3,1,3]]]`,
    `{"objects":2}`
  ])
  const loaded = Checkpoint.decode(text)
  const [a, b] = [loaded.getHeld("a"), loaded.getHeld("b")]
  expect(a?.paths).toBe(b?.paths)
  expect(b?.stampAt(0)).toBe(b?.stampAt(2))
})

/** A row in the middle of a checkpoint that is right otherwise. */
const around = (row: string): string => aroundLine(`[[["type"],["type","x"],["type","parent"]],["A"],[["a",0,["group"],0,1,0,1],${row},["z",0,["group"],0,1,0,1]]]`)
const aroundLine = (line: string, objects = 3): string => `{"format":2}\n${line}\n{"objects":${objects}}`

test("D10: the frame of the refused checkpoints is itself in order", () => {
  expect(Checkpoint.decode(around(`["o",1,["group",7],[0,1],1,0,2,3,0,4]`)).get("o")?.stampOf("x")).toEqual({ timestamp: 3, clientId: "A", counter: 4 })
  expect(Checkpoint.decode(`{"format":2}\n{"objects":0}`).size).toBe(0)
})

test.each([
  ["nothing", ""],
  ["a head alone", `{"format":2}`],
  ["half of it", around(`["o",0,["group"],0,1,0,2]`).slice(0, 60)],
  ["a later format", `{"format":3}\n{"objects":0}`],
  ["no end", `{"format":2}\n[[["type"]],["A"],[["a",0,["group"],0,1,0,1]]]`],
  ["another number of objects at its end", aroundLine(`[[["type"]],["A"],[["a",0,["group"],0,1,0,1]]]`, 2)],
  ["a line missing", aroundLine(`[[],[],[["a",0,["group"],0,1,0,1]]]`, 1)],
  ["an empty line", aroundLine("", 0)],
  ["a line that is null", aroundLine("null", 0)],
  ["a line too short", aroundLine("[[],[]]", 0)],
  ["a line too long", aroundLine("[[],[],[],[]]", 0)],
  ["paths of a wrong type", aroundLine("[{},[],[]]", 0)],
  ["a list of paths of a wrong type", aroundLine("[[7],[],[]]", 0)],
  ["a path that is a number", aroundLine("[[[7]],[],[]]", 0)],
  ["a path twice", aroundLine(`[[["x","x"]],[],[]]`, 0)],
  ["a client id that is a number", aroundLine("[[],[7],[]]", 0)],
  ["rows of a wrong type", aroundLine("[[],[],{}]", 0)],
  ["a row that is null", around("null")],
  ["a row without a stamp", around(`["o",0,["group"],0]`)],
  ["a row with half a stamp", around(`["o",0,["group"],0,1,0]`)],
  ["an id that is a number", around(`[1,0,["group"],0,1,0,2]`)],
  ["paths that are not there", around(`["o",3,["group"],0,1,0,2]`)],
  ["paths before the first", around(`["o",-1,["group"],0,1,0,2]`)],
  ["paths by a name", around(`["o","length",["group"],0,1,0,2]`)],
  ["paths without values", around(`["o",1,["group"],0,1,0,2]`)],
  ["values without paths", around(`["o",0,["group",1],0,1,0,2]`)],
  ["values that cannot be stored", around(`["o",1,["group",1e999],0,1,0,2]`)],
  ["a reserved name in a value", around(`["o",1,["group",{"__proto__":1}],0,1,0,2]`)],
  ["a lone surrogate in a value", around(`["o",1,["group","\\ud800"],0,1,0,2]`)],
  ["a NUL in a value", around(`["o",1,["group",["\\u0000"]],0,1,0,2]`)],
  ["a stamp with a text for a time", around(`["o",0,["group"],0,"1",0,2]`)],
  ["a stamp that is not finite", around(`["o",0,["group"],0,1e999,0,2]`)],
  ["half a counter", around(`["o",0,["group"],0,1,0,1.5]`)],
  ["a client that is not there", around(`["o",0,["group"],0,1,1,2]`)],
  ["a client by a name", around(`["o",0,["group"],0,1,"A",2]`)],
  ["stamps that no register has", around(`["o",0,["group"],0,1,0,2,1,0,3]`)],
  ["registers without a stamp", around(`["o",1,["group",1],[0],1,0,2,1,0,3]`)],
  ["a register with a stamp that is not there", around(`["o",1,["group",1],[0,2],1,0,2,1,0,3]`)],
  ["a register with a stamp of a wrong type", around(`["o",1,["group",1],[0,"1"],1,0,2,1,0,3]`)],
  ["a parent that is null", around(`["o",2,["group",null],0,1,0,2]`)],
  ["a parent without an order key", around(`["o",2,["group",{"parentId":null}],0,1,0,2]`)],
  ["a parent whose id is a number", around(`["o",2,["group",{"parentId":1,"orderKey":"a0"}],0,1,0,2]`)],
  ["an object twice", around(`["a",0,["text"],0,1,0,2]`)]
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
  const member = fc.oneof(json, fc.constantFrom("type", "o", 0, 1, [0, 0], ["type"], ["parent"], ["A"], [{ parentId: null, orderKey: "a0" }]))
  const row = fc.tuple(fc.constantFrom("a", "b"), fc.constantFrom(0, 1), fc.array(member, { maxLength: 2 }), fc.constantFrom(0, [0], [0, 0]), member, fc.constant(0), fc.nat())
  fc.assert(
    fc.property(fc.array(fc.oneof(anyJson, row, fc.array(member, { maxLength: 8 })), { maxLength: 3 }), (rows) => {
      readOrRefuse(aroundLine(JSON.stringify([[["type"], ["parent"]], ["A"], rows]), rows.length))
    }),
    runs(2000)
  )
})
