/**
 * XML namespaces of elements. Names of the SVG namespace lose their prefix, all others get `foreign:`.
 *
 * A source that declares no namespace is taken for SVG, which is what hand-written files are.
 */

/** Starts the name of an element that is not of the SVG namespace. */
export const foreignPrefix = "foreign:"

/** The namespaces declared on one element, by prefix, and those around it. */
export interface Namespaces {
  readonly uris: ReadonlyMap<string, string>
  readonly outer: Namespaces | undefined
}

/** The namespaces in force inside an element with these attributes (name to quoted text). */
export const scope = (outer: Namespaces | undefined, attributes: ReadonlyMap<string, string>): Namespaces | undefined => {
  const uris = new Map<string, string>()
  for (const [name, quoted] of attributes) {
    if (name === "xmlns" || name.startsWith("xmlns:")) uris.set(name.slice("xmlns:".length), quoted.slice(1, -1).trim())
  }
  return uris.size === 0 ? outer : { uris, outer }
}

const lookUp = (prefix: string, namespaces: Namespaces | undefined): string | undefined =>
  namespaces === undefined ? undefined : namespaces.uris.get(prefix) ?? lookUp(prefix, namespaces.outer)

export const qualify = (tag: string, namespaces: Namespaces | undefined): string => {
  const colon = tag.indexOf(":")
  const uri = lookUp(tag.slice(0, Math.max(colon, 0)), namespaces)
  const local = tag.slice(colon + 1)
  const isSvg = uri === undefined ? colon < 0 : isSvgNamespace(uri)
  return isSvg && local !== "" ? local : foreignPrefix + local
}

/** Old Illustrator files name it by an entity, `&ns_svg;`. */
const isSvgNamespace = (uri: string): boolean => uri === "http://www.w3.org/2000/svg" || uri === "" || uri.startsWith("&")
