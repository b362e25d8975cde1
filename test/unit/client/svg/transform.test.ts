import * as fc from "fast-check"
import { expect, test } from "vitest"
import { parseTransform } from "../../../../packages/client/src/svg/Transform.ts"
import { objectsOf, propertiesOf, unsupportedIn } from "./svgFixture.ts"

test("SVG2: every function of the grammar, and lists with every separator", () => {
  const half = Math.SQRT1_2
  const cases: ReadonlyArray<readonly [string, ReadonlyArray<number>]> = [
    ["", [1, 0, 0, 1, 0, 0]],
    ["none", [1, 0, 0, 1, 0, 0]],
    ["matrix(1,2 3,4-5.5.5)", [1, 2, 3, 4, -5.5, 0.5]],
    ["translate(3)", [1, 0, 0, 1, 3, 0]],
    ["translate( 3 , -4e1 )", [1, 0, 0, 1, 3, -40]],
    ["scale(2)", [2, 0, 0, 2, 0, 0]],
    ["scale(2 3)", [2, 0, 0, 3, 0, 0]],
    ["rotate(90)", [0, 1, -1, 0, 0, 0]],
    ["rotate(-90 10 20)", [0, -1, 1, 0, -10, 30]],
    ["rotate(45)", [half, half, -half, half, 0, 0]],
    ["skewX(45)", [1, 0, 1, 1, 0, 0]],
    ["skewY(45)", [1, 1, 0, 1, 0, 0]],
    ["translate(1 2)scale(3),translate(4 5)\n\tscale ( .5 )", [1.5, 0, 0, 1.5, 13, 17]]
  ]
  for (const [text, matrix] of cases) {
    const parsed = parseTransform(text) ?? []
    expect(parsed.length, text).toBe(6)
    matrix.forEach((value, index) => expect(parsed[index], text).toBeCloseTo(value, 12))
  }
})

test("SVG2: a single matrix and quarter turns keep their numbers exactly", () => {
  expect(parseTransform("matrix(0.1 0.2 0.3 0.7 1e-9 -0)")).toEqual([0.1, 0.2, 0.3, 0.7, 1e-9, 0])
  expect(parseTransform("rotate(-630)")).toEqual([0, 1, -1, 0, 0, 0])
})

test("SVG2: a mistake anywhere makes the attribute no transform, and is named", () => {
  for (const text of [
    "foo(1)",
    "scale",
    "scale()",
    "scale(1 2 3)",
    "scale(1) x",
    "rotate(1 2)",
    "matrix(1 2 3 4 5)",
    "scale(1e999)",
    "scale(1e300)scale(1e300)",
    "translate(NaN)",
    "scale(1,,2)",
    "scale(1))"
  ]) {
    expect(parseTransform(text), text).toBeUndefined()
    expect(unsupportedIn(`<g transform="${text}"/>`), text).toEqual({ "invalid transform": 1 })
  }
})

test("SVG2: a pure translation moves rectangles, ellipses, texts and images", () => {
  const move = `transform="translate(10 20)"`
  expect(propertiesOf(`<rect x="1" width="1" height="1" ${move}/>`)).toMatchObject({ x: 11, y: 20 })
  expect(propertiesOf(`<circle r="1" ${move}/>`)).toMatchObject({ x: 9, y: 19 })
  expect(propertiesOf(`<text x="1" y="2" ${move}>a</text>`)).toMatchObject({ x: 11, y: 22 })
  expect(propertiesOf(`<image href="a" width="1" height="1" ${move}/>`)).toMatchObject({ x: 10, y: 20 })
  for (const body of [`<rect width="1" height="1" ${move}/>`, `<text ${move}>a</text>`])
    expect(propertiesOf(body)).not.toHaveProperty("transform")
})

test("SVG2: a translation that a double cannot add exactly stays a matrix, as do those of paths, lines and groups", () => {
  expect(propertiesOf(`<rect x="0.1" width="1" height="1" transform="translate(0.2 0)"/>`)).toMatchObject({
    x: 0.1,
    transform: [1, 0, 0, 1, 0.2, 0]
  })
  for (const body of [`<path d="M0 0"/>`, `<line x2="1"/>`, `<polygon points="0 0"/>`, `<g/>`]) {
    const moved = body.replace("/>", ` transform="translate(1 2)"/>`)
    expect(propertiesOf(moved).transform, body).toEqual([1, 0, 0, 1, 1, 2])
  }
  expect(propertiesOf(`<rect width="1" height="1" transform="scale(2)"/>`)).toMatchObject({
    x: 0,
    y: 0,
    transform: [2, 0, 0, 2, 0, 0]
  })
})

test("SVG2: transforms stay on the element that has them", () => {
  const transforms = objectsOf(`<g transform="scale(2)"><g><path transform="rotate(90)" d="M0 0"/></g></g>`).map(
    ({ properties }) => properties.transform
  )
  expect(transforms).toEqual([[2, 0, 0, 2, 0, 0], undefined, [0, 1, -1, 0, 0, 0]])
})

test("SVG2: a list maps points as its functions do one after another, the last first", () => {
  const number = fc.integer({ min: -50, max: 50 }).map((value) => value / 8)
  const step = fc.oneof(
    fc
      .tuple(number, number)
      .map(([x, y]) => ({ text: `translate(${x} ${y})`, map: (p: Point): Point => [p[0] + x, p[1] + y] })),
    fc
      .tuple(number, number)
      .map(([x, y]) => ({ text: `scale(${x},${y})`, map: (p: Point): Point => [p[0] * x, p[1] * y] })),
    number.map((angle) => ({ text: `rotate(${angle})`, map: (p: Point) => rotate(p, angle) })),
    number.map((angle) => ({
      text: `skewX(${angle})`,
      map: (p: Point): Point => [p[0] + p[1] * Math.tan((angle * Math.PI) / 180), p[1]]
    })),
    number.map((angle) => ({
      text: `skewY(${angle})`,
      map: (p: Point): Point => [p[0], p[1] + p[0] * Math.tan((angle * Math.PI) / 180)]
    }))
  )
  fc.assert(
    fc.property(fc.array(step, { maxLength: 6 }), fc.tuple(number, number), (steps, point) => {
      const [a, b, c, d, e, f] = parseTransform(steps.map(({ text }) => text).join(" ")) ?? [Number.NaN, 0, 0, 0, 0, 0]
      const [x, y] = steps.reduceRight<Point>((moved, { map }) => map(moved), point)
      const scale = 1 + Math.abs(x) + Math.abs(y)
      expect((a * point[0] + c * point[1] + e - x) / scale).toBeCloseTo(0, 8)
      expect((b * point[0] + d * point[1] + f - y) / scale).toBeCloseTo(0, 8)
    })
  )
})

type Point = readonly [number, number]

const rotate = ([x, y]: Point, degrees: number): Point => {
  const angle = (degrees * Math.PI) / 180
  return [x * Math.cos(angle) - y * Math.sin(angle), x * Math.sin(angle) + y * Math.cos(angle)]
}
