/** A scene that was updated object by object equals one that was built from the whole document. */
import { Document, inPaintOrder, type Json, type RegisterWrite } from "@easel/document"
import * as fc from "fast-check"
import { expect, test } from "vitest"
import * as Box from "../../../packages/editor/src/scene/Box.ts"
import { Scene, type SceneNode } from "../../../packages/editor/src/scene/Scene.ts"
import { log, runs } from "../../harness/arbitraries.ts"

interface Change {
  readonly id: string
  readonly writes: ReadonlyArray<RegisterWrite>
}

const ids = Array.from({ length: 9 }, (_, index) => `n${index}`)
const everywhere = { x: -1e9, y: -1e9, width: 2e9, height: 2e9 }

const number = fc.integer({ min: -40, max: 80 })
const properties: Readonly<Record<string, fc.Arbitrary<Json>>> = {
  x: number,
  y: number,
  width: fc.option(fc.integer({ min: 0, max: 60 })),
  height: fc.option(fc.integer({ min: 0, max: 60 })),
  rotation: fc.constantFrom<Json>(0, 30, 90, null),
  transform: fc.constantFrom<Json>(null, [2, 0, 0, 2, 0, 0], [0, 1, -1, 0, 5, 5], [1, 0, 0], [1e308, 1e308, 1e308, 1e308, 1e308, 1e308]),
  fill: fc.constantFrom<Json>("#ff0000", "none", null),
  stroke: fc.constantFrom<Json>("#00ff00", "none", null),
  strokeWidth: fc.integer({ min: 0, max: 9 }),
  opacity: fc.constantFrom<Json>(0.5, 1, null),
  blendMode: fc.constantFrom<Json>("multiply", "normal", null),
  visible: fc.constantFrom<Json>(true, false, null),
  locked: fc.constantFrom<Json>(true, false),
  clip: fc.constantFrom<Json>(true, false, null),
  text: fc.constantFrom<Json>("", "one", "two\nlines"),
  d: fc.constantFrom<Json>("M0 0L10 10", "M5 5a5 5 0 1 0 1 0z", "nonsense"),
  points: fc.constantFrom<Json>([0, 0, 10, 0, 5, 9], 7, null)
}

const id = fc.constantFrom(...ids)
const parent = fc.record({
  parentId: fc.option(fc.constantFrom(...ids, "missing"), { freq: 3 }),
  orderKey: fc.constantFrom("a0", "a1", "a2", "Zz")
})
const types = ["frame", "frame", "group", "group", "rectangle", "ellipse", "text", "path", "polygon", "star", "line", "page", "image", "instance"]

const property = fc.constantFrom(...Object.keys(properties)).chain((path) =>
  (properties[path] ?? fc.constant(null)).map((value): RegisterWrite => ({ path, value }))
)
const change: fc.Arbitrary<Change> = fc.record({
  id,
  writes: fc.oneof(
    { weight: 4, arbitrary: fc.tuple(fc.constantFrom(...types), parent, fc.uniqueArray(property, { selector: ({ path }) => path, maxLength: 6 })).map(([type, place, others]) => [{ path: "type", value: type }, { path: "parent", value: place }, ...others]) },
    { weight: 6, arbitrary: property.map((write) => [write]) },
    { weight: 3, arbitrary: parent.map((value) => [{ path: "parent", value }]) },
    { weight: 2, arbitrary: fc.boolean().map((value) => [{ path: "_deleted", value }]) }
  )
})

const apply = (document: Document.Document, changes: ReadonlyArray<Change>, timestamp: number): Document.Document =>
  document.edit((draft) => {
    for (const [counter, { id, writes }] of changes.entries()) draft.write(id, writes, { timestamp, clientId: "c", counter })
  })

/** All that a scene says, in plain values. */
const told = (scene: Scene) => {
  const below = (id: string | null): ReadonlyArray<unknown> => scene.childrenOf(id).map((node) => [{ ...node, object: node.object }, below(node.id)])
  return {
    tree: below(null),
    order: [...scene.inPaintOrder()].map(({ id }) => id),
    painting: scene.paintingIn(everywhere).map(({ id }) => id),
    bounds: scene.bounds,
    size: scene.size
  }
}

const built = (document: Document.Document): Scene => {
  const scene = new Scene()
  scene.update(document)
  return scene
}

test("Scene: updating what changed equals building from scratch, whatever the changes", () => {
  fc.assert(
    fc.property(fc.array(fc.array(change, { minLength: 1, maxLength: 5 }), { maxLength: 12, size: "max" }), (batches) => {
      const scene = built(Document.empty)
      let document = Document.empty
      for (const [index, batch] of batches.entries()) {
        document = apply(document, batch, index + 1)
        scene.update(document, new Set(batch.map(({ id }) => id)))
        expect(told(scene)).toEqual(told(built(document)))
      }
    }),
    runs(400)
  )
})

test("Scene: a group and the group in it can change places in one update", () => {
  const group = (id: string, parentId: string | null): Change =>
    ({ id, writes: [{ path: "type", value: "group" }, { path: "parent", value: { parentId, orderKey: "a0" } }] })
  const before = apply(Document.empty, [group("n0", null), group("n1", "n0"), group("n2", "n1")], 1)
  const after = apply(before, [group("n0", "n2"), group("n1", null)], 2)
  for (const order of [["n0", "n1"], ["n1", "n0"]]) {
    const scene = built(before)
    scene.update(after, new Set(order))
    expect(told(scene)).toEqual(told(built(after)))
  }
})

test("Scene: going back to an older document, as a refused operation does, equals building from scratch", () => {
  fc.assert(
    fc.property(fc.array(change, { maxLength: 8 }), fc.array(change, { minLength: 1, maxLength: 8 }), (one, other) => {
      const before = apply(Document.empty, one, 1)
      const after = apply(before, other, 2)
      const scene = built(after)
      scene.update(before, new Set(other.map(({ id }) => id)))
      expect(told(scene)).toEqual(told(built(before)))
    }),
    runs(400)
  )
})

test("Scene: the paint order is the document's, cycles and orphans included", () => {
  fc.assert(
    fc.property(log, (deliveries) => {
      const document = Document.empty.edit((draft) => {
        for (const { objectId, stamp, writes } of deliveries) draft.write(objectId, writes, stamp)
      })
      const scene = built(document)
      const shown = [...inPaintOrder(document)].filter(({ hidden }) => !hidden).map(({ object }) => object.id)
      const order = (id: string | null): ReadonlyArray<string> => scene.childrenOf(id).flatMap((node) => [node.id, ...order(node.id)])
      expect(order(null)).toEqual(shown)
    }),
    runs(300)
  )
})

test("Scene: whatever looks different after an update lies in the damage", () => {
  fc.assert(
    fc.property(fc.array(change, { maxLength: 20, size: "max" }), fc.array(change, { minLength: 1, maxLength: 3 }), (one, other) => {
      const before = apply(Document.empty, one, 1)
      const after = apply(before, other, 2)
      const scene = built(before)
      const old = new Map([...scene.inPaintOrder()].map((node) => [node.id, node]))
      scene.takeDamage()
      scene.update(after, new Set(other.map(({ id }) => id)))
      const damage = scene.takeDamage()
      if (damage === "everything") return
      for (const { id, paintBounds } of scene.paintingIn(everywhere)) {
        const [one, other] = [old.get(id), scene.get(id)]
        if (one === undefined || looks(one) !== looks(other)) expect(damage.some((box) => Box.contains(box, paintBounds))).toBe(true)
      }
      for (const node of old.values()) {
        const isLeaf = !["group", "page"].includes(node.object.type ?? "") && Box.isFinite(node.paintBounds)
        const isIndexed = isLeaf && built(before).paintingIn(node.paintBounds).some(({ id }) => id === node.id)
        if (isIndexed && looks(node) !== looks(scene.get(node.id))) expect(damage.some((box) => Box.contains(box, node.paintBounds))).toBe(true)
      }
    }),
    runs(300)
  )
})

const looks = (node: SceneNode | undefined): string =>
  node === undefined || !node.visible ? "" : JSON.stringify([node.matrix, node.style, node.opacity, node.blendMode, node.clipIds, node.scopeIds, node.localBox, node.parentId])
