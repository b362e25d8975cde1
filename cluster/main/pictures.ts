/**
 * The program that paints: it takes tasks from its input one by one and answers each. It is a process of its own because
 * what it is given comes from strangers: it can be ended when it takes too long, and takes nothing with it. Others of
 * the machine come first.
 */
import { setPriority } from "node:os"
import sharp from "sharp"
import { Canvas, NothingThere, PictureTooLarge, shrunk } from "../pictures/painting.ts"
import { FrameReader, frameOf, type PictureAnswer, type PictureTask } from "../pictures/pictureFrames.ts"

sharp.concurrency(1)
sharp.cache(false)
setPriority(10)

/** What is being drawn. */
let canvas: Canvas | undefined

const none = Buffer.alloc(0)

const done = async (task: PictureTask, bytes: Buffer): Promise<readonly [PictureAnswer, Uint8Array]> => {
  switch (task.kind) {
    case "shrink":
      return [{ ok: true }, await shrunk(bytes, task.pixelsMax)]
    case "document":
      canvas = undefined
      canvas = new Canvas(bytes, task.look)
      return [{ ok: true, assetIds: canvas.assetIds }, none]
    case "image":
      await canvas?.addImage(task.assetId, task.contentType, bytes)
      return [{ ok: true }, none]
    case "draw": {
      const drawn = canvas?.draw() ?? none
      canvas = undefined
      return [{ ok: true }, drawn]
    }
  }
}

const reader = new FrameReader<PictureTask>()
for await (const piece of process.stdin) {
  for (const { bytes, head } of reader.read(piece)) {
    const [answer, picture] = await done(head, bytes).catch((error: unknown): readonly [PictureAnswer, Uint8Array] => {
      if (error instanceof NothingThere) return [{ ok: false, fault: "nothing", reason: error.message }, none]
      return [{ ok: false, fault: "unpaintable", reason: error instanceof PictureTooLarge ? error.message : "it is damaged" }, none]
    })
    process.stdout.write(frameOf(answer, picture))
  }
}
