import { readdirSync, readFileSync } from "node:fs"
import { fileURLToPath } from "node:url"
import { Resvg } from "@resvg/resvg-js"
import { expect, test } from "vitest"
import { renderSvg } from "../../../harness/renderSvg.ts"
import { isThorough } from "../../../harness/thorough.ts"
import { drawing, imported, views } from "./svgFixture.ts"

const lucide = new URL("../../../../node_modules/lucide-static/", import.meta.url)

/** The icon font is the only font, so that texts look the same on every machine. */
const font = {
  loadSystemFonts: false,
  fontFiles: [fileURLToPath(new URL("font/lucide.ttf", lucide))],
  defaultFontFamily: "lucide"
}

const rasterPixels = 96

const raster = (source: string): Uint8Array =>
  new Resvg(source, { fitTo: { mode: "width", value: rasterPixels }, font }).render().pixels

const render = (source: string): string => renderSvg(views(imported(source).objects), "o0")

/** Mean difference of all channels of all pixels, 0 to 1. */
const difference = (one: Uint8Array, other: Uint8Array): number => {
  expect(other.length).toBe(one.length)
  let sum = 0
  for (let index = 0; index < one.length; index++) sum += Math.abs((one[index] ?? 0) - (other[index] ?? 0))
  return sum / one.length / 255
}

const isEmpty = (pixels: Uint8Array): boolean => pixels.every((value) => value === 0)

test("SVG10: every lucide icon, or every fourth unless EASEL_TESTS=all, looks exactly the same after import", { timeout: 60_000 }, () => {
  const icons = new URL("icons/", lucide)
  const all = readdirSync(icons).filter((name) => name.endsWith(".svg"))
  const names = isThorough ? all : all.filter((_, index) => index % 4 === 0)
  const different: Array<string> = []
  let drawn = 0
  for (const name of names) {
    const source = readFileSync(new URL(name, icons), "utf8")
    const { objects, unsupported } = imported(source)
    const original = raster(source)
    if (!isEmpty(original)) drawn++
    if (unsupported.length > 0 || difference(original, raster(renderSvg(views(objects), "o0"))) > 0)
      different.push(name)
  }
  expect(different).toEqual([])
  expect(all.length).toBeGreaterThan(2000)
  expect(drawn).toBe(names.length)
})

test("SVG10: symbols of the lucide sprite look exactly the same through use", () => {
  const symbols =
    readFileSync(new URL("sprite.svg", lucide), "utf8")
      .match(/<symbol id="([^"]+)"[^]*?<\/symbol>/g)
      ?.filter((_, index) => index % 40 === 0) ?? []
  const uses = symbols.map((symbol, index) => {
    const id = /id="([^"]+)"/.exec(symbol)?.[1]
    return `<use href="#${id}" x="${(index % 8) * 12}" y="${Math.floor(index / 8) * 12}" width="12" height="12"/>`
  })
  const source = drawing(
    `<defs>${symbols.join("")}</defs><g fill="none" stroke="navy" stroke-width="2" stroke-linecap="round">${uses.join("")}</g>`
  )
  expect(symbols.length).toBeGreaterThan(40)
  expect(isEmpty(raster(source))).toBe(false)
  expect(difference(raster(source), raster(render(source)))).toBe(0)
})

const picture = new Resvg(drawing(`<rect width="60" height="40" fill="red"/><circle cx="60" cy="60" r="30"/>`))
  .render()
  .asPng()
const pixel = `data:image/png;base64,${picture.toString("base64")}`
const box = `<rect x="10" y="15" width="40" height="30" rx="6" ry="9" fill="#d33" stroke="#114" stroke-width="3"/>`

/** Largest difference allowed: coordinates pass through another order of multiplication, which may move an edge by an ulp. */
const differenceMax = 1e-5

const drawings: Readonly<Record<string, string>> = {
  "transforms of every kind": `
    <g transform="translate(50 50) rotate(30)">${box}</g><g transform="scale(.5 .8)skewX(20)">${box}</g>
    <g transform="matrix(.3 .1 -.2 .4 60 5)">${box}</g><g transform="rotate(200 40 60) skewY(-10) scale(.4)">${box}</g>
    <ellipse cx="20" cy="80" rx="15" ry="8" transform="translate(3 -2)"/><path d="M0 0h20l-5 9z" transform="translate(70,70)rotate(15)"/>`,
  "nested groups with opacity": `
    <g opacity=".5"><g opacity=".6" fill="green">${box}<circle cx="50" cy="40" r="20"/></g><circle cx="70" cy="60" r="25" fill="red" fill-opacity=".4"/></g>`,
  "inherited strokes": `
    <g fill="none" stroke="teal" stroke-width="4" stroke-dasharray="9 3 1" stroke-dashoffset="2" stroke-linecap="square" stroke-linejoin="bevel">
    <polyline points="5,5 40,20 10,50 60,60"/><polygon points="60 10 90 10 75 40"/><line x1="5" y1="90" x2="95" y2="85" style="stroke:#f80;stroke-dasharray:none"/>
    <path d="M10 70C20 50 40 90 60 70S90 60 95 75" stroke-miterlimit="2" stroke-linejoin="miter"/></g>`,
  "fill rules and colours": `
    <g color="purple"><path fill-rule="evenodd" fill="currentColor" d="M10 10H90V90H10zM30 30H70V70H30z"/></g>
    <path fill="rgba(0,120,255,.4)" d="M20 20h60v60h-60zM40 40h20v20h-20z"/><circle cx="50" cy="50" r="9" fill="hsl(120, 100%, 50%)" stroke="#0f08" stroke-width="3"/>`,
  "view boxes and nested drawings": `
    <svg x="5" y="5" width="40" height="60" viewBox="-10 -10 20 20"><circle r="14" fill="orange"/></svg>
    <svg x="50" y="5" width="45" height="30" viewBox="0 0 10 10" preserveAspectRatio="xMaxYMin slice"><rect width="9" height="9" fill="navy"/></svg>
    <svg x="50" y="50" width="30" height="30" viewBox="0 0 10 10" preserveAspectRatio="none" overflow="visible"><circle cx="5" cy="5" r="6" fill="#393"/></svg>
    <svg x="5" y="70" width="50%" height="25%"><rect width="50%" height="50%"/><circle cx="75%" cy="50%" r="20%"/></svg>`,
  "use, symbol and defs": `
    <defs><g id="g"><rect width="20" height="10"/><circle cx="10" cy="20" r="6" fill="red"/></g>
    <symbol id="s" viewBox="0 0 10 10"><path d="M0 0L14 5L0 10z"/></symbol></defs>
    <use href="#g" x="5" y="5" fill="blue"/><use href="#g" transform="translate(50 10) rotate(40)" opacity=".5"/>
    <use xlink:href="#s" x="10" y="55" width="30" height="40" fill="green"/><use href="#s" x="50" y="60" width="40" height="20" stroke="black"/>`,
  "hidden things": `
    ${box}<g display="none">${box}</g><g visibility="hidden"><circle cx="70" cy="70" r="20"/><circle cx="60" cy="60" r="9" visibility="visible"/></g>`,
  "blend modes": `${box}<rect x="30" y="30" width="50" height="50" fill="cyan" style="mix-blend-mode:multiply"/>`,
  units: `<g font-size="10"><rect x="5mm" y="1em" width="30pt" height="20%" stroke="red" stroke-width="1mm"/><circle cx=".5in" cy="2cm" r="10%"/></g>`,
  images: `
    <image x="5" y="5" width="40" height="20" href="${pixel}"/><image x="5" y="50" width="40" height="20" preserveAspectRatio="none" xlink:href="${pixel}"/>
    <image x="55" y="5" width="40" height="20" preserveAspectRatio="xMidYMid slice" href="${pixel}" transform="rotate(10)"/>`,
  text: `
    <text x="5" y="30" font-size="20" fill="crimson">\ue038\ue039 \ue03a</text>
    <text x="50" y="60" font-size="16" text-anchor="middle" stroke="blue" letter-spacing="3">\ue03b\ue03c</text>
    <text x="10" y="90" font-size="10" transform="rotate(-10 10 90)">\ue03d<tspan fill="green" dy="-5">\ue03e</tspan> <tspan
      x="60" y="80" font-size="18">\ue03f\ue040<tspan fill="red" dx="4">\ue041</tspan></tspan></text>
    <text text-anchor="end"><tspan x="95" y="95" style="font-size:14px;font-family:lucide">  \ue042
      \ue043 </tspan></text><text xml:space="preserve" x="5" y="50" font-size="8"> \ue044  \ue045</text>
    <text x="70" y="40" font-size="12" dominant-baseline="hanging">\ue046</text>`
}

for (const [title, body] of Object.entries(drawings)) {
  test(`SVG10: ${title} look the same after import`, () => {
    const source = drawing(body)
    expect(imported(source).unsupported).toEqual([])
    const original = raster(source)
    expect(isEmpty(original)).toBe(false)
    expect(difference(original, raster(render(source)))).toBeLessThanOrEqual(differenceMax)
  })
}

test("SVG10: a view box scales, shifts and is centred in the frame", () => {
  for (const attributes of [
    `width="60" height="30" viewBox="-20 10 100 100"`,
    `width="30mm" height="2in" viewBox="0 0 50 50" preserveAspectRatio="xMinYMax slice"`,
    `viewBox="5 5 40 90"`
  ]) {
    const source = `<svg xmlns="http://www.w3.org/2000/svg" ${attributes}>${box}</svg>`
    const original = raster(source)
    expect(isEmpty(original)).toBe(false)
    expect(difference(original, raster(render(source))), attributes).toBeLessThanOrEqual(differenceMax)
  }
})

test("SVG10: the comparison sees a moved edge, a wrong colour and a missing object", () => {
  const original = raster(drawing(box))
  for (const changed of [box.replace(`x="10"`, `x="10.5"`), box.replace("#d33", "#d43"), ""]) {
    expect(difference(original, raster(render(drawing(changed))))).toBeGreaterThan(differenceMax)
  }
})
