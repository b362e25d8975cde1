/**
 * Small drawings for the tests of the SVG import, and the shapes in which tests look at what came out.
 */
import type { RenderedObject } from "../../../harness/renderSvg.ts"
import { type ImportedObject, importSvg, type SvgImport } from "../../../../packages/client/src/svg/index.ts"

/** Ids are `o0`, `o1`, ... in the order of the objects; `o0` is the frame. */
export const imported = (source: string): SvgImport => {
  let count = 0
  return importSvg(source, { newId: () => `o${count++}` })
}

/** A drawing of 100 by 100 pixels without a view box. */
export const drawing = (body: string): string =>
  `<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" width="100" height="100">${body}</svg>`

/** The objects of a body, without the frame. */
export const objectsOf = (body: string): ReadonlyArray<ImportedObject> => imported(drawing(body)).objects.slice(1)

/** The properties of the last object of a body. */
export const propertiesOf = (body: string): ImportedObject["properties"] => objectsOf(body).at(-1)?.properties ?? {}

/** What a body has that objects do not show: name to count. */
export const unsupportedIn = (body: string): Readonly<Record<string, number>> =>
  Object.fromEntries(imported(drawing(body)).unsupported.map(({ what, count }) => [what, count]))

/** Objects as the API serves them, in no particular order. */
export const views = (objects: ReadonlyArray<ImportedObject>): ReadonlyArray<RenderedObject> =>
  objects
    .map(({ id, type, parentId, properties }, index) => ({
      ...properties,
      id,
      type,
      parentId,
      orderKey: `a${String(index).padStart(6, "0")}`
    }))
    .toReversed()
