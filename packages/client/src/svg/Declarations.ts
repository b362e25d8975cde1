/**
 * The style properties one element declares: its presentation attributes, overridden by its `style` attribute.
 *
 * Rules of `<style>` elements are not applied (the elements are named as unsupported elsewhere). Properties that
 * objects cannot hold are named here, once for each element that declares them.
 */
import { expandFont } from "./Font.ts"
import { drawnProperties, lossOfAttribute, lossOfProperty } from "./propertyTable.ts"
import type { Unsupported } from "./Unsupported.ts"
import type { SvgElement } from "./XmlTree.ts"

export type Declarations = ReadonlyMap<string, string>

/** Lower-case property names to their text, `font` already expanded. */
export const declarationsOf = (element: SvgElement, unsupported: Unsupported): Declarations => {
  const declared = new Map<string, string>()
  const losses = new Set<string | undefined>()
  for (const [name, value] of element.attributes) {
    if (name === "xml:space") declared.set("white-space", value === "preserve" ? "pre" : "normal")
    else if (drawnProperties.has(name)) declare(declared, name, value, unsupported)
    else losses.add(lossOfAttribute(name, value))
  }
  for (const [name, value] of parseStyle(element.attributes.get("style") ?? "")) {
    if (drawnProperties.has(name)) declare(declared, name, value, unsupported)
    else losses.add(lossOfProperty(name, value))
  }
  for (const loss of losses) if (loss !== undefined) unsupported.note(loss)
  return declared
}

const declare = (declared: Map<string, string>, name: string, value: string, unsupported: Unsupported): void => {
  if (name !== "font") {
    declared.set(name, value)
    return
  }
  const expanded = expandFont(value)
  if (expanded === undefined) unsupported.note("invalid font")
  for (const [longhand, part] of expanded ?? []) declared.set(longhand, part)
}

/** `name: value` pairs of a `style` attribute. A semicolon in quotes or brackets, as in a data URL, separates nothing. */
const parseStyle = (style: string): ReadonlyArray<readonly [string, string]> =>
  splitDeclarations(style).flatMap((declaration): ReadonlyArray<readonly [string, string]> => {
    const colon = declaration.indexOf(":")
    const name = declaration.slice(0, colon).trim().toLowerCase()
    const value = declaration.slice(colon + 1).trim()
    return colon < 0 || name === "" ? [] : [[name, value.replace(/!important$/i, "").trimEnd()]]
  })

const splitDeclarations = (style: string): ReadonlyArray<string> => {
  const parts: Array<string> = []
  let part = ""
  let quote = ""
  let brackets = 0
  for (const token of style.match(/\/\*|\*\/|["'();]|[^"'();*/]+|[*/]/g) ?? []) {
    if (quote === "/*") {
      if (token === "*/") quote = ""
      continue
    }
    if (quote !== "") quote = token === quote ? "" : quote
    else if (token === "/*" && brackets === 0) {
      quote = token
      continue
    } else if (token === "\"" || token === "'") quote = token
    else if (token === "(") brackets++
    else if (token === ")") brackets--
    else if (token === ";" && brackets <= 0) {
      parts.push(part)
      part = ""
      continue
    }
    part += token
  }
  return [...parts, part]
}
