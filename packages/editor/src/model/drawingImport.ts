/** SVG drawings become objects in one step of undo. The importer is loaded when the first drawing comes. */
import { newId } from "@easel/client"
import type { Point } from "../scene/Point.ts"
import type { Editing } from "./Editing.ts"
import { rounded } from "./transformObject.ts"

export interface ImportReport {
  readonly objects: number
  /** What the drawing has and the objects do not show. */
  readonly unsupported: ReadonlyArray<{ readonly what: string; readonly count: number }>
  /** The frame that holds the drawing. */
  readonly frameId: string | undefined
}

/** Puts the top left of the drawing at a point of the page. Throws `SvgInvalid` with a line for the person. */
export const importDrawing = async ({ file }: Pick<Editing, "file">, source: string, name: string, at: Point): Promise<ImportReport> => {
  const { importSvg } = await import("@easel/client/svg")
  const { objects, unsupported } = importSvg(source, { newId, name })
  const [frame] = objects
  file.transact(() => {
    for (const { id, parentId, properties, type } of objects) {
      const place = id === frame?.id ? { x: rounded(at.x), y: rounded(at.y) } : {}
      file.create(type, { ...properties, ...place }, { id, parentId })
    }
  })
  return { objects: objects.length, unsupported, frameId: frame?.id }
}

/** Whether a text is meant as a drawing. */
export const isDrawing = (text: string): boolean => /^\s*(?:<\?xml[^>]*>\s*)?(?:<!--[\s\S]{0,2000}?-->\s*)*(?:<!DOCTYPE svg[^>]*>\s*)?<svg[\s>]/i.test(text.slice(0, 8_000))

/** The features named in a notice; the rest are counted. */
const namedMax = 4

/** One line about what an import left out, or `undefined` when it left out nothing. */
export const unsupportedLine = (name: string, { unsupported }: ImportReport): string | undefined => {
  if (unsupported.length === 0) return undefined
  const sorted = unsupported.toSorted((one, other) => other.count - one.count)
  const named = sorted.slice(0, namedMax).map(({ what, count }) => (count === 1 ? what : `${what} (${count})`))
  const rest = sorted.length > namedMax ? ` and ${sorted.length - namedMax} more` : ""
  return `${name}: not shown as drawn: ${named.join(", ")}${rest}`
}
