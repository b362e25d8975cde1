/** Small images of every kind, as programs write them. */
import sharp from "sharp"

const red = (width: number, height: number) => sharp({ create: { width, height, channels: 4, background: "#ff0000" } })

export const png = (width = 8, height = width): Promise<Buffer> => red(width, height).png().toBuffer()

/** By their media types; each is 8 pixels wide and 4 high. */
export const imagesOfAllKinds = async (): Promise<ReadonlyArray<readonly [type: string, bytes: Buffer]>> => [
  ["image/png", await png(8, 4)],
  ["image/jpeg", await red(8, 4).jpeg().toBuffer()],
  ["image/gif", await red(8, 4).gif().toBuffer()],
  ["image/webp", await red(8, 4).webp().toBuffer()],
  ["image/avif", await red(8, 4).avif().toBuffer()],
  ["image/svg+xml", Buffer.from(`<?xml version="1.0"?>\n<!-- drawn --><svg xmlns="http://www.w3.org/2000/svg" width="8" height="4"><rect width="8" height="4" fill="#f00"/></svg>`)]
]

/** The colour of a pixel of an image, and its size. */
export const looked = async (image: Uint8Array, x = 0, y = 0) => {
  const { data, info: { channels, height, width } } = await sharp(image).ensureAlpha().raw().toBuffer({ resolveWithObject: true })
  return { width, height, rgba: [...data.subarray((y * width + x) * channels, (y * width + x) * channels + 4)] }
}
