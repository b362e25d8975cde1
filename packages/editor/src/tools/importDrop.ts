/** Dropped and pasted files: SVG drawings are imported side by side, anything else is named in a notice. */
import type { EditorModel } from "../model/EditorModel.ts"
import type { Point } from "../scene/Point.ts"

/** Page units between drawings that come together. */
const gap = 24

/** Most files of one drop. */
const filesMax = 100

/** Longest file that is read, in bytes; the importer has its own, tighter limit in characters. */
const fileBytesMax = 32 * 1024 * 1024

export const importDrop = async (model: EditorModel, files: ReadonlyArray<File>, at?: Point): Promise<void> => {
  if (model.readOnly) return model.notify("info", "This file is read only")
  const drawings = files.filter(({ name, type }) => type === "image/svg+xml" || /\.svg$/i.test(name)).slice(0, filesMax)
  if (drawings.length < files.length) model.notify("warning", files.length === 1 ? "Only SVG files can be imported" : `Of ${files.length} files ${drawings.length} are SVG drawings that can be imported`)
  let place = at
  for (const drawing of drawings) {
    const name = drawing.name.replace(/\.svg$/i, "") || "Drawing"
    if (drawing.size > fileBytesMax) {
      model.notify("error", `${name} is too large`)
      continue
    }
    const report = await model.importSvg(await drawing.text(), name, place)
    const box = report?.frameId === undefined ? undefined : model.scene.boundsOf([report.frameId])
    if (box !== undefined) place = { x: box.x + box.width + gap, y: box.y }
  }
}
