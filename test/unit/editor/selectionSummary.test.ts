/** What selected objects have in common. */
import { fromViews, type Json, type ObjectView } from "@easel/document"
import { expect, it } from "vitest"
import { mixed, sameSummary, selectionSummary } from "../../../packages/editor/src/shell/properties/selectionSummary.ts"

const summaryOf = (...objects: ReadonlyArray<Readonly<Record<string, Json>> & { readonly type: string }>) => {
  const views = objects.map((object, index): ObjectView => ({ ...object, id: String(index), parentId: null, orderKey: `a${index}` }))
  const document = fromViews(views)
  return selectionSummary(views.map(({ id }) => id), (id) => {
    const object = document.get(id)
    return object === undefined ? undefined : { object, localBox: { x: object.type === "text" ? -2 : 0, y: 0, width: 30, height: 20 } }
  })
}

const rectangle = { type: "rectangle", x: 1, y: 2, width: 3, height: 4, fill: "#ff0000" }

it("one object is as it is, and what it does not say has its default", () => {
  expect(summaryOf(rectangle)).toMatchObject({
    title: "Rectangle",
    x: { value: 1 },
    width: { value: 3 },
    fill: { value: "#ff0000" },
    stroke: { value: "none" },
    opacity: { value: 1 },
    rotation: { value: 0 },
    hasWidth: true,
    hasCorners: true,
    isText: false
  })
})

it("of several objects what differs is mixed", () => {
  expect(summaryOf(rectangle, { ...rectangle, x: 9 }, { ...rectangle, type: "ellipse" })).toMatchObject({
    title: "3 objects",
    x: mixed,
    y: { value: 2 },
    hasCorners: false
  })
})

it("a value that reads like the mark for mixed is not taken for it", () => {
  expect(summaryOf({ type: "text", text: "mixed", x: 5 })).toMatchObject({ text: { value: "mixed" }, x: { value: 3 }, isText: true, hasWidth: false })
})

it("a paint that is no colour, and a corner per side, are told as such", () => {
  expect(summaryOf({ ...rectangle, fill: { type: "linear" }, cornerRadius: [4, 8] })).toMatchObject({
    fill: { value: "other" },
    cornerRadius: { value: 4 }
  })
})

it("nothing selected, or only what is not there, has no summary", () => {
  expect(summaryOf()).toBeUndefined()
  expect(selectionSummary(["gone"], () => undefined)).toBeUndefined()
})

it("two summaries are the same when they show the same", () => {
  expect(sameSummary(summaryOf(rectangle), summaryOf(rectangle))).toBe(true)
  expect(sameSummary(summaryOf(rectangle), summaryOf({ ...rectangle, x: 2 }))).toBe(false)
  expect(sameSummary(summaryOf(rectangle), undefined)).toBe(false)
  expect(sameSummary(undefined, undefined)).toBe(true)
})
