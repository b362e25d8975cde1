/** The name of an object: the `title` of its element, else the label an editor gave it, else its id. */
import { nameCharsMax } from "./limits.ts"
import { withoutLoneSurrogates } from "./Unsupported.ts"
import { elementsOf, type SvgElement, textOf } from "./XmlTree.ts"

export const nameOf = (element: SvgElement): string | undefined => {
  const title = elementsOf(element).find((child) => child.name === "title")
  const { attributes } = element
  const candidates = [title === undefined ? "" : textOf(title), attributes.get("inkscape:label"), attributes.get("id")]
  return candidates.map(cleanName).find((name) => name !== "")
}

/** On one line, without characters a document cannot hold, and not too long. */
export const cleanName = (text = ""): string =>
  withoutLoneSurrogates(text.slice(0, nameCharsMax)).replace(/[\0\s]+/g, " ").trim()
