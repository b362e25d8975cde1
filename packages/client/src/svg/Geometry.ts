/**
 * Reads the attributes of one element that are lengths, and names the ones that are not.
 */
import type { Properties } from "./ImportedObject.ts"
import { exactSum, isIdentity, type Matrix, shiftOf } from "./Transform.ts"
import { type Axis, parseLength, type Size } from "./Units.ts"
import type { Unsupported } from "./Unsupported.ts"
import type { SvgElement } from "./XmlTree.ts"

export class Geometry {
  readonly #element: SvgElement
  readonly #viewport: Size
  readonly #fontSize: number
  readonly #unsupported: Unsupported

  constructor(element: SvgElement, viewport: Size, fontSize: number, unsupported: Unsupported) {
    this.#element = element
    this.#viewport = viewport
    this.#fontSize = fontSize
    this.#unsupported = unsupported
  }

  /** A length in pixels; `undefined` when it is absent, `auto` or invalid. */
  length(name: string, axis: Axis): number | undefined {
    const text = this.#element.attributes.get(name)
    if (text === undefined || text.trim() === "auto") return undefined
    const length = parseLength(text, axis, { viewport: this.#viewport, fontSize: this.#fontSize })
    if (length === undefined) this.#unsupported.note(`invalid ${name}`)
    return length
  }

  /** A length that must not be negative: a negative one counts as absent. */
  extent(name: string, axis: Axis): number | undefined {
    const length = this.length(name, axis)
    if (length === undefined || length >= 0) return length
    this.#unsupported.note(`invalid ${name}`)
    return undefined
  }

  text(name: string): string {
    return this.#element.attributes.get(name) ?? ""
  }
}

/** Position properties of a box: a shift moves it when no digit is lost, any other matrix stays a `transform`. */
export const placed = (matrix: Matrix, x: number, y: number): Properties => {
  const shift = shiftOf(matrix)
  const shiftedX = shift === undefined ? undefined : exactSum(x, shift.x)
  const shiftedY = shift === undefined ? undefined : exactSum(y, shift.y)
  if (shiftedX === undefined || shiftedY === undefined) return { x, y, ...transformed(matrix) }
  return { x: shiftedX, y: shiftedY }
}

export const transformed = (matrix: Matrix): Properties => (isIdentity(matrix) ? {} : { transform: matrix })
