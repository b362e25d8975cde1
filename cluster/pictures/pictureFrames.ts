/**
 * What goes between a node and the process that paints: a head in JSON and the bytes that it is about, each with its
 * length before it in four bytes.
 */
import type { Look } from "@easel/gateway"

/** What is asked for. A drawing takes several: the document, the images that its answer names, and then to draw it. */
export type PictureTask =
  | { readonly kind: "shrink"; readonly pixelsMax: number }
  | { readonly kind: "document"; readonly look: Look }
  | { readonly kind: "image"; readonly assetId: string; readonly contentType: string }
  | { readonly kind: "draw" }

/** How it went; the bytes are a picture, or nothing. */
export type PictureAnswer =
  | { readonly ok: true; readonly assetIds?: ReadonlyArray<string> }
  | { readonly ok: false; readonly fault: "unpaintable" | "nothing"; readonly reason: string }

export const frameOf = (head: PictureTask | PictureAnswer, bytes: Uint8Array): Buffer => {
  const text = Buffer.from(JSON.stringify(head))
  const lengths = Buffer.alloc(8)
  lengths.writeUInt32BE(text.length, 0)
  lengths.writeUInt32BE(bytes.length, 4)
  return Buffer.concat([lengths, text, bytes])
}

/** The frames of a stream of bytes, each as soon as it is whole. */
export class FrameReader<Head extends PictureTask | PictureAnswer> {
  #pieces: Array<Buffer> = []
  #bytes = 0

  read(piece: Buffer): ReadonlyArray<{ readonly head: Head; readonly bytes: Buffer }> {
    this.#pieces.push(piece)
    this.#bytes += piece.length
    const frames: Array<{ readonly head: Head; readonly bytes: Buffer }> = []
    while (this.#bytes >= 8) {
      const lengths = this.#pieces[0]?.length ?? 0
      if (lengths < 8) this.#pieces = [Buffer.concat(this.#pieces)]
      const first = this.#pieces[0] ?? Buffer.alloc(8)
      const end = 8 + first.readUInt32BE(0) + first.readUInt32BE(4)
      if (this.#bytes < end) break
      const all = Buffer.concat(this.#pieces)
      const headEnd = 8 + all.readUInt32BE(0)
      // SAFETY: both ends are this program, of the same build.
      frames.push({ head: JSON.parse(all.toString("utf8", 8, headEnd)) as Head, bytes: all.subarray(headEnd, end) })
      this.#pieces = [all.subarray(end)]
      this.#bytes = all.length - end
    }
    return frames
  }
}
