/**
 * The element tree of a source: svgson reads the normalized XML, this file decodes character references and drops
 * elements of other namespaces (editors' private data).
 *
 * Only the five predefined entities and numeric references are decoded. Others, which a DOCTYPE may have declared,
 * stay as they are written and are named as unsupported.
 */
import { type INode, parseSync } from "svgson"
import { foreignPrefix } from "./namespaces.ts"
import type { Unsupported } from "./Unsupported.ts"
import { normalizeXml } from "./XmlSource.ts"

export interface SvgElement {
  readonly name: string
  readonly attributes: ReadonlyMap<string, string>
  readonly children: ReadonlyArray<SvgElement | string>
}

/** Throws `SvgInvalid`. */
export const parseTree = (source: string, unsupported: Unsupported): SvgElement =>
  toElement(parseSync(normalizeXml(source)), unsupported)

/** The children that are elements. */
export const elementsOf = (element: SvgElement): ReadonlyArray<SvgElement> =>
  element.children.filter((child) => typeof child !== "string")

/** The text directly inside an element. */
export const textOf = (element: SvgElement): string =>
  element.children.filter((child) => typeof child === "string").join("")

/** The link of `use`, `image` and gradients. */
export const hrefOf = (element: SvgElement): string | undefined =>
  (element.attributes.get("href") ?? element.attributes.get("xlink:href"))?.trim()

const toElement = (node: INode, unsupported: Unsupported): SvgElement => ({
  name: node.name,
  attributes: new Map(
    Object.entries(node.attributes).map(([name, value]) => [name, decode(value.replace(/[\n\t]/g, " "), unsupported)])
  ),
  children: node.children.flatMap((child): ReadonlyArray<SvgElement | string> => {
    if (child.type === "text") return [decode(child.value, unsupported)]
    return child.name.startsWith(foreignPrefix) ? [] : [toElement(child, unsupported)]
  })
})

const predefined: ReadonlyMap<string, string> = new Map([
  ["amp", "&"],
  ["lt", "<"],
  ["gt", ">"],
  ["quot", "\""],
  ["apos", "'"]
])

const reference = /&(?:#(\d{1,9})|#x([\da-fA-F]{1,8})|([\w:.-]{1,64}));/g

const decode = (text: string, unsupported: Unsupported): string =>
  text.includes("&")
    ? text.replace(reference, (written: string, decimal?: string, hex?: string, entity?: string) => {
      const character = entity === undefined ? characterOf(decimal ?? `0x${hex}`) : predefined.get(entity)
      if (character === undefined) unsupported.note("entity reference")
      return character ?? written
    })
    : text

const characterOf = (code: string): string => {
  const point = Number(code)
  const isText = point === 9 || point === 10 || point === 13 || (point >= 32 && point <= 0x10ffff)
  const isCharacter = isText && (point < 0xd800 || point > 0xdfff) && point !== 0xfffe && point !== 0xffff
  return isCharacter ? String.fromCodePoint(point) : "\ufffd"
}
