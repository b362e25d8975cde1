import { expect, test } from "vitest"
import { importSvg, SvgInvalid } from "../../../../packages/client/src/svg/index.ts"
import { drawing, imported, objectsOf, propertiesOf, unsupportedIn } from "./svgFixture.ts"

test("SVG1: one frame of the drawing's size holds everything, parents before children, siblings in paint order", () => {
  const { objects } = imported(drawing(`<g id="a"><rect width="1" height="1"/><g><line x2="1"/></g></g><circle r="2"/>`))
  expect(objects.map(({ type, parentId }) => [type, parentId])).toEqual([
    ["frame", null],
    ["group", "o0"],
    ["rectangle", "o1"],
    ["group", "o1"],
    ["line", "o3"],
    ["ellipse", "o0"]
  ])
  expect(objects[0]?.properties).toEqual({
    name: "Drawing",
    x: 0,
    y: 0,
    width: 100,
    height: 100,
    fill: "none",
    clip: true
  })
})

test("SVG1: the caller names the parent and the frame, else the drawing's title does", () => {
  const source = drawing("<title> A  small\nhouse </title>")
  const newId = () => "id"
  expect(importSvg(source, { newId }).objects[0]?.properties.name).toBe("A small house")
  const [frame] = importSvg(source, { newId, name: "Mine\0", parentId: "page-1" }).objects
  expect([frame?.properties.name, frame?.parentId]).toEqual(["Mine", "page-1"])
})

test("SVG1: objects are named by title, else by the editor's label, else by id", () => {
  const names = objectsOf(`
    <g id="i" inkscape:label="l"><title>t</title></g>
    <g id="i" inkscape:label="l"/>
    <g id="i"/>
    <g/>`)
  expect(names.map(({ properties }) => properties.name)).toEqual(["t", "l", "i", undefined])
})

test("SVG1: prefixed names of the SVG namespace are SVG, names of other namespaces are ignored", () => {
  const { objects, unsupported } = imported(`<?xml version="1.0"?>
    <s:svg xmlns:s="http://www.w3.org/2000/svg" xmlns="http://www.w3.org/1999/xhtml" xmlns:x="urn:x" s:width="10">
      <x:view a="1"><s:rect width="1" height="1"/></x:view><p>text</p><s:rect width="1" height="1" x:y="z"/>
    </s:svg>`)
  expect(objects.map(({ type }) => type)).toEqual(["frame", "rectangle"])
  expect(unsupported).toEqual([])
})

test("SVG7: a view box that is not the box itself becomes a group with the matrix", () => {
  const matrixOf = (attributes: string) =>
    imported(`<svg xmlns="http://www.w3.org/2000/svg" ${attributes}><rect width="1" height="1"/></svg>`)
      .objects.filter(({ type }) => type === "group")
      .map(({ properties }) => properties.transform)
  expect(matrixOf(`viewBox="0 0 24 24"`)).toEqual([])
  expect(matrixOf(`width="24" height="24" viewBox="0 0 24 24"`)).toEqual([])
  expect(matrixOf(`width="48" height="48" viewBox="-12 -12 24 24"`)).toEqual([[2, 0, 0, 2, 24, 24]])
  expect(matrixOf(`width="48" height="24" viewBox="0 0 24 24"`)).toEqual([[1, 0, 0, 1, 12, 0]])
  expect(matrixOf(`width="48" height="24" viewBox="0 0 24 24" preserveAspectRatio="xMaxYMin"`)).toEqual([
    [1, 0, 0, 1, 24, 0]
  ])
  expect(matrixOf(`width="48" height="24" viewBox="0 0 24 24" preserveAspectRatio="xMidYMid slice"`)).toEqual([
    [2, 0, 0, 2, 0, -12]
  ])
  expect(matrixOf(`width="48" height="24" viewBox="0 0 24 24" preserveAspectRatio="none"`)).toEqual([[2, 0, 0, 1, 0, 0]])
})

test("SVG7: a drawing without width or height takes its size from the view box, else 300 by 150", () => {
  const sizeOf = (attributes: string) => {
    const frame = imported(`<svg ${attributes}/>`).objects[0]?.properties
    return [frame?.width, frame?.height]
  }
  expect(sizeOf("")).toEqual([300, 150])
  expect(sizeOf(`viewBox="0 0 20 10"`)).toEqual([20, 10])
  expect(sizeOf(`viewBox="0 0 20 10" width="100%" height="100%"`)).toEqual([20, 10])
  expect(sizeOf(`viewBox="0 0 20 10" width="1in"`)).toEqual([96, 48])
  expect(sizeOf(`viewBox="0 0 0 10" width="7" height="-3"`)).toEqual([7, 3.5])
})

test("SVG7: use becomes a group around a copy that inherits from the use", () => {
  const objects = objectsOf(`
    <defs fill="blue"><g id="pair"><rect id="r" width="1" height="1"/><circle r="1" fill="lime"/></g></defs>
    <use href="#pair" x="5" y="6" fill="red" opacity="0.5"/>
    <use xlink:href="#r" transform="scale(2)" y="1"/>`)
  expect(
    objects.map(({ id, type, parentId, properties: { fill, opacity, transform } }) => [
      id,
      type,
      parentId,
      fill,
      opacity,
      transform
    ])
  ).toEqual([
    ["o1", "group", "o0", undefined, 0.5, [1, 0, 0, 1, 5, 6]],
    ["o2", "group", "o1", undefined, undefined, undefined],
    ["o3", "rectangle", "o2", "#ff0000", undefined, undefined],
    ["o4", "ellipse", "o2", "#00ff00", undefined, undefined],
    ["o5", "group", "o0", undefined, undefined, [2, 0, 0, 2, 0, 2]],
    ["o6", "rectangle", "o5", "#000000", undefined, undefined]
  ])
})

test("SVG7: a symbol becomes a clipping frame of the size the use gives it", () => {
  const objects = objectsOf(`
    <symbol id="s" viewBox="0 0 10 10"><rect width="50%" height="100%"/></symbol>
    <use href="#s" x="1" width="20" height="20"/>`)
  expect(objects.map(({ type }) => type)).toEqual(["group", "frame", "group", "rectangle"])
  expect(objects[1]?.properties).toMatchObject({ x: 0, y: 0, width: 20, height: 20, clip: true })
  expect(objects[2]?.properties.transform).toEqual([2, 0, 0, 2, 0, 0])
  expect(objects[3]?.properties).toMatchObject({ width: 5, height: 10 })
})

test("SVG7: a nested svg becomes a frame that clips unless its overflow is visible", () => {
  const [frame] = objectsOf(
    `<svg x="1" y="2" width="50%" height="20" overflow="visible"><rect width="10%" height="1"/></svg>`
  )
  expect(frame).toMatchObject({ type: "frame", properties: { x: 1, y: 2, width: 50, height: 20, clip: false } })
  expect(propertiesOf(`<svg width="50"><rect width="10%" height="1"/></svg>`).width).toBe(5)
})

test("SVG7: a use of itself, of something missing or of another document is named and draws nothing", () => {
  expect(objectsOf(`<use id="u" href="#u"/><use href="#none"/><use href="a.svg#b"/><use/>`)).toEqual([])
  const body = `<g id="a"><use href="#b"/></g><g id="b"><use href="#a"/></g><use href="#none"/><use href="a.svg#b"/>`
  expect(unsupportedIn(body)).toEqual({
    "<use> of itself": 2,
    "<use> of a missing element": 1,
    "<use> of another document": 1
  })
})

test("SVG7: a switch draws the first child it may", () => {
  const objects = objectsOf(
    `<switch><foreignObject/><g requiredExtensions="x"/><text systemLanguage="de">a</text><rect width="1" height="1"/><circle r="1"/></switch>`
  )
  expect(objects.map(({ type }) => type)).toEqual(["group", "rectangle"])
})

test("SVG9: what is not an SVG drawing is refused in one line", () => {
  const sources = [
    "",
    "  ",
    "hello",
    "<html><svg/></html>",
    "<svg",
    "<svg>",
    "<svg></g></svg>",
    "<svg/><svg/>",
    "<svg a=1/>",
    "{}",
    `<svg xmlns="urn:x"/>`
  ]
  for (const source of sources) {
    expect(() => imported(source), source).toThrow(SvgInvalid)
    expect(() => imported(source), source).toThrow(/^[^\n]+$/)
  }
})
