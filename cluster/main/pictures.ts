/**
 * The program that paints: it takes tasks from its input one by one and answers each with a PNG. It is a process of its
 * own because what it is given comes from strangers: it can be ended when it takes too long, and takes nothing with it.
 */
import sharp from "sharp"
import { FrameReader, frameOf, type PictureTask } from "../pictures/pictureFrames.ts"

/** What a header may promise that does not hold. */
const pixelsMax = 60_000_000

const paint = (task: PictureTask, bytes: Buffer): Promise<Buffer> =>
  sharp(bytes, { limitInputPixels: pixelsMax, sequentialRead: true })
    .rotate()
    .resize({ width: task.pixelsMax, height: task.pixelsMax, fit: "inside", withoutEnlargement: true })
    .png()
    .toBuffer()

sharp.concurrency(1)
sharp.cache(false)

const reader = new FrameReader<PictureTask>()
for await (const piece of process.stdin) {
  for (const { bytes, head } of reader.read(piece)) {
    const answer = await paint(head, bytes).then(
      (png) => frameOf({ ok: true }, png),
      (error: unknown) => frameOf({ ok: false, reason: error instanceof Error ? error.message : String(error) }, Buffer.alloc(0))
    )
    process.stdout.write(answer)
  }
}
