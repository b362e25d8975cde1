import { expect, test } from "vitest"
import { propertiesOf, unsupportedIn } from "./svgFixture.ts"

test("SVG6: a uniform text is one object with its anchor on the baseline", () => {
  const font = `font-family="'A B', serif" font-size="2em" font-weight="bold" font-style="italic" text-anchor="middle" letter-spacing="2"`
  expect(propertiesOf(`<text x="10" y="20" dx="1" ${font} text-decoration="underline">Hi</text>`)).toEqual({
    text: "Hi",
    x: 11,
    y: 20,
    fill: "#000000",
    fontFamily: "'A B', serif",
    fontSize: 32,
    fontWeight: 700,
    fontStyle: "italic",
    textAlign: "center",
    letterSpacing: 2,
    textDecoration: "underline"
  })
})

test("SVG6: white space collapses across spans and stays where the text preserves it", () => {
  const text = (body: string) => propertiesOf(body).text
  expect(text(`<text>\n  a \t b <tspan> c</tspan> <tspan>d </tspan> </text>`)).toBe("a b c d")
  expect(text(`<text xml:space="preserve"> a  b\n</text>`)).toBe(" a  b ")
  expect(text(`<text style="white-space:pre">a  <tspan>b</tspan></text>`)).toBe("a  b")
  expect(text(`<text><tspan>a</tspan> <tspan>b</tspan></text>`)).toBe("a b")
  expect(text(`<text>a<!-- not a break -->b</text>`)).toBe("ab")
})

test("SVG6: a text whose only span has the position is that span", () => {
  const properties = propertiesOf(
    `<text x="1" y="1" fill="red"><tspan x="10" y="20" fill="blue" font-size="8">a</tspan></text>`
  )
  expect(properties).toMatchObject({ text: "a", x: 10, y: 20, fill: "#0000ff", fontSize: 8 })
  expect(properties).not.toHaveProperty("textSpans")
})

test("SVG6: several spans say how they differ, and where they stand relative to the object", () => {
  const properties = propertiesOf(`
    <text x="10" y="20" font-size="10" font-weight="bold" fill-opacity="0.5">one<tspan x="10" dy="12" fill="red">two</tspan><tspan
      x="15" y="50" font-weight="normal" fill-opacity="1">three<tspan>!</tspan></tspan></text>`)
  expect(properties).toMatchObject({
    text: "onetwothree!",
    x: 10,
    y: 20,
    fontSize: 10,
    fontWeight: 700,
    fillOpacity: 0.5
  })
  expect(properties.textSpans).toEqual([
    { text: "one" },
    { text: "two", x: 0, dy: 12, fill: "#ff0000" },
    { text: "three!", x: 5, y: 30, fontWeight: 400, fillOpacity: 1 }
  ])
})

test("SVG6: entities, references and CDATA are text, and characters a document refuses are replaced", () => {
  expect(propertiesOf(`<text>&lt;&amp;&gt;&quot;&apos; &#65;&#x1F600;<![CDATA[<b>&amp;]]></text>`).text).toBe(
    `<&>"' A\u{1F600}<b>&amp;`
  )
  expect(propertiesOf(`<text>a&#0;b&#xD83D;&#xDE00;c\0d\ud800e&#x110000;</text>`).text).toBe(
    "a\ufffdb\ufffd\ufffdc\ufffdd\ufffde\ufffd"
  )
})

test("SVG6: the font shorthand, relative sizes and weights", () => {
  expect(propertiesOf(`<text style="font: italic bold 30px/1.2 Arial, sans-serif">a</text>`)).toMatchObject({
    fontStyle: "italic",
    fontWeight: 700,
    fontSize: 30,
    fontFamily: "Arial, sans-serif"
  })
  expect(
    propertiesOf(`<g font-size="50%" font-weight="900"><text font-size="larger" font-weight="lighter">a</text></g>`)
  ).toMatchObject({ fontSize: 9.6, fontWeight: 700 })
  expect(unsupportedIn(`<text style="font: nonsense">a</text>`)).toEqual({ "invalid font": 1 })
})

test("SVG6: what is lost of a text is named", () => {
  expect(
    unsupportedIn(
      `<text x="1 2 3" rotate="4" textLength="5" word-spacing="6">a<textPath href="#p">b</textPath><animate/></text><text/>`
    )
  ).toEqual({
    "attribute rotate": 1,
    "attribute textLength": 1,
    "word-spacing": 1,
    "glyph positions": 1,
    "<textPath>": 1,
    "<animate>": 1,
    "empty <text>": 1
  })
})
