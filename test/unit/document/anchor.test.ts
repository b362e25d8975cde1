/** N1 and N2: what a comment is fastened to, and where that is on the page, whatever happens to the object. */
import { type Anchor, anchorToObject, difference, Document, type Json, Operation, placeOfAnchor, toOperation } from "@easel/document"
import * as fc from "fast-check"
import { expect, test } from "vitest"

interface Node {
  readonly parent: number
  readonly type: "rectangle" | "ellipse" | "frame" | "group" | "line"
  readonly properties: Readonly<Record<string, Json>>
}

const coordinate = fc.integer({ min: -500, max: 500 })

const node: fc.Arbitrary<Node> = fc.record({
  parent: fc.nat(7),
  type: fc.constantFrom("rectangle", "ellipse", "frame", "group", "line"),
  properties: fc.record({
    x: coordinate,
    y: coordinate,
    width: fc.integer({ min: 1, max: 300 }),
    height: fc.integer({ min: 1, max: 300 }),
    rotation: fc.constantFrom(0, 0, 30, 90, -45)
  })
})

/** `o0` is a rectangle; each other hangs at the file or in one that was made before it. */
const tree = fc.array(node, { minLength: 1, maxLength: 6 }).map((nodes) => {
  const operations = nodes.map(({ parent, properties: { width = 0, height = 0, ...place }, type }, index): Operation.Operation => ({
    ...common(index),
    operationType: "create",
    objectType: type,
    objectId: `o${index}`,
    newValue: type === "group" ? place : type === "line" ? { ...place, x1: 0, y1: 0, x2: width, y2: height } : { ...place, width, height },
    parentId: parent < index ? `o${parent}` : null,
    orderKey: `a${index}`
  }))
  return after(Document.empty, ...operations)
})

let count = 0
const common = (index: number) => ({ id: `operation${index}-${count++}`, idempotencyKey: `key${count}`, timestamp: count })

const after = (document: Document.Document, ...operations: ReadonlyArray<Operation.Operation>): Document.Document =>
  document.edit((draft) => {
    for (const operation of operations) {
      draft.write(operation.objectId, Operation.writesOf(operation), { timestamp: ++count, clientId: "A", counter: count })
    }
  })

const update = (objectId: string, propertyPath: string, newValue: Json): Operation.Operation =>
  ({ ...common(0), operationType: "update", objectId, propertyPath, newValue })

const idsOf = (document: Document.Document) => Array.from(document.all(), ({ id }) => id)

const objectOf = (document: Document.Document, id: string) => document.get(id) ?? expect.fail(`no object ${id}`)

const shares = fc.record({ x: fc.double({ min: 0, max: 1, noNaN: true }), y: fc.double({ min: 0, max: 1, noNaN: true }) })

const madeAt = { x: 1_234.5, y: 5_678.5 }

/** An anchor at some point of some object that has a box: a group with nothing in it has none. */
const anchored = fc.record({ document: tree, which: fc.nat(5), share: shares }).map(({ document, share, which }) => {
  const ids = idsOf(document)
  const anchor: Anchor = { kind: "object", objectId: ids[which % ids.length] ?? "o0", ...share, page: madeAt }
  return { document, anchor }
}).filter(({ anchor, document }) => placeOfAnchor(document, anchor).x !== madeAt.x)

const rootOf = (document: Document.Document, id: string): string => {
  const parentId = Document.effectiveParentId(document, objectOf(document, id))
  return parentId === null ? id : rootOf(document, parentId)
}

const near = (place: { readonly x: number; readonly y: number }, x: number, y: number) => {
  expect(place.x).toBeCloseTo(x, 6)
  expect(place.y).toBeCloseTo(y, 6)
}

test("N1: a point of the page that is fastened to an object is found there again, if it lies in the object's box", () => {
  fc.assert(fc.property(anchored, ({ anchor, document }) => {
    const place = placeOfAnchor(document, anchor)
    const again = anchorToObject(document, objectOf(document, anchor.objectId), place)
    expect(again.page).toEqual({ x: place.x, y: place.y })
    near(placeOfAnchor(document, again), place.x, place.y)
  }))
})

test("N1: what is fastened to an object moves with it and with what it hangs in", () => {
  fc.assert(fc.property(anchored, coordinate, coordinate, ({ anchor, document }, byX, byY) => {
    const before = placeOfAnchor(document, anchor)
    const root = rootOf(document, anchor.objectId)
    const at = (path: string) => Number(objectOf(document, root).get(path) ?? 0)
    const moved = after(document, update(root, "x", at("x") + byX), update(root, "y", at("y") + byY))
    const place = placeOfAnchor(moved, anchor)
    near(place, before.x + byX, before.y + byY)
    expect(place.at).toBe(before.at)
  }))
})

test("N1: it keeps its share of an object that grows", () => {
  const document = after(Document.empty, {
    ...common(0), operationType: "create", objectType: "rectangle", objectId: "o0", newValue: { x: 10, y: 20, width: 100, height: 50 }, parentId: null, orderKey: "a0"
  })
  const anchor = anchorToObject(document, objectOf(document, "o0"), { x: 60, y: 70 })
  expect(anchor).toMatchObject({ x: 0.5, y: 1 })
  expect(placeOfAnchor(after(document, update("o0", "width", 200)), anchor)).toEqual({ x: 110, y: 70, at: "object" })
})

test("N1: reparenting that keeps an object's place keeps that of the comment", () => {
  fc.assert(fc.property(anchored, ({ anchor, document }) => {
    const frame = after(document, {
      ...common(9), operationType: "create", objectType: "frame", objectId: "frame", newValue: { x: 40, y: -30, width: 900, height: 900 }, parentId: null, orderKey: "z0"
    })
    const root = rootOf(frame, anchor.objectId)
    const at = (path: string) => Number(objectOf(frame, root).get(path) ?? 0)
    const before = placeOfAnchor(frame, anchor)
    const inFrame = after(
      frame,
      { ...common(10), operationType: "move", objectId: root, parentId: "frame", orderKey: "a0" },
      update(root, "x", at("x") - 40),
      update(root, "y", at("y") + 30)
    )
    const place = placeOfAnchor(inFrame, anchor)
    near(place, before.x, before.y)
    expect(place.at).toBe("object")
  }))
})

test("N2: a comment keeps its place when its object, or what that hangs in, is deleted, and is fastened again when it comes back", () => {
  fc.assert(fc.property(anchored, fc.boolean(), ({ anchor, document }, whole) => {
    const objectId = whole ? rootOf(document, anchor.objectId) : anchor.objectId
    const before = placeOfAnchor(document, anchor)
    const deleted = after(document, { ...common(11), operationType: "delete", objectId })
    expect(placeOfAnchor(deleted, anchor)).toEqual({ ...before, at: "deleted object" })
    const back = after(deleted, { ...common(12), operationType: "restore", objectId })
    expect(placeOfAnchor(back, anchor)).toEqual(before)
  }))
})

test("N2: bringing back an earlier state fastens it where it was then", () => {
  fc.assert(fc.property(anchored, ({ anchor, document }) => {
    const then = placeOfAnchor(document, anchor)
    const now = after(document, update(anchor.objectId, "x", 777), { ...common(13), operationType: "delete", objectId: anchor.objectId })
    expect(placeOfAnchor(now, anchor).at).toBe("deleted object")
    const restored = after(now, ...difference(now, document).map((change, index) => toOperation(change, `restore-${index}`, 1)))
    expect(placeOfAnchor(restored, anchor)).toEqual(then)
  }))
})

test("N2: where there never was such an object, or none with a size, it is where it was made", () => {
  const anchor: Anchor = { kind: "object", objectId: "nobody", x: 0.5, y: 0.5, page: { x: 3, y: 4 } }
  expect(placeOfAnchor(Document.empty, anchor)).toEqual({ x: 3, y: 4, at: "deleted object" })
  const group = after(Document.empty, { ...common(0), operationType: "create", objectType: "group", objectId: "nobody", newValue: {}, parentId: null, orderKey: "a0" })
  expect(placeOfAnchor(group, anchor)).toEqual({ x: 3, y: 4, at: "object" })
})

test("N1: regions and points of the page stay where they are", () => {
  expect(placeOfAnchor(Document.empty, { kind: "region", x: 1, y: 2, width: 3, height: 4 })).toEqual({ x: 1, y: 2, at: "page" })
  expect(placeOfAnchor(Document.empty, { kind: "page", x: 5, y: 6 })).toEqual({ x: 5, y: 6, at: "page" })
})
