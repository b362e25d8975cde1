/**
 * How much `use` may still copy: elements, and characters of attributes and text.
 *
 * Both are counted, for a few kilobytes of source can ask for billions of elements, and ten thousand copies of one
 * long path make as large a document as billions of short ones.
 */
import { copiedCharsMax, copiesMax } from "./limits.ts"
import type { SvgElement } from "./XmlTree.ts"

export class CopyBudget {
  #elements = copiesMax
  #chars = copiedCharsMax
  readonly #sizes = new Map<SvgElement, number>()

  /** Whether one more copy of this element, its children not counted, still fits. */
  takes(element: SvgElement): boolean {
    this.#elements--
    this.#chars -= this.#size(element)
    return this.#elements >= 0 && this.#chars >= 0
  }

  #size(element: SvgElement): number {
    const known = this.#sizes.get(element)
    if (known !== undefined) return known
    const size = charsOf(element)
    this.#sizes.set(element, size)
    return size
  }
}

/** Of a text all, for it is copied as a whole; of others what they hold themselves. */
const charsOf = (element: SvgElement): number => {
  let chars = element.children.length
  for (const [name, value] of element.attributes) chars += name.length + value.length
  for (const child of element.children) {
    if (typeof child === "string") chars += child.length
    else if (element.name === "text" || element.name === "tspan" || child.name === "title") chars += charsOf(child)
  }
  return chars
}
