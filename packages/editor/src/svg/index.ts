/** A document, or a part of it, as SVG. No DOM: what the page, the server and tests write is the same. */
export { type Drawing, drawingOf } from "./Drawing.ts"
export { writeSvg } from "./writeSvg.ts"
