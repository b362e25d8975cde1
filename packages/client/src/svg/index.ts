/**
 * SVG import: a drawing as objects of the document.
 *
 * One `frame` for the drawing, below it a group for every `g`, a leaf for every shape, parents first and siblings in
 * paint order. What objects cannot hold is named in `unsupported`, never dropped silently. Pure and synchronous, and
 * bounded by `limits.ts`; it runs wherever the editor runs.
 */
import { Drawing } from "./Drawing.ts"
import type { ImportedObject } from "./ImportedObject.ts"
import { cleanName, nameOf } from "./nameOf.ts"
import { Objects } from "./Objects.ts"
import { Unsupported } from "./Unsupported.ts"
import { elementsOf, parseTree, type SvgElement, textOf } from "./XmlTree.ts"

export type { ImportedObject } from "./ImportedObject.ts"
export { SvgInvalid } from "./SvgInvalid.ts"

export interface SvgImportOptions {
  /** Called once per object; the ids must be valid and new in the file. */
  readonly newId: () => string
  /** Name of the frame. By default the drawing's title or id. */
  readonly name?: string
  /** Object the frame is put into. By default the file itself. */
  readonly parentId?: string | null
}

export interface SvgImport {
  readonly objects: ReadonlyArray<ImportedObject>
  /** What the drawing has and the objects do not show, with the number of occurrences. */
  readonly unsupported: ReadonlyArray<{ readonly what: string; readonly count: number }>
}

/** Throws `SvgInvalid`, and nothing else, for a source that is not an SVG drawing or is too large. */
export const importSvg = (source: string, options: SvgImportOptions): SvgImport => {
  const unsupported = new Unsupported()
  const root = parseTree(source, unsupported)
  noteCode(root, unsupported)
  const objects = new Objects(options.newId, unsupported)
  const name = cleanName(options.name) || (nameOf(root) ?? "Drawing")
  new Drawing(root, objects, unsupported).add(root, name, options.parentId ?? null)
  return { objects: objects.list(), unsupported: unsupported.list() }
}

/** Style rules and scripts reach the whole drawing from wherever they stand. */
const noteCode = (element: SvgElement, unsupported: Unsupported): void => {
  const isCode = element.name === "style" || element.name === "script"
  if (isCode && (textOf(element).trim() !== "" || element.attributes.has("href"))) unsupported.note(`<${element.name}>`)
  for (const child of elementsOf(element)) noteCode(child, unsupported)
}
