import { DesignObject, type Json, localMatrixOf, Stamp } from "@easel/document"
import * as fc from "fast-check"
import { expect, test } from "vitest"
import { transformObject } from "../../../packages/editor/src/model/transformObject.ts"
import * as Matrix from "../../../packages/editor/src/scene/Matrix.ts"
import { shortcutFor, shortcuts } from "../../../packages/editor/src/tools/shortcuts.ts"
import { stretchTo } from "../../../packages/editor/src/tools/ResizeGesture.ts"
import { runs } from "../../harness/arbitraries.ts"

const object = (properties: Readonly<Record<string, Json>>): DesignObject =>
  new DesignObject("o", Object.keys(properties), Object.values(properties), Stamp.zero)

const angle = fc.integer({ min: -180, max: 180 })
const length = fc.integer({ min: -300, max: 300 })
const factor = fc.oneof(fc.integer({ min: 2, max: 20 }), fc.integer({ min: -20, max: -2 })).map((tenths) => tenths / 10)

const map = fc.oneof(
  fc.tuple(length, length).map(([x, y]) => Matrix.translation(x, y)),
  fc.tuple(angle, length).map(([degrees, x]) => Matrix.rotation(degrees, { x, y: 20 })),
  fc.tuple(factor, factor).map(([x, y]): Matrix.Matrix => [x, 0, 0, y, 5, 7]),
  fc.tuple(factor, angle).map(([by, degrees]) => Matrix.multiply(Matrix.rotation(degrees), Matrix.scaling(by, by)))
)

const placed = fc.record({
  x: length,
  y: length,
  rotation: angle,
  transform: fc.option(fc.constant([1.5, 0.2, -0.1, 1, 4, 5]), { nil: undefined })
})

const look = fc.oneof(
  fc.constant({ type: "rectangle", width: 60, height: 40 }),
  fc.constant({ type: "frame", width: 60, height: 40 }),
  fc.constant({ type: "line", x1: 5, y1: 6, x2: 70, y2: -20 }),
  fc.constant({ type: "polygon", points: [0, 0, 50, 10, 20, 60], closed: true }),
  fc.constant({ type: "path", d: "M0 0L10 10" }),
  fc.constant({ type: "group" }),
  fc.constant({ type: "text", text: "Hi", fontSize: 20 })
)

/** Points that say where an object is: corners of boxes, ends, a unit of whatever has no size of its own. */
const marksOf = (one: DesignObject): ReadonlyArray<{ readonly x: number; readonly y: number }> => {
  const number = (path: string) => Number(one.get(path) ?? 0)
  const points = one.get("points")
  if (one.type === "line") return [{ x: number("x1"), y: number("y1") }, { x: number("x2"), y: number("y2") }]
  if (Array.isArray(points)) return [0, 2, 4].map((index) => ({ x: Number(points[index]), y: Number(points[index + 1]) }))
  const [width, height] = one.type === "text" ? [number("fontSize"), number("fontSize")] : [one.get("width") === undefined ? 10 : number("width"), one.get("height") === undefined ? 10 : number("height")]
  return [{ x: 0, y: 0 }, { x: width, y: 0 }, { x: width, y: height }, { x: 0, y: height }]
}

/** Without an order: a mirrored box has its corners the other way round. */
const centreAndReach = (points: ReadonlyArray<{ readonly x: number; readonly y: number }>) => {
  const xs = points.map(({ x }) => x)
  const ys = points.map(({ y }) => y)
  return [Math.min(...xs), Math.max(...xs), Math.min(...ys), Math.max(...ys)]
}

test("an object to which a map was applied is where the map brings it, whatever it is and however it is turned", () => {
  fc.assert(
    fc.property(look, placed, map, (look, { transform, ...place }, map) => {
      const before = object({ ...look, ...place, ...(transform === undefined ? {} : { transform }) })
      const changes = transformObject(before, map)
      const after = object({ ...Object.fromEntries(before.paths.map((path) => [path, before.get(path) ?? null])), ...changes })
      const wanted = centreAndReach(marksOf(before).map((mark) => Matrix.apply(map, Matrix.apply(localMatrixOf(before), mark))))
      const found = centreAndReach(marksOf(after).map((mark) => Matrix.apply(localMatrixOf(after), mark)))
      for (const [index, value] of wanted.entries()) expect(found[index]).toBeCloseTo(value, 1)
    }),
    runs(2_000)
  )
})

test("shifts stay in x and y, turns in rotation, stretches in the size", () => {
  const box = object({ type: "rectangle", x: 10, y: 10, width: 100, height: 50 })
  expect(transformObject(box, Matrix.translation(5, 0))).toEqual({ x: 15 })
  expect(transformObject(box, Matrix.rotation(90, { x: 60, y: 35 }))).toEqual({ rotation: 90 })
  expect(transformObject(box, [2, 0, 0, 1, -10, 0])).toEqual({ width: 200 })
  expect(transformObject(box, [-1, 0, 0, 1, 0, 0])).toEqual({ x: -110 })
  expect(transformObject(object({ type: "text", x: 0, y: 0, fontSize: 10 }), Matrix.scaling(2, 2))).toEqual({ fontSize: 20 })
  expect(transformObject(object({ type: "path", d: "M0 0" }), Matrix.scaling(2, 3))).toEqual({ transform: [2, 0, 0, 3, 0, 0] })
})

test("nothing is stretched to nothing, and what has no extent is not stretched at all", () => {
  const box = { x: 0, y: 0, width: 100, height: 0 }
  const how = { fromCentre: false, keepsProportions: false }
  expect(stretchTo({ box }, { x: 1, y: 1 }, { x: 0, y: 40 }, how)).toEqual([0.01, 0, 0, 1, 0, 0])
  expect(stretchTo({ box }, { x: -1, y: 0 }, { x: 50, y: 0 }, how)).toEqual([0.5, 0, 0, 1, 50, 0])
})

test("shortcuts: the same keys on every keyboard, and none twice", () => {
  const press = (key: string, more: Partial<Parameters<typeof shortcutFor>[0]> = {}) =>
    shortcutFor({ key, code: "", shiftKey: false, altKey: false, ctrlKey: false, metaKey: false, ...more })?.label
  expect([press("r"), press("R"), press("v")]).toEqual(["Rectangle", "Rectangle", "Select"])
  expect([press("z", { ctrlKey: true }), press("Z", { metaKey: true, shiftKey: true }), press("y", { ctrlKey: true })]).toEqual(["Undo", "Redo", "Redo"])
  expect([press("!", { code: "Digit1", shiftKey: true }), press("\"", { code: "Digit2", shiftKey: true })]).toEqual(["Zoom to fit", "Zoom to selection"])
  expect([press("?", { shiftKey: true }), press("+", { ctrlKey: true, shiftKey: true }), press("-", { ctrlKey: true })]).toEqual(["Keyboard shortcuts", "Zoom in", "Zoom out"])
  expect([press("ArrowLeft"), press("ArrowLeft", { shiftKey: true }), press("Tab", { shiftKey: true })]).toEqual(["Move by 1 to the left", "Move by 10 to the left", "Select previous"])
  expect([press("]"), press("]", { ctrlKey: true }), press("Backspace")]).toEqual(["Bring to front", "Bring forward", "Delete"])
  expect([press("c", { ctrlKey: true }), press("r", { ctrlKey: true }), press("r", { altKey: true })]).toEqual([undefined, undefined, undefined])
  const all = shortcuts.flatMap(({ also = [], keys }) => [keys, ...also])
  expect(new Set(all).size).toBe(all.length)
})
