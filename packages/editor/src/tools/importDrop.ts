/** Dropped and pasted files: SVG drawings become objects, other images are put into the file, side by side. */
import type { EditorModel } from "../model/EditorModel.ts"
import type { Point } from "../scene/Point.ts"

/** Page units between drawings that come together. */
const gap = 24

/** Most files of one drop. */
const filesMax = 100

/** Longest file that is read, in bytes; the importer and the server have limits of their own. */
const fileBytesMax = 32 * 1024 * 1024

export const importDrop = async (model: EditorModel, files: ReadonlyArray<File>, at?: Point): Promise<void> => {
  if (model.readOnly) return model.notify("info", "This file is read only")
  const images = files.filter((file) => isDrawing(file) || file.type.startsWith("image/")).slice(0, filesMax)
  if (images.length < files.length) model.notify("warning", files.length === 1 ? "Only images can be put into a file" : `Of ${files.length} files ${images.length} are images that can be put into a file`)
  let place = at
  for (const image of images) {
    const name = image.name.replace(/\.[^.]*$/, "") || (isDrawing(image) ? "Drawing" : "Image")
    if (image.size > fileBytesMax) {
      model.notify("error", `${name} is too large`)
      continue
    }
    const id = isDrawing(image) ? (await model.importSvg(await image.text(), name, place))?.frameId : await model.addImage(image, name, place)
    const box = id === undefined ? undefined : model.scene.boundsOf([id])
    if (box !== undefined) place = { x: box.x + box.width + gap, y: box.y }
  }
}

const isDrawing = ({ name, type }: File): boolean => type === "image/svg+xml" || /\.svg$/i.test(name)
