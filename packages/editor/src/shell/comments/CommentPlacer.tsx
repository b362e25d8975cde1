/** Over the canvas while a comment is to be put somewhere: a click is a point, a drag a region, Enter the middle of what is selected or seen. */
import { useEffect, useRef } from "preact/hooks"
import { toPage } from "../../camera/Camera.ts"
import type { EditorModel } from "../../model/EditorModel.ts"
import * as Box from "../../scene/Box.ts"
import type { Point } from "../../scene/Point.ts"
import { useModel } from "../editor/useModel.ts"

export const CommentPlacer = ({ model }: { readonly model: EditorModel }) => {
  const isPlacing = useModel(model, ({ tool }) => tool === "comment")
  return isPlacing ? <Placer model={model} /> : null
}

const Placer = ({ model }: { readonly model: EditorModel }) => {
  const element = useRef<HTMLButtonElement>(null)
  const from = useRef<Point>(undefined)
  useEffect(() => element.current?.focus({ preventScroll: true }), [])
  const at = ({ clientX, clientY }: PointerEvent): Point => {
    const { left = 0, top = 0 } = element.current?.getBoundingClientRect() ?? {}
    return toPage(model.camera, { x: clientX - left, y: clientY - top })
  }
  const begin = (start: Point, end: Point) => {
    model.setTool("select")
    model.commenting.begin(start, end)
  }
  return (
    <button
      ref={element}
      type="button"
      class="comment-placer"
      aria-label="Put the comment: click a point or drag a region; Enter puts it on what is selected, Escape cancels"
      onPointerDown={(event) => {
        event.currentTarget.setPointerCapture(event.pointerId)
        from.current = at(event)
      }}
      onPointerUp={(event) => {
        const end = at(event)
        begin(from.current ?? end, end)
      }}
      onKeyDown={(event) => {
        if (event.key === "Escape") model.setTool("select")
        if (event.key !== "Enter" && event.key !== " ") return
        event.preventDefault()
        event.stopPropagation()
        const middle = Box.centreOf(model.scene.boundsOf(model.selection) ?? model.viewBox)
        begin(middle, middle)
      }}
    />
  )
}
