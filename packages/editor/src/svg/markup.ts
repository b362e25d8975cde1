/** Elements of SVG as text. Whatever stands in them was written by somebody: all of it is escaped, and XML can hold it. */

export type Attributes = Readonly<Record<string, string | number | undefined>>

export const element = (name: string, attributes: Attributes, content = ""): string =>
  content === "" ? `<${name}${attributesText(attributes)}/>` : `<${name}${attributesText(attributes)}>${content}</${name}>`

/** Characters between tags. */
export const escaped = (text: string): string =>
  withoutControls(text).replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll("\r", "&#13;")

/** As short as it can be, and never more exact than a hundred-millionth: equal numbers have equal texts. */
export const number = (value: number): string => {
  if (!Number.isFinite(value)) return "0"
  const rounded = Math.abs(value) < 1e12 ? Math.round(value * 1e8) / 1e8 : value
  return String(rounded === 0 ? 0 : rounded)
}

const attributesText = (attributes: Attributes): string => {
  let text = ""
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== undefined) text += ` ${name}="${typeof value === "number" ? number(value) : attributeText(value)}"`
  }
  return text
}

const attributeText = (text: string): string => escaped(text).replaceAll('"', "&quot;").replaceAll("\t", "&#9;").replaceAll("\n", "&#10;")

/** What XML has no way to write. */
const withoutControls = (text: string): string => text.replace(/[\p{Cc}\ufffe\uffff]/gu, (char) => "\t\n\r".includes(char) || char >= "\u007f" && char < "\ufffe" ? char : "")
