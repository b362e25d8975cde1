import { expect, test } from "vitest"
import { drawing, imported, objectsOf, propertiesOf, unsupportedIn } from "./svgFixture.ts"

const rect = (attributes: string) => `<rect width="1" height="1" ${attributes}/>`

test("SVG8: properties that objects do not have are named, at neutral values they are not", () => {
  expect(
    unsupportedIn(`
    ${rect(`filter="url(#f)"`)}${rect(`style="filter:url(#f)"`)}${rect(`mask="url(#m)"`)}<g clip-path="url(#c)"/>
    <path d="M0 0" marker-end="url(#a)"/>${rect(`vector-effect="non-scaling-stroke"`)}${rect(`paint-order="stroke"`)}`)
  ).toEqual({ filter: 2, mask: 1, "clip-path": 1, "marker-end": 1, "vector-effect": 1, "paint-order": 1 })
  expect(
    unsupportedIn(
      rect(`filter="none" mask="none" clip-path="none" marker="none" paint-order="normal" style="isolation:auto"`)
    )
  ).toEqual({})
})

test("SVG8: elements that are not drawn are named and the rest is imported", () => {
  const body = `
    <foreignObject><p>x</p></foreignObject><blink/>${rect("")}<style>.a{fill:red}</style><defs><style>b{}</style></defs><script>1</script>
    <g><animateTransform/></g><circle r="1"><animate/><set/></circle>`
  expect(unsupportedIn(body)).toEqual({
    "<style>": 2,
    "<script>": 1,
    "<foreignObject>": 1,
    "<blink>": 1,
    "<animateTransform>": 1,
    "<animate>": 1,
    "<set>": 1
  })
  expect(objectsOf(body).map(({ type }) => type)).toEqual(["rectangle", "group", "ellipse"])
})

test("SVG8: a paint server becomes its fallback colour, else its first stop, else none", () => {
  const servers = `<defs>
    <linearGradient id="l"><stop stop-color="red" stop-opacity="0.5"/><stop stop-color="blue"/></linearGradient>
    <radialGradient id="r" xlink:href="#l"/><pattern id="p"/><linearGradient id="loop" href="#loop"/></defs>`
  const fill = (attributes: string) => {
    const { fill, fillOpacity } = propertiesOf(servers + rect(attributes))
    return [fill, fillOpacity]
  }
  expect(fill(`fill="url(#l)"`)).toEqual(["#ff0000", 0.5])
  expect(fill(`style="fill: url('#r')"`)).toEqual(["#ff0000", 0.5])
  expect(fill(`fill="url(#l) lime"`)).toEqual(["#00ff00", undefined])
  expect(fill(`fill="url(#p)"`)).toEqual(["none", undefined])
  expect(fill(`fill="url(#loop)"`)).toEqual(["none", undefined])
  expect(fill(`fill="url(#gone)"`)).toEqual(["none", undefined])
  expect(
    unsupportedIn(
      servers + rect(`fill="url(#l)" stroke="url(#r)"`) + rect(`fill="url(#p)"`) + rect(`fill="url(#gone)"`)
    )
  ).toEqual({ "linearGradient paint": 1, "radialGradient paint": 1, "pattern paint": 1, "missing paint": 1 })
})

test("SVG8: attributes and properties nobody has heard of are named, those without effect are not", () => {
  expect(
    unsupportedIn(
      rect(
        `foo="1" style="bar:2;-webkit-x:3;--y:4;cursor:pointer" data-a="" aria-b="" onclick="" class="c" role="img" tabindex="0" sodipodi:d="e" xml:lang="en"`
      )
    )
  ).toEqual({ "attribute foo": 1, "property bar": 1 })
})

test("SVG8: definitions without effect are not named", () => {
  expect(
    unsupportedIn(
      `<metadata><x/></metadata><desc>d</desc><defs><filter id="f"><feBlend/></filter><clipPath/><mask/><marker/><linearGradient/></defs><style/>`
    )
  ).toEqual({})
})

test("SVG8: entities a DOCTYPE declares stay unexpanded and are named", () => {
  const bomb = `<!DOCTYPE svg [<!ENTITY a "boom"><!ENTITY b "&a;&a;&a;&a;"><!ENTITY c '<path d="M0 0"/>'>]>
    <svg xmlns="http://www.w3.org/2000/svg"><text>&b;</text>&c;</svg>`
  const { objects, unsupported } = imported(bomb)
  expect(objects.map(({ properties }) => properties.text)).toEqual([undefined, "&b;"])
  expect(unsupported).toEqual([{ what: "entity reference", count: 2 }])
})

test("SVG8: the number of different names and their length are bounded", () => {
  const { unsupported } = imported(
    drawing(Array.from({ length: 500 }, (_, index) => `<e${index}${"x".repeat(500)}/>`).join(""))
  )
  expect(unsupported.length).toBe(201)
  expect(unsupported.at(-1)).toEqual({ what: "other", count: 300 })
  expect(Math.max(...unsupported.map(({ what }) => what.length))).toBe(80)
})
