import { Resvg } from "@resvg/resvg-js"
import { expect, test } from "vitest"
import { parseColour } from "../../../../packages/client/src/svg/Colour.ts"
import { namedColours } from "../../../../packages/client/src/svg/namedColours.ts"
import { drawing, objectsOf, propertiesOf, unsupportedIn } from "./svgFixture.ts"

const rect = (attributes: string) => `<rect width="1" height="1" ${attributes}/>`

test("SVG3: a leaf says its fill always, its stroke when it has one, and the rest when it is not the initial value", () => {
  expect(propertiesOf(rect(""))).toEqual({ x: 0, y: 0, width: 1, height: 1, fill: "#000000" })
  expect(propertiesOf(rect(`stroke="red"`))).toEqual({
    x: 0,
    y: 0,
    width: 1,
    height: 1,
    fill: "#000000",
    stroke: "#ff0000",
    strokeWidth: 1
  })
  const all = `fill="#abc" fill-opacity=".5" fill-rule="evenodd" stroke="rgb(1,2,3)" stroke-opacity="50%" stroke-width="2" stroke-linecap="round"
    stroke-linejoin="bevel" stroke-miterlimit="9" stroke-dasharray="1, 2 3" stroke-dashoffset="4"`
  expect(propertiesOf(rect(all))).toMatchObject({
    fill: "#aabbcc",
    fillOpacity: 0.5,
    fillRule: "evenodd",
    stroke: "#010203",
    strokeOpacity: 0.5,
    strokeWidth: 2,
    strokeCap: "round",
    strokeJoin: "bevel",
    strokeMiterLimit: 9,
    strokeDash: [1, 2, 3],
    strokeDashOffset: 4
  })
})

test("SVG3: inherited style is written on leaves and never on groups", () => {
  const [group, leaf] = objectsOf(
    `<g fill="red" stroke="blue" stroke-width="3" style="stroke-linecap:square">${rect(`fill="lime"`)}</g>`
  )
  expect(group?.properties).toEqual({})
  expect(leaf?.properties).toMatchObject({ fill: "#00ff00", stroke: "#0000ff", strokeWidth: 3, strokeCap: "square" })
})

test("SVG3: style wins over presentation attributes, important or not, with comments and data URLs in it", () => {
  expect(propertiesOf(rect(`style="fill : RED !important;; /* fill:blue; */ stroke:#0F0" fill="blue"`))).toMatchObject({
    fill: "#ff0000",
    stroke: "#00ff00"
  })
  expect(propertiesOf(rect(`style="cursor:url(data:image/png;base64,AA==),auto;fill:red"`)).fill).toBe("#ff0000")
})

test("SVG3: inherit, initial and unset", () => {
  expect(
    objectsOf(`<g fill="red">${rect(`fill="inherit"`)}${rect(`fill="initial"`)}${rect(`fill="unset"`)}</g>`)
      .slice(1)
      .map(({ properties }) => properties.fill)
  ).toEqual(["#ff0000", "#000000", "#ff0000"])
})

test("SVG3: opacity does not inherit and stays on the group", () => {
  const [group, leaf] = objectsOf(`<g opacity="0.25">${rect("")}</g>`)
  expect(group?.properties).toEqual({ opacity: 0.25 })
  expect(leaf?.properties).not.toHaveProperty("opacity")
  expect(propertiesOf(rect(`opacity="7"`))).not.toHaveProperty("opacity")
})

test("SVG3: currentColor is the colour of the painted element, black by default", () => {
  expect(propertiesOf(rect(`fill="currentColor"`)).fill).toBe("#000000")
  expect(propertiesOf(`<g color="red" fill="currentColor">${rect("")}</g>`).fill).toBe("#ff0000")
  expect(propertiesOf(`<g color="red" fill="currentColor">${rect(`color="lime"`)}</g>`).fill).toBe("#00ff00")
})

test("SVG3: alpha of a colour goes into the opacity of its paint", () => {
  expect(propertiesOf(rect(`fill="rgba(255,0,0,0.5)" fill-opacity="0.5"`))).toMatchObject({
    fill: "#ff0000",
    fillOpacity: 0.25
  })
  expect(propertiesOf(rect(`stroke="#f008" fill="transparent"`))).toMatchObject({
    fill: "none",
    strokeOpacity: 0x88 / 255
  })
})

test("SVG3: visibility inherits and can be taken back, display none hides the object that has it", () => {
  const hidden = (body: string) => objectsOf(body).map(({ properties }) => properties.visible)
  expect(hidden(`<g visibility="hidden">${rect("")}${rect(`visibility="visible"`)}</g>`)).toEqual([
    undefined,
    false,
    undefined
  ])
  expect(hidden(`<g display="none">${rect("")}</g>`)).toEqual([false, undefined])
  expect(hidden(rect(`style="display:none"`))).toEqual([false])
})

test("SVG3: blend modes are taken over", () => {
  expect(propertiesOf(rect(`style="mix-blend-mode:multiply"`)).blendMode).toBe("multiply")
  expect(propertiesOf(rect(`style="mix-blend-mode:normal"`))).not.toHaveProperty("blendMode")
})

test("SVG3: a value that is none leaves the inherited one and is named", () => {
  const body = `<g fill="red">${rect(`fill="banana" stroke-width="-1" opacity="x" stroke-dasharray="1 -1" fill-rule="odd"`)}</g>`
  expect(propertiesOf(body)).toMatchObject({ fill: "#ff0000" })
  expect(unsupportedIn(body)).toEqual({
    "invalid fill": 1,
    "invalid stroke-width": 1,
    "invalid opacity": 1,
    "invalid stroke-dasharray": 1,
    "invalid fill-rule": 1
  })
})

test("SVG3: every notation of a colour", () => {
  const cases: Readonly<Record<string, readonly [string, number]>> = {
    "#F80": ["#ff8800", 1],
    "#f80c": ["#ff8800", 0.8],
    "#ff880080": ["#ff8800", 128 / 255],
    "rgb(255, 136, 0)": ["#ff8800", 1],
    "rgb(100% 50% 0%)": ["#ff8000", 1],
    "rgb(300 -5 0 / 25%)": ["#ff0000", 0.25],
    "rgba(255,136,0,.5)": ["#ff8800", 0.5],
    "hsl(32, 100%, 50%)": ["#ff8800", 1],
    "hsla(-120deg 100% 25% / 0.5)": ["#000080", 0.5],
    "hsl(0.5turn 100% 50%)": ["#00ffff", 1],
    transparent: ["#000000", 0],
    "  RebeccaPurple ": ["#663399", 1]
  }
  for (const [text, [hex, alpha]] of Object.entries(cases))
    expect(parseColour(text), text).toEqual({ hex, alpha: expect.closeTo(alpha, 9) })
  for (const text of [
    "",
    "#",
    "#12345",
    "#ggg",
    "rgb()",
    "rgb(1,2)",
    "rgb(1,2,3,4,5)",
    "hsl(1,2,3)",
    "oklch(1 0 0)",
    "constructor",
    "1e999"
  ]) {
    expect(parseColour(text), text).toBeUndefined()
  }
})

test("SVG3: the colour names agree with another implementation", { timeout: 60_000 }, () => {
  expect(namedColours.size).toBe(148)
  for (const [name, hex] of namedColours) {
    if (name === "rebeccapurple") continue // Newer than that implementation.
    const { pixels } = new Resvg(drawing(`<rect width="100" height="100" fill="${name}"/>`), {
      fitTo: { mode: "width", value: 1 }
    }).render()
    expect(`#${Buffer.from(pixels.subarray(0, 3)).toString("hex")}`, name).toBe(hex)
  }
})

test("SVG4: units count at 96 pixels per inch, per cent by the viewport, em by the font", () => {
  const width = (text: string) => propertiesOf(`<rect font-size="20" height="1" width="${text}"/>`).width
  const cases = {
    "5": 5,
    "5px": 5,
    "3pt": 4,
    "2pc": 32,
    "1in": 96,
    "25.4mm": 96,
    "2.54cm": 96,
    "101.6q": 96,
    "10%": 10,
    "2em": 40,
    "2ex": 20,
    "1rem": 16,
    "1e1": 10,
    ".5em": 10,
    "+2": 2
  }
  for (const [text, pixels] of Object.entries(cases)) expect(width(text), text).toBeCloseTo(pixels, 9)
  for (const text of ["5furlong", "x", "1e999", "NaN", "Infinity", "--5", "5 5", "-1"]) {
    expect(objectsOf(`<rect height="1" width="${text}"/>`), text).toEqual([])
    expect(unsupportedIn(`<rect height="1" width="${text}"/>`), text).toEqual({ "invalid width": 1, "empty <rect>": 1 })
  }
})

test("SVG4: per cent of the diagonal for radii and stroke widths, of the view box where there is one", () => {
  const body = `<svg width="100" height="100" viewBox="0 0 30 40"><circle r="10%" stroke="red" stroke-width="20%"/></svg>`
  const diagonal = Math.hypot(30, 40) / Math.SQRT2
  expect(propertiesOf(body).width).toBeCloseTo(diagonal * 0.2, 9)
  expect(propertiesOf(body).strokeWidth).toBeCloseTo(diagonal * 0.2, 9)
})
