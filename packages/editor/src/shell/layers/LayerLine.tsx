/** One line of the tree of layers. */
import type { DesignObject } from "@easel/document"
import { EditableText } from "../parts/EditableText.tsx"
import { Icon } from "../parts/Icon.tsx"
import type { IconName } from "../parts/iconPaths.ts"
import { layerName, type LayerRow } from "./layerRows.ts"

interface LayerLineProps {
  readonly row: LayerRow
  readonly object: DesignObject
  /** In pixels from the top of the list. */
  readonly top: number
  readonly isSelected: boolean
  readonly isTabStop: boolean
  /** Whether what is dragged would land in it. */
  readonly isTarget: boolean
  readonly isRenaming: boolean
  readonly isReadOnly: boolean
  readonly on: {
    readonly press: (event: PointerEvent) => void
    readonly focus: () => void
    readonly hover: (isOver: boolean) => void
    readonly expand: () => void
    readonly visible: () => void
    readonly lock: () => void
    readonly startRename: () => void
    readonly rename: (name: string | undefined) => void
  }
}

const icons: Readonly<Record<string, IconName>> = {
  rectangle: "rectangle",
  ellipse: "ellipse",
  text: "text",
  frame: "frame",
  page: "frame",
  group: "group",
  line: "line",
  polygon: "polygon",
  star: "star",
  path: "path",
  image: "image",
  component: "component",
  instance: "component"
}

const nameCharsMax = 255

export const LayerLine = ({ isReadOnly, isRenaming, isSelected, isTabStop, isTarget, object, on, row, top }: LayerLineProps) => {
  const name = layerName(object)
  const isHidden = object.get("visible") === false
  const isLocked = object.get("locked") === true
  return (
    <div
      role="treeitem"
      class="layer-line"
      data-id={row.id}
      data-hidden={isHidden ? "" : undefined}
      data-target={isTarget ? "" : undefined}
      aria-level={row.depth + 1}
      aria-posinset={row.position}
      aria-setsize={row.siblings}
      aria-selected={isSelected}
      aria-expanded={row.isContainer ? row.isExpanded : undefined}
      aria-label={`${name}${isHidden ? ", hidden" : ""}${isLocked ? ", locked" : ""}`}
      tabIndex={isTabStop ? 0 : -1}
      style={{ transform: `translateY(${top}px)`, "--depth": String(row.depth) }}
      onPointerDown={on.press}
      onFocus={on.focus}
      onPointerEnter={() => on.hover(true)}
      onPointerLeave={() => on.hover(false)}
      onDblClick={() => {
        if (!isReadOnly) on.startRename()
      }}
    >
      {row.isContainer
        ? (
          <button
            type="button"
            class="layer-expand"
            tabIndex={-1}
            aria-hidden="true"
            data-open={row.isExpanded ? "" : undefined}
            onPointerDown={(event) => event.stopPropagation()}
            onDblClick={(event) => event.stopPropagation()}
            onClick={on.expand}
          >
            <Icon name="expand" size={12} />
          </button>
        )
        : <span class="layer-expand" />}
      <Icon name={icons[object.type ?? ""] ?? "path"} size={13} />
      {isRenaming
        ? <EditableText value={name} label="Layer name" charsMax={nameCharsMax} onDone={on.rename} />
        : <span class="layer-name">{name}</span>}
      <LineButton icon={isLocked ? "locked" : "unlocked"} isOn={isLocked} isDisabled={isReadOnly} label={isLocked ? "Unlock" : "Lock"} onClick={on.lock} />
      <LineButton icon={isHidden ? "hidden" : "shown"} isOn={isHidden} isDisabled={isReadOnly} label={isHidden ? "Show" : "Hide"} onClick={on.visible} />
    </div>
  )
}

interface LineButtonProps {
  readonly icon: IconName
  readonly isOn: boolean
  readonly isDisabled: boolean
  readonly label: string
  readonly onClick: () => void
}

/** Not a stop of Tab: the keyboard has shortcuts for both, and a tree has one stop. */
const LineButton = ({ icon, isDisabled, isOn, label, onClick }: LineButtonProps) => (
  <button
    type="button"
    class="layer-button"
    tabIndex={-1}
    aria-label={label}
    aria-pressed={isOn}
    title={label}
    disabled={isDisabled}
    onPointerDown={(event) => event.stopPropagation()}
    onDblClick={(event) => event.stopPropagation()}
    onClick={onClick}
  >
    <Icon name={icon} size={13} />
  </button>
)
