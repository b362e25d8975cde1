/** The tools, at the bottom of the canvas; on a phone also the buttons that open the panels. */
import { useRef } from "preact/hooks"
import type { EditorModel, Tool } from "../../model/EditorModel.ts"
import { Icon } from "../parts/Icon.tsx"
import type { IconName } from "../parts/iconPaths.ts"
import { useModel } from "./useModel.ts"

/** Of the panel that covers the canvas of a phone. */
export type Side = "left" | "right"

interface ToolEntry {
  readonly tool: Tool
  readonly icon: IconName
  readonly label: string
  readonly keys: string
}

const tools: ReadonlyArray<ToolEntry> = [
  { tool: "select", icon: "cursor", label: "Select", keys: "V" },
  { tool: "hand", icon: "hand", label: "Hand", keys: "H" },
  { tool: "frame", icon: "frame", label: "Frame", keys: "F" },
  { tool: "rectangle", icon: "rectangle", label: "Rectangle", keys: "R" },
  { tool: "ellipse", icon: "ellipse", label: "Ellipse", keys: "O" },
  { tool: "line", icon: "line", label: "Line", keys: "L" },
  { tool: "text", icon: "text", label: "Text", keys: "T" },
  { tool: "comment", icon: "comment", label: "Comment", keys: "C" }
]

interface ToolbarProps {
  readonly model: EditorModel
  readonly drawer: Side | undefined
  readonly onDrawer: (side: Side | undefined) => void
}

export const Toolbar = ({ drawer, model, onDrawer }: ToolbarProps) => {
  const current = useModel(model, ({ tool }) => tool)
  const readOnly = useModel(model, ({ readOnly }) => readOnly)
  const mayComment = useModel(model, ({ commenting }) => commenting.mayComment)
  const bar = useRef<HTMLDivElement>(null)
  const moveFocus = (event: KeyboardEvent) => {
    const by = event.key === "ArrowRight" ? 1 : event.key === "ArrowLeft" ? -1 : 0
    if (by === 0) return
    event.preventDefault()
    event.stopPropagation()
    const buttons = Array.from(bar.current?.querySelectorAll<HTMLButtonElement>("[role=radio]:not(:disabled)") ?? [])
    const at = buttons.findIndex((button) => button === document.activeElement)
    const next = buttons.at((at + by) % buttons.length)
    next?.focus()
    next?.click()
  }
  const opener = (side: Side, icon: IconName, label: string) => (
    <button
      type="button"
      class="tool-button phone-only"
      aria-label={label}
      aria-expanded={drawer === side}
      onClick={() => onDrawer(drawer === side ? undefined : side)}
    >
      <Icon name={icon} size={18} />
    </button>
  )
  return (
    <div class="toolbar" ref={bar} onKeyDown={moveFocus}>
      {opener("left", "layers", "Layers")}
      <div class="toolbar-tools" role="radiogroup" aria-label="Tools">
        {tools.map(({ icon, keys, label, tool }) => (
          <button
            key={tool}
            type="button"
            role="radio"
            class="tool-button"
            aria-checked={current === tool}
            aria-label={label}
            aria-keyshortcuts={keys}
            tabIndex={current === tool ? 0 : -1}
            data-tip={`${label}  ${keys}`}
            data-tip-above
            disabled={tool === "comment" ? !mayComment : readOnly && tool !== "select" && tool !== "hand"}
            onClick={() => model.setTool(tool)}
          >
            <Icon name={icon} size={18} />
          </button>
        ))}
      </div>
      {opener("right", "properties", "Properties")}
    </div>
  )
}
