/** Where things are: matrices, boxes, outlines, texts and what a pointer touches, against values worked out by hand. */
import { Document, fromViews, type Json, type ObjectView } from "@easel/document"
import * as fc from "fast-check"
import { expect, test } from "vitest"
import * as Box from "../../../packages/editor/src/scene/Box.ts"
import * as Matrix from "../../../packages/editor/src/scene/Matrix.ts"
import * as Outline from "../../../packages/editor/src/scene/Outline.ts"
import { parsePathData } from "../../../packages/editor/src/scene/parsePathData.ts"
import { covers, distanceTo, flatten } from "../../../packages/editor/src/scene/Polyline.ts"
import { Scene, type SceneNode } from "../../../packages/editor/src/scene/Scene.ts"
import { runs } from "../../harness/arbitraries.ts"

const view = (id: string, type: string, properties: Readonly<Record<string, Json>> = {}, parentId: string | null = null): ObjectView =>
  ({ id, type, parentId, orderKey: "a0", ...properties })

const sceneOf = (...views: ReadonlyArray<ObjectView>): Scene => {
  const scene = new Scene()
  scene.update(fromViews(views))
  return scene
}

const nodeOf = (scene: Scene, id: string): SceneNode => {
  const node = scene.get(id)
  if (node === undefined) throw new Error(`no node ${id}`)
  return node
}

const ids = (nodes: Iterable<SceneNode>): ReadonlyArray<string> => [...nodes].map(({ id }) => id)

const near = (box: Box.Box | undefined, expected: Box.Box): void => {
  for (const key of ["x", "y", "width", "height"] as const) expect(box?.[key], key).toBeCloseTo(expected[key], 6)
}

const length = fc.double({ min: -1e3, max: 1e3, noNaN: true })
const point = fc.record({ x: length, y: length })
const matrix = fc.tuple(length, length, length, length, length, length).filter((m) => Math.abs(Matrix.determinant(m)) > 1)
const box = fc.record({ x: length, y: length, width: fc.double({ min: 0, max: 1e3, noNaN: true }), height: fc.double({ min: 0, max: 1e3, noNaN: true }) })

test("Matrix: the inverse undoes a map, and a product applies the inner map first", () => {
  fc.assert(
    fc.property(matrix, matrix, point, (one, other, at) => {
      const back = Matrix.apply(Matrix.invert(one) ?? Matrix.identity, Matrix.apply(one, at))
      expect(back.x).toBeCloseTo(at.x, 3)
      expect(back.y).toBeCloseTo(at.y, 3)
      const [product, steps] = [Matrix.apply(Matrix.multiply(one, other), at), Matrix.apply(one, Matrix.apply(other, at))]
      expect(Math.abs(product.x - steps.x) + Math.abs(product.y - steps.y)).toBeLessThan(1e-3)
    }),
    runs(300)
  )
})

test("Matrix: the image of a box is the box around the images of its corners", () => {
  fc.assert(
    fc.property(matrix, box, (m, b) => {
      const around = Box.ofPoints(Matrix.cornersOf(m, b))
      for (const key of ["x", "y", "width", "height"] as const) expect(Math.abs(Matrix.applyToBox(m, b)[key] - (around?.[key] ?? NaN))).toBeLessThan(1e-5)
    }),
    runs(300)
  )
})

test("Matrix: turning is clockwise on a screen, and quarter turns are exact", () => {
  expect(Matrix.apply(Matrix.rotation(90), { x: 1, y: 0 })).toEqual({ x: 0, y: 1 })
  expect(Matrix.apply(Matrix.rotation(-90, { x: 10, y: 10 }), { x: 10, y: 0 })).toEqual({ x: 0, y: 10 })
  expect(Matrix.invert([1, 2, 2, 4, 0, 0])).toBeUndefined()
})

test("Box: union holds both, intersection lies in both", () => {
  fc.assert(
    fc.property(box, box, (one, other) => {
      const hull = Box.expand(Box.union(one, other), 1e-9)
      expect(Box.contains(hull, one) && Box.contains(hull, other)).toBe(true)
      const common = Box.intersection(one, other)
      expect(common !== undefined).toBe(Box.intersects(one, other))
      if (common !== undefined) expect(Box.contains(Box.expand(one, 1e-9), common) && Box.contains(Box.expand(other, 1e-9), common)).toBe(true)
    }),
    runs(300)
  )
})

test("Outline: the bounds of a curve include its extremes and not its control points", () => {
  near(Outline.bounds(parsePathData("M0 0C0 40 30 40 30 0")), { x: 0, y: 0, width: 30, height: 30 })
  near(Outline.bounds(parsePathData("M0 0Q10 20 20 0")), { x: 0, y: 0, width: 20, height: 10 })
})

test("Outline: relative, short, repeated and packed path commands mean what SVG says", () => {
  const same = (one: string, other: string) => expect(parsePathData(one)).toEqual(parsePathData(other))
  same("m1 1 2 2 l-1,-1", "M1 1L3 3L2 2")
  same("M0 0h5v5H1V2z", "M0 0L5 0L5 5L1 5L1 2Z")
  same("M.5.5-1-1", "M.5 .5L-1 -1")
  same("M0 0c0 1 1 1 1 0s1-1 1 0", "M0 0C0 1 1 1 1 0C1 -1 2 -1 2 0")
  same("M0 0zl1 1", "M0 0zM0 0L1 1")
  same("M0 0a1 1 0 01 2 0", "M0 0A1 1 0 0 1 2 0")
  same("M0 0L5 5 9", "M0 0L5 5")
  same("M0 0L5 5X9 9", "M0 0L5 5")
  expect(parsePathData("L1 1").steps).toEqual([])
})

test("Outline: points of an arc are as far from the centre as its radius", () => {
  const lines = flatten(parsePathData("M10 0A10 10 0 1 1 0 -10"), 0.001)
  const numbers = lines.flatMap((line) => line.numbers)
  for (let index = 0; index < numbers.length; index += 2) expect(Math.hypot(numbers[index] ?? 0, numbers[index + 1] ?? 0)).toBeCloseTo(10, 1)
  near(Outline.bounds(parsePathData("M10 0A10 10 0 1 1 0 -10")), { x: -10, y: -10, width: 20, height: 20 })
})

test("Outline: flattened points lie in the exact bounds and reach them", () => {
  const number = fc.integer({ min: -50, max: 50 })
  fc.assert(
    fc.property(fc.array(number, { minLength: 6, maxLength: 6 }), (numbers) => {
      const outline = parsePathData(`M0 0C${numbers.join(" ")}`)
      const exact = Outline.bounds(outline)
      const flat = Outline.bounds(Outline.ofPoints(flatten(outline, 0.01).flatMap((line) => line.numbers), { closed: false }))
      if (exact === undefined || flat === undefined) throw new Error("nothing")
      expect(Box.contains(Box.expand(exact, 1e-6), flat)).toBe(true)
      expect(Math.max(exact.width - flat.width, exact.height - flat.height)).toBeLessThan(0.5)
    }),
    runs(300)
  )
})

test("Polyline: a hole counts by the fill rule", () => {
  const rings = flatten(parsePathData("M0 0h30v30h-30zM10 10h10v10h-10z"), 1)
  expect(covers(rings, { x: 15, y: 15 }, "evenodd")).toBe(false)
  expect(covers(rings, { x: 15, y: 15 }, "nonzero")).toBe(true)
  expect(covers(rings, { x: 5, y: 5 }, "evenodd")).toBe(true)
  expect(distanceTo(rings, { x: 40, y: 15 })).toBe(10)
  expect(distanceTo([], { x: 0, y: 0 })).toBe(Infinity)
})

test("Scene: rotation is about the centre of the box, and transform applies outside of it", () => {
  const turned = sceneOf(view("r", "rectangle", { x: 10, y: 20, width: 40, height: 20, rotation: 90, fill: "#ff0000" }))
  near(turned.get("r")?.bounds, { x: 20, y: 10, width: 20, height: 40 })
  const scaled = sceneOf(view("r", "rectangle", { x: 10, y: 20, width: 40, height: 20, transform: [2, 0, 0, 3, 1, 1], fill: "#ff0000" }))
  near(scaled.get("r")?.bounds, { x: 21, y: 61, width: 80, height: 60 })
})

test("Scene: children are in the coordinates of their parents, and a group is as large as they are", () => {
  const scene = sceneOf(
    view("g", "group", { x: 100, y: 0 }),
    view("h", "group", { x: 0, y: 100, transform: [2, 0, 0, 2, 0, 0] }, "g"),
    view("r", "rectangle", { x: 5, y: 5, width: 10, height: 10, fill: "#ff0000", stroke: "#000000", strokeWidth: 2 }, "h")
  )
  near(scene.get("r")?.bounds, { x: 108, y: 208, width: 24, height: 24 })
  near(scene.get("r")?.localBox, { x: 0, y: 0, width: 10, height: 10 })
  near(scene.get("h")?.localBox, { x: 5, y: 5, width: 10, height: 10 })
  near(scene.get("g")?.bounds, { x: 108, y: 208, width: 24, height: 24 })
  near(scene.get("g")?.localBox, { x: 10, y: 210, width: 20, height: 20 })
  near(scene.boundsOf(["g", "nobody"]), { x: 108, y: 208, width: 24, height: 24 })
  expect(scene.boundsOf([])).toBeUndefined()
})

test("Scene: a circle is hit inside of its edge, and one without a fill only on its stroke", () => {
  const circle = { x: 0, y: 0, width: 100, height: 100 }
  const filled = sceneOf(view("e", "ellipse", { ...circle, fill: "#ff0000" }))
  expect(ids(filled.at({ x: 50, y: 50 }, 0))).toEqual(["e"])
  expect(ids(filled.at({ x: 5, y: 5 }, 2))).toEqual([])
  const ring = sceneOf(view("e", "ellipse", { ...circle, stroke: "#ff0000", strokeWidth: 4 }))
  expect(ids(ring.at({ x: 50, y: 50 }, 3))).toEqual([])
  expect(ids(ring.at({ x: 1, y: 50 }, 0))).toEqual(["e"])
  expect(ids(ring.at({ x: 6, y: 50 }, 3))).toEqual([])
  expect(ids(ring.at({ x: 4.5, y: 50 }, 3))).toEqual(["e"])
})

test("Scene: a turned rectangle is hit where it is, not where its bounds are", () => {
  const scene = sceneOf(view("r", "rectangle", { x: 0, y: 40, width: 100, height: 20, rotation: 45, fill: "#ff0000" }))
  expect(ids(scene.at({ x: 50, y: 50 }, 0))).toEqual(["r"])
  expect(ids(scene.at({ x: 80, y: 80 }, 0))).toEqual(["r"])
  expect(ids(scene.at({ x: 80, y: 20 }, 1))).toEqual([])
})

test("Scene: round corners are outside, and tolerance is in page units at any scale", () => {
  const scene = sceneOf(view("r", "rectangle", { x: 0, y: 0, width: 100, height: 100, cornerRadius: 50, fill: "#ff0000", transform: [10, 0, 0, 10, 0, 0] }))
  expect(ids(scene.at({ x: 50, y: 50 }, 0))).toEqual([])
  expect(ids(scene.at({ x: 160, y: 160 }, 0))).toEqual(["r"])
  expect(ids(scene.at({ x: -3, y: 500 }, 2))).toEqual([])
  expect(ids(scene.at({ x: -3, y: 500 }, 4))).toEqual(["r"])
})

test("Scene: what a frame cuts off cannot be hit, and the topmost comes first", () => {
  const children = [
    view("f", "frame", { x: 0, y: 0, width: 100, height: 100 }),
    view("a", "rectangle", { x: 50, y: 50, width: 100, height: 100, fill: "#ff0000", orderKey: "a1" }, "f"),
    view("b", "rectangle", { x: 60, y: 60, width: 20, height: 20, fill: "#00ff00", orderKey: "a2" }, "f")
  ]
  const scene = sceneOf(...children)
  expect(ids(scene.at({ x: 70, y: 70 }, 0))).toEqual(["b", "a", "f"])
  expect(ids(scene.at({ x: 120, y: 120 }, 0))).toEqual([])
  expect(nodeOf(scene, "a").clipIds).toEqual(["f"])
  expect(ids(scene.inBox({ x: 110, y: 110, width: 5, height: 5 }))).toEqual([])
  expect(ids(scene.inBox({ x: 0, y: 0, width: 70, height: 70 }))).toEqual(["f", "a", "b"])
})

test("Scene: hidden objects are there but neither painted nor hit; deleted ones are not there", () => {
  const scene = sceneOf(
    view("g", "group", { visible: false, locked: true }),
    view("r", "rectangle", { width: 10, height: 10, fill: "#ff0000" }, "g"),
    view("d", "rectangle", { width: 10, height: 10, fill: "#ff0000", _deleted: true })
  )
  expect(nodeOf(scene, "r")).toMatchObject({ visible: false, locked: true })
  expect(ids(scene.inPaintOrder())).toEqual([])
  expect(ids(scene.at({ x: 5, y: 5 }, 1))).toEqual([])
  expect(ids(scene.childrenOf(null))).toEqual(["g"])
  expect(scene.get("d")).toBeUndefined()
})

test("Scene: geometry that no number can hold is not drawn and does no harm", () => {
  const huge = [1e200, 0, 0, 1e200, 0, 0]
  const scene = sceneOf(
    view("g", "group", { transform: huge }),
    view("r", "rectangle", { width: 1e200, height: 10, fill: "#ff0000", transform: huge }, "g"),
    view("s", "rectangle", { width: 10, height: 10, fill: "#ff0000" })
  )
  expect(ids(scene.at({ x: 5, y: 5 }, 1))).toEqual(["s"])
  near(scene.bounds, { x: 0, y: 0, width: 10, height: 10 })
})

test("Scene: a text stands on its anchor by alignment and baseline, line below line", () => {
  const text = (properties: Readonly<Record<string, Json>>) => {
    const scene = new Scene()
    scene.measureText((characters, { size }) => ({ width: characters.length * size, ascent: size, descent: 0 }))
    scene.update(fromViews([view("t", "text", { x: 100, y: 100, fontSize: 10, fill: "#000000", ...properties })]))
    return nodeOf(scene, "t")
  }
  near(text({ text: "abc" }).bounds, { x: 100, y: 90, width: 30, height: 10 })
  near(text({ text: "abc", textAlign: "center" }).bounds, { x: 85, y: 90, width: 30, height: 10 })
  near(text({ text: "abc", textAlign: "right", textBaseline: "text-before-edge" }).bounds, { x: 70, y: 100, width: 30, height: 10 })
  near(text({ text: "abc\nde", lineHeight: 2 }).bounds, { x: 100, y: 90, width: 30, height: 30 })
  near(text({ text: "" }).bounds, { x: 100, y: 90, width: 0, height: 10 })
  const spans = text({ textSpans: [{ text: "ab" }, { text: "c", fontSize: 20 }, { text: "d", x: 0, y: 50 }] }).text?.runs
  expect(spans?.map(({ x, y, width }) => [x, y, width])).toEqual([[0, 0, 20], [20, 0, 20], [0, 50, 10]])
})

test("Scene: an unchanged node stays the same object through updates of others", () => {
  const scene = sceneOf(view("a", "rectangle"), view("b", "rectangle"))
  const before = scene.get("a")
  scene.update(Document.empty.edit((draft) => draft.write("x", [{ path: "type", value: "rectangle" }], { timestamp: 1, clientId: "c", counter: 0 })), new Set(["x"]))
  expect(scene.get("a")).toBe(before)
})
