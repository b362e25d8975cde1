/** M10 to M12: documents as SVG: a drawing that was imported comes out as it went in, and nothing else gets out with it. */
import { readdirSync, readFileSync } from "node:fs"
import { type Document, fromViews, type ObjectView } from "@easel/document"
import { type Drawing, drawingOf, writeSvg } from "@easel/editor/svg"
import { Resvg } from "@resvg/resvg-js"
import { describe, expect, it } from "vitest"
import { drawing, imported, views } from "../client/svg/svgFixture.ts"

const lucide = new URL("../../../node_modules/lucide-static/icons/", import.meta.url)

const documentOf = (objects: ReadonlyArray<unknown>): Document.Document => fromViews(objects as ReadonlyArray<ObjectView>)

const drawn = (document: Document.Document, ids?: ReadonlyArray<string>): Drawing => {
  const found = drawingOf(document, ids)
  if (found === "nothing" || "missingId" in found) throw new Error(`no drawing: ${JSON.stringify(found)}`)
  return found
}

const exported = (objects: ReadonlyArray<unknown>, ids?: ReadonlyArray<string>, images: (id: string) => string | undefined = () => undefined): string =>
  writeSvg(drawn(documentOf(objects), ids), images)

const fonts = { loadSystemFonts: false, fontFiles: ["DejaVuSans", "DejaVuSans-Bold"].map((name) => new URL(`../../../node_modules/dejavu-fonts-ttf/ttf/${name}.ttf`, import.meta.url).pathname), defaultFontFamily: "DejaVu Sans" }

const raster = (svg: string, width = 96): Buffer => new Resvg(svg, { fitTo: { mode: "width", value: width }, font: fonts }).render().pixels

/** Mean difference of all channels of all pixels, 0 to 1. */
const difference = (one: string, other: string, width?: number): number => {
  const [a, b] = [raster(one, width), raster(other, width)]
  expect(b.length).toBe(a.length)
  expect(a.some((channel) => channel !== 0)).toBe(true)
  let sum = 0
  for (let index = 0; index < a.length; index++) sum += Math.abs((a[index] ?? 0) - (b[index] ?? 0))
  return sum / a.length / 255
}

/** What a round trip may change: a tenth of a percent, some pixels of an edge by a shade. */
const differenceMax = 0.001

const tripped = (source: string): string => exported(views(imported(source).objects), ["o0"])

describe("round trip", () => {
  it("M10: 200 icons are imported and exported, and look the same", { timeout: 30_000 }, () => {
    const names = readdirSync(lucide).filter((name) => name.endsWith(".svg")).filter((_, index) => index % 10 === 0).slice(0, 200)
    expect(names).toHaveLength(200)
    const different = names.flatMap((name) => {
      const source = readFileSync(new URL(name, lucide), "utf8")
      const apart = difference(source, tripped(source), 48)
      return apart > differenceMax ? [`${name} ${apart}`] : []
    })
    expect(different).toEqual([])
  })

  it.each([
    ["text", `<text x="10" y="40" font-family="DejaVu Sans" font-size="20" fill="#336699">Draw &lt;it&gt; <tspan font-weight="bold" fill="red">bold</tspan><tspan x="12" dy="24">again</tspan></text>`],
    ["text that is aligned", `<text x="50" y="30" text-anchor="middle" font-size="14">middle</text><text x="90" y="60" text-anchor="end" font-size="14" letter-spacing="2" text-decoration="underline">end</text><text x="50" y="80" font-size="16" dominant-baseline="hanging">below</text>`],
    ["transforms", `<g transform="translate(50 50) rotate(30) scale(1.5 0.5)"><rect x="-20" y="-20" width="40" height="40" rx="8" fill="teal"/><path d="M0 0L20 20A10 10 0 0 1 5 30Z" transform="skewX(20)"/></g>`],
    ["opacity", `<g opacity="0.5"><rect x="10" y="10" width="50" height="50" fill="red"/><circle cx="60" cy="60" r="25" fill="blue" fill-opacity="0.5"/></g><rect x="5" y="5" width="90" height="90" opacity="0.3" fill="lime" stroke="black" stroke-width="10"/>`],
    ["blend modes", `<rect width="60" height="60" fill="#88aaff"/><rect x="30" y="30" width="60" height="60" fill="#ffcc33" style="mix-blend-mode:multiply"/>`],
    ["nested drawings that clip", `<svg x="10" y="10" width="40" height="40"><circle cx="40" cy="40" r="30" fill="purple"/></svg><svg x="55" y="55" width="40" height="40" overflow="visible"><circle r="10" fill="orange"/></svg>`],
    ["strokes", `<path d="M10 10H90V90" fill="none" stroke="#e33" stroke-width="6" stroke-dasharray="12 4 2" stroke-dashoffset="3" stroke-linejoin="round" stroke-linecap="round"/><polyline points="10 90 30 30 50 90" fill="none" stroke="#000" stroke-miterlimit="2" stroke-width="5"/>`],
    ["what is hidden", `<rect width="50" height="50" fill="red" display="none"/><rect width="50" height="50" fill="green" visibility="hidden"/><path fill-rule="evenodd" d="M0 0H80V80H0ZM20 20H60V60H20Z"/>`]
  ])("M10: %s", (_, body) => {
    expect(difference(drawing(body), tripped(drawing(body)))).toBeLessThanOrEqual(differenceMax)
  })
})

const at = (id: string, type: string, properties: object = {}, parentId: string | null = null, orderKey = `a${id}`) => ({ id, type, parentId, orderKey, ...properties })

/** A drawing by hand, of the same size. */
const byHand = (width: number, height: number, body: string): string => `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}">${body}</svg>`

describe("what there is to draw", () => {
  const scene = [
    at("f", "frame", { x: 100, y: 100, width: 80, height: 60, fill: "#eeeeee", cornerRadius: [10, 0, 20, 0] }),
    at("in", "rectangle", { x: 60, y: 40, width: 40, height: 40, fill: { type: "linear", x1: 0, y1: 0, x2: 1, y2: 0, stops: [{ offset: 0, color: "#ff0000" }, { offset: 1, color: "#0000ff", opacity: 0.5 }] } }, "f"),
    at("star", "star", { x: 10, y: 10, width: 30, height: 30, points: 4, innerRadius: 0.4, fill: "#00aa00", rotation: 45 }, "f", "b0"),
    at("hidden", "rectangle", { x: 0, y: 0, width: 80, height: 60, fill: "#000000", visible: false }, "f", "c0"),
    at("gone", "rectangle", { x: 0, y: 0, width: 80, height: 60, fill: "#000000", _deleted: true }, "f", "d0"),
    at("child", "rectangle", { x: 0, y: 0, width: 80, height: 60, fill: "#000000" }, "gone"),
    at("far", "ellipse", { x: 400, y: 0, width: 20, height: 20, fill: "#123456" })
  ]
  const frame = byHand(80, 60, `<clipPath id="c"><path d="M10 0H80V40A20 20 0 0 1 60 60H0V10A10 10 0 0 1 10 0Z"/></clipPath>
    <linearGradient id="g"><stop stop-color="#f00"/><stop offset="1" stop-color="#00f" stop-opacity="0.5"/></linearGradient>
    <path d="M10 0H80V40A20 20 0 0 1 60 60H0V10A10 10 0 0 1 10 0Z" fill="#eee"/><g clip-path="url(#c)"><rect x="60" y="40" width="40" height="40" fill="url(#g)"/>
    <path transform="rotate(45 25 25)" fill="#0a0" d="M25 10L29.242641 20.757359L40 25L29.242641 29.242641L25 40L20.757359 29.242641L10 25L20.757359 20.757359Z"/></g>`)

  it("M10: a frame with round corners clips, gradients span their box, what is hidden or deleted is not there", () => {
    expect(difference(exported(scene, ["f"]), frame, 160)).toBeLessThanOrEqual(differenceMax)
  })

  it("M11: a selection is drawn where it stands, without what is around it, each object once", () => {
    expect(drawn(documentOf(scene)).box).toEqual({ x: 100, y: 0, width: 320, height: 160 })
    expect(drawn(documentOf(scene), ["in"]).box).toEqual({ x: 160, y: 140, width: 40, height: 40 })
    expect(drawn(documentOf(scene), ["far", "in", "f"]).roots.map(({ id }) => id).toSorted()).toEqual(["f", "far"])
    for (const id of ["hidden", "gone", "child", "never"]) expect(drawingOf(documentOf(scene), [id])).toEqual({ missingId: id })
    expect(drawingOf(documentOf([]))).toBe("nothing")
    const turned = [at("g", "group", { rotation: 90 }), at("r", "rectangle", { x: 20, y: 0, width: 10, height: 40, fill: "#ff0000" }, "g"), at("s", "rectangle", { x: 30, y: 0, width: 10, height: 10, fill: "#0000ff" }, "g")]
    const { height, width } = drawn(documentOf(turned), ["r", "s"]).box
    expect([Math.round(width), Math.round(height)]).toEqual([40, 20])
  })

  it("M12: the same drawing has the same bytes, in whatever order its objects came", () => {
    expect(exported(scene.toReversed())).toBe(exported(scene))
  })

  it("M10: a chain of groups that is too deep is cut, and the rest is drawn", () => {
    const chain = Array.from({ length: 3_000 }, (_, n) => at(`n${n}`, n % 2 === 0 ? "group" : "rectangle", { width: 10, height: 10, fill: "#ff0000" }, n === 0 ? null : `n${n - 1}`))
    expect(() => raster(exported(chain))).not.toThrow()
  })
})

describe("M12: nothing else gets out", () => {
  const hostile = `"/><script>alert(1)</script><image href="/etc/passwd"/>&\u0001\u0085]]><!--`

  it("texts, fonts and colours stay what they are, and the drawing is well-formed", () => {
    const svg = exported([
      at("f", "frame", { name: hostile, width: 50, height: 50, fill: hostile, stroke: `url(file:///etc/passwd)` }),
      at("t", "text", { text: hostile, fontFamily: hostile, textDecoration: hostile, textBaseline: hostile, fill: hostile }, "f"),
      at("s", "text", { textSpans: [{ text: hostile, fill: `url("x")` }] }, "f"),
      at("p", "path", { d: hostile, fill: "#ff0000" }, "f"),
      at("q", "path", { d: `M0 0L10 10H0Z${hostile}`, fill: { type: "linear", stops: [{ color: hostile }, { color: "red" }] }, blendMode: hostile }, "f")
    ])
    expect(() => raster(svg)).not.toThrow()
    expect(svg).not.toMatch(/<script|<image|url\((?!#d\d+\))/)
  })

  it("an image is one of the file's, or an address of the web, and never a path", () => {
    const image = "data:image/png;base64,iVBORw0KGgo="
    const of = (properties: object) => exported([at("b", "rectangle", { width: 9, height: 9, fill: "#ff0000" }), at("i", "image", { width: 9, height: 9, ...properties })], undefined, (id) => id === "known" ? image : undefined)
    expect(of({ assetId: "known", fit: "cover" })).toContain(`<image width="9" height="9" preserveAspectRatio="xMidYMid slice" href="${image}"/>`)
    expect(of({ assetId: "unknown", src: image })).not.toContain("<image")
    expect(of({ src: "https://example.com/a.png" })).toContain(`href="https://example.com/a.png"`)
    for (const src of ["/etc/passwd", "file:///a.png", "a.png", "../a.png", "javascript:alert(1)", "data:text/html;base64,PGI+", " https://x"]) expect(of({ src })).not.toContain("<image")
  })
})
