/** Dragging lines of the tree of layers: what is selected moves to where the mark shows, when the pointer lets go. */
import type { RefObject } from "preact"
import { useEffect, useRef, useState } from "preact/hooks"
import type { EditorModel } from "../../model/EditorModel.ts"
import { type LayerDrop, layerDrop } from "./layerDrop.ts"
import type { LayerRow } from "./layerRows.ts"
import type { LayerTree } from "./LayerTree.ts"
import { lineHeight } from "./useLineWindow.ts"

interface LayerDragOptions {
  readonly model: EditorModel
  readonly tree: LayerTree
  readonly scroller: RefObject<HTMLElement | null>
  readonly isDisabled: boolean
}

/** A hand that clicks moves this far. */
const slackPixels = 4
const indentPixels = 16
/** Near an edge of the list a drag scrolls it. */
const scrollEdgePixels = 24
const scrollStepPixels = 8

export const useLayerDrag = ({ isDisabled, model, scroller, tree }: LayerDragOptions) => {
  const [mark, setMark] = useState<LayerDrop["mark"]>()
  const stop = useRef<(() => void) | undefined>(undefined)
  useEffect(() => () => stop.current?.(), [])

  /** `select` is what a press on the line means when it is no drag, or the line is not selected yet. */
  const start = (event: PointerEvent, row: LayerRow, select: () => void): void => {
    if (event.button !== 0 || event.target instanceof HTMLInputElement) return
    const isSelected = model.selection.has(row.id)
    if (!isSelected) select()
    // A finger scrolls; it drags nothing.
    const canDrag = !isDisabled && event.pointerType !== "touch"
    let drop: LayerDrop | undefined
    let isDragging = false
    let pointer = event
    const look = (): void => {
      const element = scroller.current
      if (element === null) return
      const box = element.getBoundingClientRect()
      const lines = (pointer.clientY - box.top + element.scrollTop) / lineHeight
      const indent = (pointer.clientX - box.left) / indentPixels - 1
      drop = layerDrop(model.file.document, tree.rows, model.selection, { lines, indent })
      setMark(drop?.mark)
    }
    const move = (moved: PointerEvent): void => {
      pointer = moved
      isDragging ||= canDrag && Math.hypot(moved.clientX - event.clientX, moved.clientY - event.clientY) > slackPixels
      if (isDragging) look()
    }
    const scroll = setInterval(() => {
      const element = scroller.current
      if (!isDragging || element === null) return
      const { bottom, top } = element.getBoundingClientRect()
      const by = pointer.clientY < top + scrollEdgePixels ? -1 : pointer.clientY > bottom - scrollEdgePixels ? 1 : 0
      if (by === 0) return
      element.scrollTop += by * scrollStepPixels
      look()
    }, 16)
    const end = (isDone: boolean): void => {
      stop.current?.()
      if (isDone && isDragging && drop !== undefined) model.reparent(topMost(model, model.selection), drop.parentId, drop.place)
      // A click on one of several selected lines selects it alone, but only once it is no drag.
      else if (isDone && !isDragging && isSelected) select()
    }
    const up = (): void => end(true)
    const cancel = (): void => end(false)
    const key = (pressed: KeyboardEvent): void => {
      if (pressed.key !== "Escape" || !isDragging) return
      pressed.stopPropagation()
      cancel()
    }
    globalThis.addEventListener("pointermove", move)
    globalThis.addEventListener("pointerup", up)
    globalThis.addEventListener("pointercancel", cancel)
    globalThis.addEventListener("keydown", key, { capture: true })
    stop.current = () => {
      stop.current = undefined
      clearInterval(scroll)
      setMark(undefined)
      globalThis.removeEventListener("pointermove", move)
      globalThis.removeEventListener("pointerup", up)
      globalThis.removeEventListener("pointercancel", cancel)
      globalThis.removeEventListener("keydown", key, { capture: true })
    }
  }
  return { mark, start }
}

/** What is dragged along with a container is not dragged out of it. */
const topMost = ({ file }: EditorModel, ids: ReadonlySet<string>): ReadonlyArray<string> =>
  Array.from(ids).filter((id) => {
    const seen = new Set<string>()
    for (let parentId = file.document.get(id)?.parent?.parentId ?? null; parentId !== null && !seen.has(parentId);) {
      if (ids.has(parentId)) return false
      seen.add(parentId)
      parentId = file.document.get(parentId)?.parent?.parentId ?? null
    }
    return true
  })
