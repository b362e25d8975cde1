import { readdirSync, readFileSync } from "node:fs"
import { isObjectType, jsonFault, propertyKind } from "@easel/document"
import * as fc from "fast-check"
import { expect, test } from "vitest"
import { copiesMax, depthMax, objectsMax, sourceCharsMax } from "../../../../packages/client/src/svg/limits.ts"
import { type SvgImport, SvgInvalid } from "../../../../packages/client/src/svg/index.ts"
import { drawing, imported, unsupportedIn } from "./svgFixture.ts"

const icons = new URL("../../../../node_modules/lucide-static/icons/", import.meta.url)
const sources = readdirSync(icons)
  .filter((name) => name.endsWith(".svg"))
  .filter((_, index) => index % 40 === 0)
  .map((name) => readFileSync(new URL(name, icons), "utf8"))

/** What must hold of every import: the document would accept each object, and parents come first. */
const expectSound = ({ objects }: SvgImport): void => {
  const known = new Set<string | null>([null])
  for (const { id, type, parentId, properties } of objects) {
    expect(known.has(parentId)).toBe(true)
    known.add(id)
    for (const [name, value] of Object.entries(properties)) {
      const kind = isObjectType(type) ? propertyKind(type, name) : undefined
      expect(kind, `${type}.${name}`).toBeDefined()
      if (kind !== "json") expect(typeof value, `${type}.${name}`).toBe(kind)
      expect(jsonFault(value)).toBeUndefined()
      expect(JSON.parse(JSON.stringify(value)), `${type}.${name}`).toStrictEqual(value)
    }
  }
}

const importOrRefusal = (source: string): SvgImport | SvgInvalid => {
  try {
    return imported(source)
  } catch (error) {
    if (error instanceof SvgInvalid) return error
    throw error
  }
}

/** Whatever has a meaning to some layer of the import. */
const fragments = `
  < > /> </ </svg> </g> <g> <svg> <g|id='a'> <path|d='M0|0'/> <use|href='#a'/> <text> </text> <tspan|x='1|2'> <!-- -->
  <![CDATA[ ]]> <? ?> <!DOCTYPE|svg|[ ]> & &amp; &#0; &#xd800; &x; " ' = NaN Infinity 1e999 -1e308 1e308 -0 % em
  |transform='scale(1e200)' |viewBox='0|0|1e-300|1e-300' |x='1e308' |style=' |fill='url(#a)' |xmlns='urn:x'
  |xmlns:s='http://www.w3.org/2000/svg' |font-size='1e300em' |stroke-dasharray='1e308' __proto__ constructor`
  .trim()
  .split(/\s+/)
  .map((fragment) => fragment.replaceAll("|", " "))
  .concat("\0", "\ud800", "\udc00")

const mutation = fc.record({
  at: fc.double({ min: 0, max: 1, noNaN: true }),
  removed: fc.oneof(fc.constant(0), fc.nat(40)),
  inserted: fc.oneof(fc.constantFrom(...fragments), fc.string({ unit: "binary", maxLength: 6 }), fc.constant(""))
})

test("SVG9: damaged icons are imported soundly or refused with SvgInvalid", { timeout: 60_000 }, () => {
  let refused = 0
  let accepted = 0
  fc.assert(
    fc.property(fc.constantFrom(...sources), fc.array(mutation, { minLength: 1, maxLength: 6 }), (source, mutations) => {
      const damaged = mutations.reduce((text, { at, removed, inserted }) => {
        const from = Math.floor(at * text.length)
        return text.slice(0, from) + inserted + text.slice(from + removed)
      }, source)
      const outcome = importOrRefusal(damaged)
      if (outcome instanceof SvgInvalid) refused++
      else accepted++
      if (outcome instanceof SvgInvalid) expect(outcome.message).toMatch(/^[^\n]{1,300}$/)
      else expectSound(outcome)
    }),
    { numRuns: 4000 }
  )
  // About one in twenty is accepted; half of that would mean that the damage is no longer what it was.
  expect(Math.min(refused, accepted)).toBeGreaterThan(100)
})

const words = (list: string): ReadonlyArray<string> => list.trim().split(/\s+/)

const attributeText = fc.oneof(
  fc
    .array(
      fc.constantFrom(
        " ",
        ...words(
          "1 -1 0 1e308 1e-308 1e999 .5 % em , M L a z ( ) scale rotate url(#i) # red ; : fill ' NaN none auto bold"
        )
      ),
      { maxLength: 12 }
    )
    .map((parts) => parts.join("")),
  fc.string({ unit: "binary", maxLength: 12 })
)

const attributeNames = words(`
  x y width height r rx x1 points d transform style fill stroke-width stroke-dasharray font font-size opacity viewBox
  preserveAspectRatio href`)

const elementNames = words("rect circle ellipse line polygon path text image use svg g symbol switch")

const escaped = (text: string): string => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll('"', "&quot;")

test("SVG9: any attribute text of any element is imported soundly", { timeout: 60_000 }, () => {
  const element = fc
    .tuple(
      fc.constantFrom(...elementNames),
      fc.dictionary(fc.constantFrom(...attributeNames), attributeText, { maxKeys: 6 })
    )
    .map(([name, attributes]) => {
      const written = Object.entries(attributes).map(([key, text]) => ` ${key}="${escaped(text)}"`)
      return `<${name} id="i"${written.join("")}><rect width="1" height="1"/>t</${name}>`
    })
  fc.assert(
    fc.property(fc.array(element, { minLength: 1, maxLength: 4 }), (body) =>
      expectSound(imported(drawing(body.join(""))))
    ),
    { numRuns: 1500 }
  )
})

test("SVG9: the length of a source, its depth and its objects are bounded", { timeout: 60_000 }, () => {
  expect(() => imported(drawing(" ".repeat(sourceCharsMax)))).toThrow(SvgInvalid)
  expect(imported(drawing("<g>".repeat(depthMax - 1) + "</g>".repeat(depthMax - 1))).objects.length).toBe(depthMax)
  expect(() => imported(drawing("<g>".repeat(depthMax) + "</g>".repeat(depthMax)))).toThrow(/nested more than 256 deep/)
  expect(() => imported(drawing("<g>".repeat(1_000_000)))).toThrow(/nested more than 256 deep/)
  expect(() => imported(drawing("<g/>".repeat(objectsMax)))).toThrow(/more than 100000 objects/)
})

test("SVG9: copies through use are bounded in number, size and depth", { timeout: 60_000 }, () => {
  const levels = Array.from(
    { length: 40 },
    (_, level) => `<g id="n${level + 1}">${`<use href="#n${level}"/>`.repeat(10)}</g>`
  ).join("")
  const bomb = `<defs><path id="n0" d="M0 0L1 1"/>${levels}</defs><use href="#n40"/>`
  expect(imported(drawing(bomb)).objects.length).toBeLessThan(copiesMax + 10)
  expect(unsupportedIn(bomb)["<use> beyond the limit of copies"]).toBeGreaterThan(0)

  const long = `<defs><path id="p" d="M0 0${"L1 1".repeat(50_000)}"/></defs>${`<use href="#p"/>`.repeat(5000)}`
  expect(JSON.stringify(imported(drawing(long)).objects).length).toBeLessThan(10_000_000)

  const chain = Array.from({ length: 2000 }, (_, level) => `<g id="c${level + 1}"><use href="#c${level}"/></g>`).join("")
  expect(unsupportedIn(`<defs>${chain}</defs><use href="#c2000"/>`)).toEqual({ "<use> beyond the limit of nesting": 1 })
})

test("SVG9: values a document would refuse for their size are left out and named", () => {
  const bytes = 300 * 1024
  expect(unsupportedIn(`<path d="M0 0${"L1 1".repeat(bytes / 4)}"/>`)).toEqual({ "path with a d over 256 KiB": 1 })
  expect(unsupportedIn(`<text>${"a".repeat(bytes)}</text>`)).toEqual({ "text with a text over 256 KiB": 1 })
  expect(unsupportedIn(`<image width="1" height="1" href="data:image/png;base64,${"A".repeat(bytes)}"/>`)).toEqual({
    "<image> with a source over 256 KiB": 1
  })
})

test("SVG9: time grows with the source and not with its square", { timeout: 60_000 }, () => {
  const n = 400_000
  const blank = " ".repeat(n)
  const bodies = [
    `<text><![CDATA[${"a".repeat(n)}]]></text>`,
    `<g transform="translate(1)${blank}!"/>`,
    `<polygon points="0 0${blank}!"/>`,
    `<path d="M1 1${blank}!"/>`,
    `<g fill="url(${blank}!" stroke="rgb(${blank}!"/>`,
    `<g style="${"(".repeat(n)}"/>`,
    `<text>${"a<title/>".repeat(n / 10)}</text>`,
    `<linearGradient id="g">${"<a/>".repeat(n / 20)}</linearGradient>${`<rect width="1" height="1" fill="url(#g)"/>`.repeat(n / 20)}`,
    "<!-- <g> -->a".repeat(n / 10)
  ]
  for (const body of bodies) {
    const start = performance.now()
    imported(drawing(body))
    expect(performance.now() - start, body.slice(0, 40)).toBeLessThan(5000)
  }
})

test("SVG9: comments, CDATA and processing instructions do not become drawing", () => {
  const { objects, unsupported } = imported(`\ufeff<?xml version="1.0"?><!-- "it's" > <g> -->
    <!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "http://www.w3.org/Graphics/SVG/1.1/DTD/svg11.dtd">
    <svg xmlns="http://www.w3.org/2000/svg"><!-- <g><rect width="1" height="1"/></g> --><![CDATA[<circle r="1"/>]]><?x <g> ?></svg><!-- end -->`)
  expect(objects.length).toBe(1)
  expect(unsupported).toEqual([])
})
