/** Draws the runs of a text; the context's transform is the text's own. */
import type { TextLayout, TextRun } from "../scene/TextLayout.ts"
import { setFont } from "./canvasFont.ts"
import { canvasPaint, type Context, setStroke } from "./canvasPaint.ts"

/** Letters lower than this many device pixels are drawn as bars. */
const legibleMin = 2

/** `scale` is device pixels per own unit. */
export const drawText = (context: Context, { runs, box }: TextLayout, alpha: number, scale: number): void => {
  for (const run of runs) {
    if (!run.visible || run.font.size <= 0) continue
    const fill = canvasPaint(context, run.style.fill, box)
    if (fill !== undefined && run.style.fillOpacity > 0) {
      context.fillStyle = fill
      context.globalAlpha = alpha * run.style.fillOpacity
      if (run.font.size * scale < legibleMin) {
        context.globalAlpha *= 0.5
        context.fillRect(run.x, run.y - run.font.size * 0.6, run.width, run.font.size * 0.6)
        continue
      }
      setFont(context, run.font)
      context.fillText(run.text, run.x, run.y)
      drawDecoration(context, run)
    }
    strokeRun(context, run, alpha, box)
  }
}

const strokeRun = (context: Context, run: TextRun, alpha: number, box: TextLayout["box"]): void => {
  const { stroke } = run.style
  const paint = stroke === undefined ? undefined : canvasPaint(context, stroke.paint, box)
  if (stroke === undefined || paint === undefined) return
  setFont(context, run.font)
  setStroke(context, stroke)
  context.strokeStyle = paint
  context.globalAlpha = alpha * stroke.opacity
  context.strokeText(run.text, run.x, run.y)
}

/** Lines by shares of the font's size, as most fonts have them. */
const drawDecoration = (context: Context, { decoration, x, y, width, font: { size } }: TextRun): void => {
  if (decoration === "" || decoration === "none") return
  const thickness = size / 14
  if (decoration.includes("underline")) context.fillRect(x, y + size * 0.1, width, thickness)
  if (decoration.includes("overline")) context.fillRect(x, y - size * 0.9, width, thickness)
  if (decoration.includes("line-through")) context.fillRect(x, y - size * 0.3, width, thickness)
}
