/** An image as SVG, with its bytes in it when it is one of the file's; what lies elsewhere on the web is named. */
import type { DesignObject } from "@easel/document"
import type { Shape } from "../scene/Shape.ts"
import type { Defs } from "./Defs.ts"
import { type Attributes, element } from "./markup.ts"
import { shapeElement } from "./shapeElement.ts"

/** The bytes of an asset as a `data:` address; `undefined` when the file has none with that id. */
export type ImageData = (assetId: string) => string | undefined

export const imageElement = (object: DesignObject, shape: Extract<Shape, { readonly kind: "box" }>, layer: Attributes, images: ImageData, defs: Defs): string => {
  const href = addressOf(object, images)
  if (href === undefined) return ""
  const { height, width } = shape.box
  const cut = shape.radii === undefined ? {} : { "clip-path": defs.clip(shapeElement(shape, {})) }
  return element("image", { width, height, preserveAspectRatio: ratios[String(object.get("fit"))], href, ...cut, ...layer })
}

const ratios: Readonly<Record<string, string>> = { fill: "none", cover: "xMidYMid slice" }

/** Never a path: whoever draws it might have a file there. */
const addressOf = (object: DesignObject, images: ImageData): string | undefined => {
  const [assetId, src] = [object.get("assetId"), object.get("src")]
  if (typeof assetId === "string" && assetId !== "") return images(assetId)
  return typeof src === "string" && /^(?:https?:\/\/|data:image\/(?:png|jpeg|gif|webp|avif|svg\+xml);base64,)/i.test(src) ? src : undefined
}
