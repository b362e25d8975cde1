/**
 * The elements of a drawing by id, for `use` and for paints, and the text form of references to them.
 *
 * Where two elements have the same id the first counts, as in browsers.
 */
import { elementsOf, type SvgElement } from "./XmlTree.ts"

export class References {
  readonly #byId = new Map<string, SvgElement>()

  constructor(root: SvgElement) {
    this.#add(root)
  }

  /** The element that `#id` names. */
  find(fragment: string): SvgElement | undefined {
    return fragment.startsWith("#") ? this.#byId.get(fragment.slice(1)) : undefined
  }

  #add(element: SvgElement): void {
    const id = element.attributes.get("id")
    if (id !== undefined && !this.#byId.has(id)) this.#byId.set(id, element)
    for (const child of elementsOf(element)) this.#add(child)
  }
}

/** `url(#id) rest`, or `undefined` for other text. */
export const parseUrl = (text: string): { readonly fragment: string; readonly rest: string } | undefined => {
  const trimmed = text.trim()
  const close = trimmed.indexOf(")")
  if (!/^url\(/i.test(trimmed) || close < 0) return undefined
  const fragment = trimmed.slice("url(".length, close).trim().replace(/^["']|["']$/g, "")
  return { fragment, rest: trimmed.slice(close + 1).trim() }
}
