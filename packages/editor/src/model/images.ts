/** Images of a file: putting them into it, and the objects that show them. */
import type { Box } from "../scene/Box.ts"
import * as Boxes from "../scene/Box.ts"
import type { Point } from "../scene/Point.ts"
import type { Editing } from "./Editing.ts"
import { rounded } from "./transformObject.ts"

/** An image as the server knows it. */
export interface ImageAsset {
  readonly id: string
  /** `null` of a drawing without a size of its own. */
  readonly width: number | null
  readonly height: number | null
}

/** The images of one file, wherever they are kept. */
export interface FileImages {
  readonly upload: (image: Blob) => Promise<ImageAsset>
  readonly read: (assetId: string) => Promise<Blob>
  /** Puts an image of another file into this one, if the person may read it there. */
  readonly bring: (assetId: string, fileId: string) => Promise<void>
}

/** Of what is seen, an image that is put there takes at most so much. */
const viewShareMax = 0.8

const sizeDefault = 100

/** Makes an object that shows the image, with its top left at a point of the page or else in the middle of what is seen. Answers its id. */
export const placeImage = ({ file }: Pick<Editing, "file">, asset: ImageAsset, name: string, at: Point | undefined, view: Box): string => {
  const [width, height] = [asset.width ?? sizeDefault, asset.height ?? sizeDefault]
  const scale = Math.min(1, (view.width * viewShareMax) / width, (view.height * viewShareMax) / height)
  const size = { width: Math.max(1, Math.round(width * scale)), height: Math.max(1, Math.round(height * scale)) }
  const middle = Boxes.centreOf(view)
  const { x, y } = at ?? { x: middle.x - size.width / 2, y: middle.y - size.height / 2 }
  return file.create("image", { name, assetId: asset.id, ...size, x: rounded(x), y: rounded(y) })
}
