import { Checkpoint, digest, type Document } from "@easel/document"
import * as fc from "fast-check"
import { expect, test } from "vitest"
import { anyJson, json, log, runs } from "../../harness/arbitraries.ts"
import { readOrRefuse } from "./damagedCheckpoint.ts"
import { documentOf, everythingOf } from "./documentFixture.ts"

/** As it was written until format 2: several lines, and one in the beginning. */
const golden = [
  `{"format":1,"objects":[`,
  `["a",["type","parent","name"],["frame",{"parentId":null,"orderKey":"a0"},"Ω \\"1\\"\\n"],[1700000000000,"ada",1]],`
  + `["b",["type","parent","x","data.k"],["text",{"parentId":"a","orderKey":"a1"},-0.5,{"deep":[null,true]}],`
  + `[[1700000000000,"ada",2],[1700000000000,"ada",2],[1700000000003,"bob",4],[1700000000002,"ada",3]]]`,
  `,["c",["_deleted"],[true],[1700000000005,"bob",5]]`,
  `]}`
]

/** The same as it is written now. */
const goldenNow = [
  `{"format":2}`,
  `[[["type","parent","name"],["type","parent","x","data.k"],["_deleted"]],["ada","bob"],[`
  + `["a",0,["frame",{"parentId":null,"orderKey":"a0"},"Ω \\"1\\"\\n"],0,1700000000000,0,1],`
  + `["b",1,["text",{"parentId":"a","orderKey":"a1"},-0.5,{"deep":[null,true]}],[0,0,1,2],1700000000000,0,2,1700000000003,1,4,1700000000002,0,3],`
  + `["c",2,[true],0,1700000000005,1,5]]]`,
  `{"objects":3}`
]

test.each([["lines", "\n"], ["one line", ""]])("D10: a checkpoint of format 1 in %s is read to the last stamp, and has another form now", (_, lineBreak) => {
  const document = Checkpoint.decode(golden.join(lineBreak))
  expect([...Checkpoint.encode(document)].join("")).toBe(goldenNow.join("\n"))
  expect(everythingOf(Checkpoint.decode(goldenNow.join("\n")))).toEqual(everythingOf(document))
  expect(digest(document)).toBe("6b68d8c3fe9f181fdd5d82821ed165355057e9fe43621acb57699996933960b9")
})

const encodedFormerly = (document: Document.Document): string =>
  JSON.stringify({
    format: 1,
    objects: Array.from(document.held(), (object) => {
      const stamps = object.paths.map((_, register) => {
        const { clientId, counter, timestamp } = object.stampAt(register)
        return [timestamp, clientId, counter]
      })
      const isOne = new Set(stamps.map((stamp) => stamp.join())).size === 1
      return [object.id, object.paths, object.values, isOne ? stamps[0] : stamps]
    })
  })

test("D10: whatever format 1 holds is what format 2 holds", () => {
  fc.assert(
    fc.property(log, (log) => {
      const document = documentOf(log)
      const loaded = Checkpoint.decode(encodedFormerly(document))
      expect(everythingOf(loaded)).toEqual(everythingOf(document))
      expect([...Checkpoint.encode(loaded)]).toEqual([...Checkpoint.encode(document)])
    }),
    runs(1000)
  )
})

/** One object in the middle of a checkpoint that is right otherwise. */
const around = (object: string): string => `{"format":1,"objects":[["a",["type"],["group"],[1,"A",1]],${object},["z",["type"],["group"],[1,"A",1]]]}`

test.each([
  ["nothing", ""],
  ["half of it", around(`["o",["type"],["group"],[1,"A",2]]`).slice(0, 60)],
  ["another value", "[]"],
  ["null", "null"],
  ["a later format", `{"format":3,"objects":[]}`],
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
])("D10: a checkpoint of format 1 with %s is refused as CheckpointInvalid", (_, text) => {
  expect(() => Checkpoint.decode(text)).toThrow(Checkpoint.CheckpointInvalid)
})

test("D10: damage of any kind to a checkpoint of format 1 is refused as CheckpointInvalid or leaves a readable document", () => {
  fc.assert(
    fc.property(fc.oneof(anyJson, fc.array(fc.oneof(json, fc.array(member, { maxLength: 4 })), { maxLength: 3 })), (objects) => {
      readOrRefuse(JSON.stringify({ format: 1, objects }))
    }),
    runs(2000)
  )
})

const member = fc.oneof(json, fc.constantFrom("type", "parent", "o", 1, ["type"], ["parent"], [1, "A", 1], [[1, "A", 1]], [{ parentId: null, orderKey: "a0" }]))
