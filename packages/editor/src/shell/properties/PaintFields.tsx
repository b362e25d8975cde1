/** A fill or a stroke: its colour, by the browser's picker or as text, and how opaque it is. */
import { useRef, useState } from "preact/hooks"
import { Icon } from "../parts/Icon.tsx"
import { hexOf, typedColour } from "./colour.ts"
import type { EditStep } from "./EditStep.ts"
import { NumberField } from "./NumberField.tsx"
import { mixed, otherPaint, type Shared, valueOf } from "./selectionSummary.ts"

interface PaintFieldsProps {
  readonly label: "Fill" | "Stroke"
  readonly paint: Shared<string>
  readonly opacity: Shared<number>
  readonly isDisabled: boolean
  readonly step: EditStep
  readonly setPaint: (paint: string) => void
  readonly setOpacity: (opacity: number) => void
}

const firstColour = { Fill: "#d9d9e3", Stroke: "#1c1c22" }

export const PaintFields = ({ isDisabled, label, opacity, paint, setOpacity, setPaint, step }: PaintFieldsProps) => {
  const [draft, setDraft] = useState<string>()
  const picker = useRef<HTMLInputElement>(null)
  const value = valueOf(paint)
  if (value === "none") {
    return (
      <button type="button" class="add-paint" disabled={isDisabled} onClick={() => setPaint(firstColour[label])}>
        <Icon name="plus" size={14} />Add {label.toLowerCase()}
      </button>
    )
  }
  const hex = value === undefined || value === otherPaint ? undefined : hexOf(value)
  const shown = paint === mixed ? "" : value === otherPaint ? "" : (hex ?? value ?? "").replace("#", "").toUpperCase()
  const commit = (text: string): void => {
    setDraft(undefined)
    const colour = typedColour(text)
    if (text !== shown && colour !== undefined) setPaint(colour)
  }
  return (
    <div class="paint-fields" role="group" aria-label={label}>
      <div class="paint-field">
        <label class="swatch" style={{ "--color": hex ?? "transparent" }} data-mixed={hex === undefined ? "" : undefined}>
          <input
            ref={picker}
            type="color"
            aria-label={`${label} colour`}
            disabled={isDisabled}
            value={hex ?? "#888888"}
            onInput={({ currentTarget }) => step.edit(() => setPaint(currentTarget.value))}
            onChange={() => step.end()}
          />
        </label>
        <input
          class="hex"
          aria-label={`${label} colour as text`}
          autocomplete="off"
          spellcheck={false}
          disabled={isDisabled}
          placeholder={paint === mixed ? "Mixed" : value === otherPaint ? "Gradient" : ""}
          value={draft ?? shown}
          onFocus={({ currentTarget }) => currentTarget.select()}
          onInput={({ currentTarget }) => setDraft(currentTarget.value)}
          onBlur={({ currentTarget }) => commit(currentTarget.value)}
          onKeyDown={(event) => {
            if (draft !== undefined) event.stopPropagation()
            if (event.key === "Enter") commit(event.currentTarget.value)
            if (event.key === "Escape") {
              setDraft(undefined)
              event.currentTarget.value = shown
              event.currentTarget.blur()
            }
          }}
        />
      </div>
      <NumberField
        label={`${label} opacity`}
        short=""
        unit="%"
        min={0}
        max={100}
        isDisabled={isDisabled}
        value={percent(opacity)}
        onChange={(number) => setOpacity(number / 100)}
        onDrag={(number) => step.edit(() => setOpacity(number / 100))}
        onDragEnd={(isKept) => (isKept ? step.end() : step.cancel())}
      />
      <button type="button" class="icon-button" aria-label={`Remove ${label.toLowerCase()}`} title={`Remove ${label.toLowerCase()}`} disabled={isDisabled} onClick={() => setPaint("none")}>
        <Icon name="minus" size={14} />
      </button>
    </div>
  )
}

export const percent = (share: Shared<number>): Shared<number> =>
  share === undefined || share === mixed ? share : { value: Math.round(share.value * 100) }
