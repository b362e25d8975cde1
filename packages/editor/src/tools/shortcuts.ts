/**
 * The keyboard of the page as a table: the keys a person presses, what they do, and the words the help dialog shows.
 * `Mod` is Cmd on a Mac and Ctrl elsewhere.
 */
import type { EditorModel, Tool } from "../model/EditorModel.ts"
import { drawInTheMiddle } from "./DrawGesture.ts"

export interface Shortcut {
  /** Such as `Mod+Shift+Z`; shown in the help dialog. */
  readonly keys: string
  /** Other keys that do the same; not shown. */
  readonly also?: ReadonlyArray<string>
  readonly label: string
  readonly section: "Tools" | "Edit" | "Arrange" | "Selection" | "View"
  /** Absent for what the browser or the pointer does (copy, paste, space); those are listed for help only. */
  readonly command?: (model: EditorModel) => void
  /** Keys that a focused button or list needs for itself: they act only while the canvas has the focus. */
  readonly canvasOnly?: true
}

const tool = (keys: string, label: string, tool: Tool): Shortcut => ({ keys, label, section: "Tools", command: (model) => model.setTool(tool) })

const nudge = (keys: string, label: string, dx: number, dy: number): Shortcut => ({
  keys,
  label,
  section: "Arrange",
  canvasOnly: true,
  command: (model) => model.nudge(dx, dy)
})

const enter = (model: EditorModel): void => {
  if (model.tool === "select" || model.tool === "hand" || model.tool === "comment" || model.readOnly) model.openSelection()
  else drawInTheMiddle(model, model.tool)
}

export const shortcuts: ReadonlyArray<Shortcut> = [
  tool("V", "Select", "select"),
  tool("H", "Hand", "hand"),
  tool("R", "Rectangle", "rectangle"),
  tool("O", "Ellipse", "ellipse"),
  tool("L", "Line", "line"),
  tool("T", "Text", "text"),
  tool("F", "Frame", "frame"),
  tool("C", "Comment", "comment"),
  { keys: "Mod+Z", label: "Undo", section: "Edit", command: (model) => model.undo() },
  { keys: "Mod+Shift+Z", also: ["Mod+Y"], label: "Redo", section: "Edit", command: (model) => model.redo() },
  { keys: "Mod+C", label: "Copy", section: "Edit" },
  { keys: "Mod+X", label: "Cut", section: "Edit" },
  { keys: "Mod+V", label: "Paste", section: "Edit" },
  { keys: "Mod+D", label: "Duplicate", section: "Edit", command: (model) => model.duplicateSelection() },
  { keys: "Delete", also: ["Backspace"], label: "Delete", section: "Edit", command: (model) => model.deleteSelection() },
  { keys: "Enter", label: "Edit text, enter group, or place what the tool draws", section: "Edit", canvasOnly: true, command: enter },
  { keys: "Mod+G", label: "Group", section: "Arrange", command: (model) => model.groupSelection() },
  { keys: "Mod+Shift+G", label: "Ungroup", section: "Arrange", command: (model) => model.ungroupSelection() },
  { keys: "]", label: "Bring to front", section: "Arrange", command: (model) => model.bringToFront() },
  { keys: "[", label: "Send to back", section: "Arrange", command: (model) => model.sendToBack() },
  { keys: "Mod+]", label: "Bring forward", section: "Arrange", command: (model) => model.bringForward() },
  { keys: "Mod+[", label: "Send backward", section: "Arrange", command: (model) => model.sendBackward() },
  nudge("ArrowLeft", "Move by 1 to the left", -1, 0),
  nudge("ArrowRight", "Move by 1 to the right", 1, 0),
  nudge("ArrowUp", "Move by 1 up", 0, -1),
  nudge("ArrowDown", "Move by 1 down", 0, 1),
  nudge("Shift+ArrowLeft", "Move by 10 to the left", -10, 0),
  nudge("Shift+ArrowRight", "Move by 10 to the right", 10, 0),
  nudge("Shift+ArrowUp", "Move by 10 up", 0, -10),
  nudge("Shift+ArrowDown", "Move by 10 down", 0, 10),
  { keys: "Mod+A", label: "Select all", section: "Selection", command: (model) => model.selectAll() },
  { keys: "Tab", label: "Select next", section: "Selection", canvasOnly: true, command: (model) => model.selectSibling("next") },
  { keys: "Shift+Tab", label: "Select previous", section: "Selection", canvasOnly: true, command: (model) => model.selectSibling("previous") },
  { keys: "Escape", label: "Leave group, or select nothing", section: "Selection", command: (model) => model.leave() },
  { keys: "Shift+1", label: "Zoom to fit", section: "View", command: (model) => model.zoomToFit() },
  { keys: "Shift+2", label: "Zoom to selection", section: "View", command: (model) => model.zoomToSelection() },
  { keys: "Mod+0", also: ["Shift+0"], label: "Zoom to 100 %", section: "View", command: (model) => model.zoomTo(1) },
  { keys: "Mod++", also: ["Mod+=", "+"], label: "Zoom in", section: "View", command: (model) => model.zoomTo(model.camera.zoom * 1.5) },
  { keys: "Mod+-", also: ["-"], label: "Zoom out", section: "View", command: (model) => model.zoomTo(model.camera.zoom / 1.5) },
  { keys: "Space", label: "Drag to pan", section: "View" },
  { keys: "?", label: "Keyboard shortcuts", section: "View", command: (model) => model.setHelpOpen(!model.helpOpen) }
]

/** What of a key press the table looks at; a `KeyboardEvent` has it. */
interface KeyPress {
  readonly key: string
  /** The key's place on the keyboard: digits are found by it, because shift makes other characters of them. */
  readonly code: string
  readonly shiftKey: boolean
  readonly altKey: boolean
  readonly ctrlKey: boolean
  readonly metaKey: boolean
}

/** The shortcut that a key press means, if it is in the table and has a command. */
export const shortcutFor = (press: KeyPress): Shortcut | undefined => {
  if (press.altKey) return undefined
  const names = namesOf(press)
  return shortcuts.find(({ also = [], command, keys }) => command !== undefined && [keys, ...also].some((text) => names.has(text)))
}

/** All the ways in which the table may write a key press. */
const namesOf = ({ code, ctrlKey, key, metaKey, shiftKey }: KeyPress): ReadonlySet<string> => {
  const mod = ctrlKey || metaKey ? "Mod+" : ""
  const digit = /^(?:Digit|Numpad)(\d)$/.exec(code)?.[1]
  const written = digit ?? (key.length === 1 ? key.toUpperCase() : key)
  const names = new Set([`${mod}${shiftKey ? "Shift+" : ""}${written}`])
  // A character that needs shift is written without it.
  if (key.length === 1 && !/[a-z0-9]/i.test(key)) names.add(`${mod}${key}`)
  return names
}
