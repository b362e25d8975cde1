/**
 * The tree of layers. Tab reaches one line of it; arrows move, right and left open and close, Enter renames, and what
 * is selected here is selected on the canvas and the other way round.
 */
import { useEffect, useRef, useState } from "preact/hooks"
import type { EditorModel } from "../../model/EditorModel.ts"
import { useModel } from "../editor/useModel.ts"
import { useExternal } from "../parts/useExternal.ts"
import { LayerLine } from "./LayerLine.tsx"
import type { LayerRow } from "./layerRows.ts"
import type { LayerTree } from "./LayerTree.ts"
import { useLayerDrag } from "./useLayerDrag.ts"
import { useLayerKeys } from "./useLayerKeys.ts"
import { lineHeight, scrollToLine, useLineWindow } from "./useLineWindow.ts"

export const LayerList = ({ model, tree }: { readonly model: EditorModel; readonly tree: LayerTree }) => {
  useExternal(tree, ({ version }) => version)
  const selection = useModel(model, ({ selection }) => selection)
  const readOnly = useModel(model, ({ readOnly }) => readOnly)
  const scroller = useRef<HTMLDivElement>(null)
  const { rows } = tree
  const { first, last } = useLineWindow(scroller, rows.length)
  const [renamingId, setRenaming] = useState<string>()
  const [focusedId, setFocusedId] = useState<string>()
  /** The same at once: keys may come faster than renderings. */
  const focused = useRef<string>(undefined)
  /** Where a range that is selected with Shift begins. */
  const anchor = useRef<string>(undefined)
  /** What was selected last from here needs no scrolling into view. */
  const ownSelection = useRef<ReadonlySet<string>>(undefined)

  const setFocused = (id: string) => {
    focused.current = id
    setFocusedId(id)
  }
  const select = (row: LayerRow, how: "only" | "toggle" | "range") => {
    setFocused(row.id)
    if (how === "range") model.select(idsBetween(tree.rows, anchor.current, row.id))
    else model.select([row.id], how === "toggle" ? { toggle: true } : {})
    if (how !== "range") anchor.current = row.id
    ownSelection.current = model.selection
  }
  const focusLine = (id: string) => {
    setFocused(id)
    const line = tree.rows.findIndex((row) => row.id === id)
    if (scroller.current !== null && line !== -1) scrollToLine(scroller.current, line)
    // The line may have to be rendered first; by then another one may be wanted.
    const focus = () => {
      if (focused.current === id) scroller.current?.querySelector<HTMLElement>(`[data-id="${CSS.escape(id)}"]`)?.focus({ preventScroll: true })
    }
    focus()
    requestAnimationFrame(focus)
  }
  useEffect(() => {
    // The newest one, not the one that was rendered: keys may come faster than renderings.
    if (model.selection === ownSelection.current) return
    const [id] = model.selection
    if (id === undefined) return
    tree.reveal(id)
    anchor.current = id
    const line = tree.rows.findIndex((row) => row.id === id)
    if (scroller.current !== null && line !== -1) scrollToLine(scroller.current, line)
  }, [selection])

  const drag = useLayerDrag({ model, tree, scroller, isDisabled: readOnly })
  const onKeyDown = useLayerKeys({ tree, model, focused, select, focusLine, rename: setRenaming })

  if (rows.length === 0) {
    return <p class="panel-empty">Nothing is here yet.{readOnly ? "" : " Draw with the tools below the canvas, or drop an SVG file on it."}</p>
  }
  const tabStop = rows.find(({ id }) => id === focusedId)?.id ?? rows.find(({ id }) => selection.has(id))?.id ?? rows[0]?.id
  const shown = rows.slice(first, last)
  // The line that has the focus stays, wherever the list is scrolled to.
  const focusedLine = focusedId === undefined ? -1 : rows.findIndex(({ id }) => id === focusedId)
  const kept = focusedLine !== -1 && (focusedLine < first || focusedLine >= last) ? rows[focusedLine] : undefined
  const line = (row: LayerRow, index: number) => {
    const object = model.file.document.get(row.id)
    return object === undefined ? null : (
      <LayerLine
        key={row.id}
        row={row}
        object={object}
        top={index * lineHeight}
        isSelected={selection.has(row.id)}
        isTabStop={row.id === tabStop}
        isTarget={drag.mark !== undefined && "into" in drag.mark && drag.mark.into === row.id}
        isRenaming={renamingId === row.id}
        isReadOnly={readOnly}
        on={{
          press: (event) => drag.start(event, row, () => select(row, event.shiftKey ? "range" : event.metaKey || event.ctrlKey ? "toggle" : "only")),
          focus: () => setFocused(row.id),
          hover: (isOver) => model.setHovered(isOver ? row.id : undefined),
          expand: () => tree.setExpanded(row.id, !row.isExpanded),
          visible: () => model.toggleVisible(row.id),
          lock: () => model.toggleLocked(row.id),
          startRename: () => setRenaming(row.id),
          rename: (name) => {
            setRenaming(undefined)
            if (name !== undefined) model.rename(row.id, name)
            focusLine(row.id)
          }
        }}
      />
    )
  }
  return (
    <div class="layers" ref={scroller}>
      <div
        role="tree"
        aria-label="Layers"
        aria-multiselectable="true"
        class="layer-lines"
        style={{ height: `${rows.length * lineHeight}px` }}
        onKeyDown={onKeyDown}
      >
        {shown.map((row, index) => line(row, first + index))}
        {kept !== undefined && line(kept, focusedLine)}
        {drag.mark !== undefined && "line" in drag.mark && (
          <div class="layer-mark" style={{ top: `${Math.max(drag.mark.line * lineHeight, 1)}px`, "--depth": String(drag.mark.depth) }} />
        )}
      </div>
    </div>
  )
}

/** Both ends included, in either order. */
const idsBetween = (rows: ReadonlyArray<LayerRow>, from: string | undefined, to: string): ReadonlyArray<string> => {
  const end = rows.findIndex(({ id }) => id === to)
  const start = rows.findIndex(({ id }) => id === from)
  if (start === -1 || end === -1) return [to]
  return rows.slice(Math.min(start, end), Math.max(start, end) + 1).map(({ id }) => id)
}
