/**
 * The bounds of one import. A source comes from a stranger's disk, so each way in which it can be large has a limit:
 * past the first four the whole source is refused with `SvgInvalid`, past the others the excess is left out and named
 * as unsupported.
 */

/** Longest source, in UTF-16 units. The import blocks the tab for about a quarter of a second per million. */
export const sourceCharsMax = 8 * 1024 * 1024

/** Deepest nesting of elements, and of their copies through `use`. Keeps recursion far from the end of the stack. */
export const depthMax = 256

/** Most elements of a source. */
export const elementsMax = 200_000

/** Most objects of an import, copies included. */
export const objectsMax = 100_000

/** Most elements converted again because of `use`. Ten nested tens of copies would otherwise be ten billion. */
export const copiesMax = 10_000

/** Most characters of attributes and text converted again because of `use`. */
export const copiedCharsMax = 4 * 1024 * 1024

/** Most different things an import names as unsupported; the rest count as `other`. */
export const unsupportedNamesMax = 200

/** Longest name of something unsupported, in UTF-16 units. */
export const unsupportedNameCharsMax = 80

/** Longest object name taken from a title, label or id, in UTF-16 units. */
export const nameCharsMax = 200

/** Most lengths in a dash pattern. Patterns are inherited, so a long one would be written onto every leaf. */
export const dashesMax = 256

/** Longest attribute text that is read as a colour, paint, font or keyword, in UTF-16 units. */
export const keywordCharsMax = 1_000
