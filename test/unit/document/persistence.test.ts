import { canonicalBytes, Document } from "@easel/document"
import * as fc from "fast-check"
import { expect, test } from "vitest"
import { deliver, type Delivery, log, runs } from "../../harness/arbitraries.ts"
import { documentOf, everythingOf } from "./documentFixture.ts"

test("D3: an old document is unchanged by edits of the new ones made from it", () => {
  fc.assert(
    fc.property(log, log, log, (base, one, other) => {
      const old = documentOf(base)
      const before = everythingOf(old)
      const left = documentOf(one, old)
      const leftBefore = everythingOf(left)
      documentOf(other, old)
      documentOf(other, left)
      expect(everythingOf(old)).toEqual(before)
      expect(everythingOf(left)).toEqual(leftBefore)
    }),
    runs(1000)
  )
})

const count = 2_000

/** Enough objects for trees of three levels, under a hundred parents. */
const many: ReadonlyArray<Delivery> = Array.from({ length: count }, (_, index) => create(index, (index * 7_919) % count))

test("D3: versions of a big document stay as they were while nodes split and merge under later ones", () => {
  const item = fc.tuple(fc.nat(count + 200), fc.nat(99), fc.constantFrom("a0", "a1", "b00", "zzzzzzzzzzzzzzzzzzzzzzzzzzz"))
  const base = documentOf(many)
  const baseText = textOf(base)
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.nat(4), fc.array(item, { minLength: 1, maxLength: 200 })), { minLength: 1, maxLength: 6 }), (edits) => {
      const versions = [{ document: base, text: baseText }]
      let counter = count
      for (const [from, items] of edits) {
        const start = versions[from % versions.length]?.document ?? base
        const document = documentOf(items.map(([index, parent, orderKey]) => moveOrCreate(start, index, parent, orderKey, ++counter)), start)
        versions.push({ document, text: textOf(document) })
      }
      for (const { document, text } of versions) expect(textOf(document) === text).toBe(true)
    }),
    runs(40)
  )
})

test("V1: the ids apart are those of all objects that are not the very same, in order, whatever the documents share", () => {
  const item = fc.tuple(fc.nat(count + 200), fc.nat(99))
  const edits = fc.array(item, { maxLength: 200 })
  const base = documentOf(many)
  const held = (document: Document.Document) => Array.from(document.held(), ({ id }) => id)
  fc.assert(
    fc.property(edits, edits, fc.constantFrom(base, Document.empty), (one, other, start) => {
      const [left, right] = [one, other].map((items, side) =>
        documentOf(items.map(([index, parent], at) => moveOrCreate(start, index, parent, "a1", count + 1_000 * side + at)), start))
      if (left === undefined || right === undefined) return
      const ids = [...new Set([...held(left), ...held(right)])].sort()
      const apart = ids.filter((id) => left.getHeld(id) !== right.getHeld(id))
      expect(left.idsApart(right)).toEqual(apart)
      expect([left.isApart(right, apart.length), apart.length > 0 && left.isApart(right, apart.length - 1)]).toEqual([false, apart.length > 0])
    }),
    runs(150)
  )
})

test("D3: walking an old document goes on undisturbed while new ones are made from it", () => {
  const old = documentOf(many)
  const seen: Array<string> = []
  let newest = old
  let counter = count
  for (const object of old.all()) {
    seen.push(object.id)
    newest = documentOf([moveOrCreate(newest, seen.length + 300, 1, "a1", ++counter), create(++counter, counter)], newest)
  }
  expect(seen).toEqual(Array.from(documentOf(many).all(), ({ id }) => id))
})

function create(index: number, place: number): Delivery {
  return deliver({
    id: "c",
    idempotencyKey: "c",
    timestamp: 1,
    objectId: `o${place}`,
    operationType: "create",
    objectType: "group",
    newValue: {},
    parentId: place < 100 ? null : `o${place % 100}`,
    orderKey: "a0"
  }, "A", index + 1)
}

const moveOrCreate = (document: Document.Document, index: number, parent: number, orderKey: string, seq: number): Delivery =>
  document.get(`o${index}`) === undefined
    ? create(seq, index)
    : deliver({ id: "m", idempotencyKey: "m", timestamp: 2, objectId: `o${index}`, operationType: "move", parentId: `o${parent}`, orderKey }, "A", seq)

/** Objects and the whole of the sibling tree. */
const textOf = (document: Document.Document): string => {
  const children = [null, ...Array.from({ length: 100 }, (_, index) => `o${index}`)].map((parentId) =>
    Array.from(document.children(parentId), ({ id }) => id).join(" "))
  return `${Buffer.from(canonicalBytes(document)).toString("utf8")}\n${children.join("\n")}`
}
