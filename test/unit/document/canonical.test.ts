import { createHash } from "node:crypto"
import { canonicalBytes, canonicalText, digest, digestSteps, Document, fromViews, inPaintOrder, type ObjectView, toView, toViewText } from "@easel/document"
import * as fc from "fast-check"
import { expect, test } from "vitest"
import { json, log, redelivered, runs } from "../../harness/arbitraries.ts"
import { documentOf } from "./documentFixture.ts"

const canonical = (document: Document.Document): string => Buffer.from(canonicalBytes(document)).toString("utf8")

test("D9: the canonical form is the array of all objects that exist, in order of id, with sorted keys and no spaces", () => {
  const at = (counter: number) => ({ timestamp: 1, clientId: "A", counter })
  const document = documentOf([
    {
      objectId: "b",
      writes: [{ path: "type", value: "text" }, { path: "parent", value: { parentId: "B", orderKey: "a1" } }, { path: "data.k", value: { z: [1, "é"], a: null } }],
      stamp: at(1)
    },
    { objectId: "B", writes: [{ path: "type", value: "frame" }, { path: "parent", value: { orderKey: "a0", parentId: null } }, { path: "x", value: -0 }], stamp: at(2) },
    { objectId: "b", writes: [{ path: "_deleted", value: true }], stamp: at(3) },
    { objectId: "B", writes: [{ path: "_deleted", value: true }], stamp: at(4) },
    { objectId: "B", writes: [{ path: "_deleted", value: false }], stamp: at(5) },
    { objectId: "unborn", writes: [{ path: "x", value: 1 }], stamp: at(6) }
  ])
  expect(canonical(document)).toBe(
    `[{"id":"B","parent":{"orderKey":"a0","parentId":null},"type":"frame","x":0},`
      + `{"_deleted":true,"data.k":{"a":null,"z":[1,"é"]},"id":"b","parent":{"orderKey":"a1","parentId":"B"},"type":"text"}]`
  )
})

test("D9: the digest is the SHA-256 of the UTF-8 bytes, in hex, whether made at once or in steps", () => {
  fc.assert(
    fc.property(log, (log) => {
      const document = documentOf(log)
      const expected = createHash("sha256").update(canonical(document), "utf8").digest("hex")
      expect(digest(document)).toBe(expected)
      const steps = digestSteps(document)
      let step = steps.next()
      while (step.done !== true) step = steps.next()
      expect(step.value).toBe(expected)
    }),
    runs(500)
  )
})

test("D9: documents of thousands of objects, encoded in pieces, are one JSON array", () => {
  for (const count of [0, 1, 999, 1000, 1001, 2000, 2500]) {
    const document = documentOf(Array.from({ length: count }, (_, index) => ({
      objectId: `o${index}`,
      writes: [{ path: "type", value: "group" }, { path: "parent", value: { parentId: null, orderKey: "a0" } }],
      stamp: { timestamp: 1, clientId: "A", counter: index + 1 }
    })))
    const objects: unknown = JSON.parse(canonical(document))
    expect(objects).toHaveLength(count)
    expect(digest(document)).toBe(createHash("sha256").update(canonical(document)).digest("hex"))
  }
})

test("D9: the digest does not depend on the order in which registers were written", () => {
  fc.assert(
    fc.property(redelivered(log), ({ again, log }) => {
      expect(digest(documentOf(again))).toBe(digest(documentOf(log)))
    }),
    runs(1000)
  )
})

test("D9: canonical text has sorted keys at every depth and says the same as JSON", () => {
  fc.assert(
    fc.property(json, (value) => {
      const text = canonicalText(value)
      expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(value)))
      expect(canonicalText(JSON.parse(text))).toBe(text)
      expect(canonicalText(reversed(value))).toBe(text)
    }),
    runs(2000)
  )
})

test("D9: an editor that received a snapshot computes the same digest, with deleted, restored and free data", () => {
  fc.assert(
    fc.property(log, (log) => {
      const document = documentOf(log)
      const live: Array<ObjectView> = []
      const deleted: Array<ObjectView> = []
      for (const { hidden, object } of inPaintOrder(document)) (hidden ? deleted : live).push(toView(object))
      // SAFETY: JSON of views is views.
      const received = JSON.parse(JSON.stringify([...live, ...deleted])) as ReadonlyArray<ObjectView>
      const copy = fromViews(received)
      expect(digest(copy)).toBe(digest(document))
      expect(Array.from(copy.all(), toView)).toEqual(Array.from(document.all(), (object): unknown => JSON.parse(JSON.stringify(toView(object)))))
    }),
    runs(2000)
  )
})

test("P1: the text of a view says what the view says", () => {
  fc.assert(
    fc.property(log, (log) => {
      for (const object of documentOf(log).all()) expect(JSON.parse(toViewText(object))).toEqual(JSON.parse(JSON.stringify(toView(object))))
    }),
    runs(1000)
  )
})

test("P1: a view has free data under data, _deleted only when it is true, and every other register by its name", () => {
  const [object] = documentOf([{
    objectId: "o",
    writes: [{ path: "type", value: "text" }, { path: "parent", value: { parentId: "p", orderKey: "a0" } }, { path: "data.k", value: 1 }, { path: "data.constructor-1", value: null }, { path: "text", value: null }],
    stamp: { timestamp: 1, clientId: "A", counter: 1 }
  }]).all()
  expect(object === undefined ? undefined : toView(object)).toEqual({
    id: "o",
    type: "text",
    parentId: "p",
    orderKey: "a0",
    text: null,
    data: { k: 1, "constructor-1": null }
  })
})

/** The same value with its keys put in the other way round. */
const reversed = (value: unknown): never => {
  const turned = Array.isArray(value)
    ? value.map(reversed)
    : typeof value === "object" && value !== null
    ? Object.fromEntries(Object.entries(value).toReversed().map(([key, item]) => [key, reversed(item)]))
    : value
  // SAFETY: Json in, Json out; `never` fits wherever Json is wanted.
  return turned as never
}
