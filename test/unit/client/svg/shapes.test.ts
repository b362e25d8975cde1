import { expect, test } from "vitest"
import { objectsOf, propertiesOf, unsupportedIn } from "./svgFixture.ts"

test("SVG5: rect has a box, and radii that are completed and clamped as SVG does", () => {
  expect(propertiesOf(`<rect x="1" y="2" width="30" height="40" rx="5"/>`)).toMatchObject({
    x: 1,
    y: 2,
    width: 30,
    height: 40,
    cornerRadius: 5
  })
  expect(propertiesOf(`<rect width="30" height="40" rx="5" ry="6"/>`)).toMatchObject({
    x: 0,
    y: 0,
    cornerRadius: [5, 6]
  })
  expect(propertiesOf(`<rect width="30" height="40" ry="999"/>`)).toMatchObject({ cornerRadius: [15, 20] })
  expect(propertiesOf(`<rect width="30" height="40" rx="0" ry="5"/>`)).not.toHaveProperty("cornerRadius")
})

test("SVG5: circle and ellipse become the box around them", () => {
  expect(propertiesOf(`<circle cx="10" cy="20" r="3"/>`)).toMatchObject({ x: 7, y: 17, width: 6, height: 6 })
  expect(propertiesOf(`<ellipse cx="10" cy="20" rx="3" ry="4"/>`)).toMatchObject({ x: 7, y: 16, width: 6, height: 8 })
  expect(propertiesOf(`<ellipse rx="3"/>`)).toMatchObject({ x: -3, y: -3, width: 6, height: 6 })
})

test("SVG5: line, polyline and polygon keep their coordinates", () => {
  expect(propertiesOf(`<line x1="1" y1="2" x2="3.5"/>`)).toMatchObject({ x1: 1, y1: 2, x2: 3.5, y2: 0 })
  expect(propertiesOf(`<polyline points="0,0 10-5.5.5,1e1"/>`)).toMatchObject({
    points: [0, 0, 10, -5.5, 0.5, 10],
    closed: false
  })
  expect(propertiesOf(`<polygon points="0 0 1 1 2 0 7"/>`)).toMatchObject({ points: [0, 0, 1, 1, 2, 0], closed: true })
})

test("SVG5: path data is kept verbatim, up to the first mistake", () => {
  const valid = "M 1,2-3.5.5e1 l1 1 h2v-3 c1,1 2,2 3,3 s1 1 2 2q1 1 2 2t3 3a5 5 0 01.5.5 6 6 0 1 0 1 1zM0 0"
  expect(propertiesOf(`<path d="${valid}"/>`).d).toBe(valid)
  const cut = {
    "M1 1 L2 2 x": "M1 1 L2 2",
    "M1 1 L2": "M1 1",
    "M1 1z 5": "M1 1z ",
    "M1 1 L2 2 3 1e999": "M1 1 L2 2",
    "M1 1a5 5 0 2 1 1 1": "M1 1"
  }
  for (const [written, kept] of Object.entries(cut)) {
    expect(propertiesOf(`<path d="${written}"/>`).d).toBe(kept)
    expect(unsupportedIn(`<path d="${written}"/>`)).toEqual({ "invalid d": 1 })
  }
  expect(objectsOf(`<path d="L1 1"/><path/>`)).toEqual([])
})

test("SVG5: image keeps its box, its source and how it fits, and refuses sources that could run code", () => {
  expect(
    propertiesOf(`<image x="1" width="20" height="10" xlink:href="a.png" preserveAspectRatio="xMidYMid slice"/>`)
  ).toEqual({ x: 1, y: 0, width: 20, height: 10, src: "a.png", fit: "cover" })
  expect(propertiesOf(`<image width="1" height="1" href="data:image/png;base64,AA=="/>`)).toMatchObject({
    src: "data:image/png;base64,AA==",
    fit: "contain"
  })
  for (const href of [
    "javascript:alert(1)",
    " JaVaScRiPt:alert(1)",
    "data:text/html,x",
    "file:///etc/passwd",
    "java&#10;script:x",
    ""
  ]) {
    expect(propertiesOf(`<image width="1" height="1" href="${href}"/>`)).not.toHaveProperty("src")
  }
})
