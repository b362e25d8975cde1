/** The keys of the tree of layers (the tree pattern of WAI-ARIA). What it does not know goes on to the editor. */
import type { EditorModel } from "../../model/EditorModel.ts"
import type { LayerRow } from "./layerRows.ts"
import type { LayerTree } from "./LayerTree.ts"

interface LayerKeys {
  readonly tree: LayerTree
  readonly model: EditorModel
  readonly focused: { readonly current: string | undefined }
  readonly select: (row: LayerRow, how: "only" | "toggle" | "range") => void
  readonly focusLine: (id: string) => void
  readonly rename: (id: string) => void
}

export const useLayerKeys = ({ focusLine, focused, model, rename, select, tree }: LayerKeys) => (event: KeyboardEvent): void => {
  const { rows } = tree
  const at = rows.findIndex(({ id }) => id === focused.current)
  const row = rows[at]
  if (row === undefined || event.altKey) return
  const isMod = event.ctrlKey || event.metaKey
  const go = (to: LayerRow | undefined): void => {
    if (to === undefined) return
    if (!isMod) select(to, event.shiftKey ? "range" : "only")
    focusLine(to.id)
  }
  const actions: Readonly<Record<string, () => void>> = {
    ArrowDown: () => go(rows[at + 1]),
    ArrowUp: () => go(rows[at - 1]),
    Home: () => go(rows[0]),
    End: () => go(rows.at(-1)),
    ArrowRight: () => (row.isContainer && !row.isExpanded ? tree.setExpanded(row.id, true) : go(rows[at + 1])),
    ArrowLeft: () => (row.isExpanded ? tree.setExpanded(row.id, false) : go(rows.find(({ id }) => id === row.parentId))),
    " ": () => select(row, "toggle"),
    F2: () => rename(row.id),
    Enter: () => rename(row.id)
  }
  const action = actions[event.key]
  if (action === undefined || (model.readOnly && (event.key === "F2" || event.key === "Enter"))) return
  // Ctrl with an arrow moves the focus alone; other keys with Ctrl are the editor's.
  if (isMod && !event.key.startsWith("Arrow")) return
  event.preventDefault()
  event.stopPropagation()
  action()
}
