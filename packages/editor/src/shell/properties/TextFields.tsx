/** What a text says and how it is set. */
import type { Json } from "@easel/document"
import type { EditorModel } from "../../model/EditorModel.ts"
import { Icon } from "../parts/Icon.tsx"
import type { IconName } from "../parts/iconPaths.ts"
import type { EditStep } from "./EditStep.ts"
import { NumberField } from "./NumberField.tsx"
import { mixed, type SelectionSummary, valueOf } from "./selectionSummary.ts"

interface TextFieldsProps {
  readonly model: EditorModel
  readonly summary: SelectionSummary
  readonly isDisabled: boolean
  readonly step: EditStep
}

const weights: ReadonlyArray<readonly [weight: number, label: string]> = [
  [300, "Light"],
  [400, "Regular"],
  [500, "Medium"],
  [600, "Semibold"],
  [700, "Bold"],
  [800, "Extra bold"]
]

const aligns: ReadonlyArray<readonly [align: string, icon: IconName, label: string]> = [
  ["left", "textLeft", "Left"],
  ["center", "textCentre", "Centre"],
  ["right", "textRight", "Right"]
]

export const TextFields = ({ isDisabled, model, step, summary }: TextFieldsProps) => {
  const set = (properties: Readonly<Record<string, Json>>) => model.setProperties(summary.ids, properties)
  const setText = (text: string) => {
    for (const id of summary.ids) model.setText(id, text)
  }
  const weight = valueOf(summary.fontWeight)
  const align = valueOf(summary.textAlign)
  return (
    <>
      <textarea
        class="text-input"
        aria-label="Text"
        rows={2}
        disabled={isDisabled}
        placeholder={summary.text === mixed ? "Mixed" : ""}
        value={valueOf(summary.text) ?? ""}
        onInput={({ currentTarget }) => step.edit(() => setText(currentTarget.value))}
        onBlur={() => step.end()}
        onKeyDown={(event) => {
          event.stopPropagation()
          if (event.key === "Escape") event.currentTarget.blur()
        }}
      />
      <div class="field-row">
        <NumberField
          label="Font size"
          short="A"
          min={1}
          max={2_000}
          isDisabled={isDisabled}
          value={summary.fontSize}
          onChange={(fontSize) => set({ fontSize })}
          onDrag={(fontSize) => step.edit(() => set({ fontSize }))}
          onDragEnd={(isKept) => (isKept ? step.end() : step.cancel())}
        />
        <select
          class="select"
          aria-label="Font weight"
          disabled={isDisabled}
          value={weight ?? ""}
          onChange={({ currentTarget }) => set({ fontWeight: Number(currentTarget.value) })}
        >
          {weight === undefined && <option value="">Mixed</option>}
          {weight !== undefined && !weights.some(([known]) => known === weight) && <option value={weight}>{weight}</option>}
          {weights.map(([weight, label]) => <option key={weight} value={weight}>{label}</option>)}
        </select>
      </div>
      <div class="segmented" role="group" aria-label="Text alignment">
        {aligns.map(([value, icon, label]) => (
          <button
            key={value}
            type="button"
            aria-label={`Align text ${label.toLowerCase()}`}
            aria-pressed={align === value}
            disabled={isDisabled}
            onClick={() => set({ textAlign: value })}
          >
            <Icon name={icon} size={15} />
          </button>
        ))}
      </div>
    </>
  )
}
