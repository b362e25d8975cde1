/** What the selected objects are like, to be changed by hand. */
import type { Json } from "@easel/document"
import type { ComponentChildren } from "preact"
import { useEffect, useMemo } from "preact/hooks"
import type { EditorModel } from "../../model/EditorModel.ts"
import { useModel } from "../editor/useModel.ts"
import { Icon } from "../parts/Icon.tsx"
import { AlignButtons } from "./AlignButtons.tsx"
import { EditStep } from "./EditStep.ts"
import { LayoutFields } from "./LayoutFields.tsx"
import { NumberField } from "./NumberField.tsx"
import { PaintFields, percent } from "./PaintFields.tsx"
import { sameSummary, selectionSummary, type SelectionSummary, valueOf } from "./selectionSummary.ts"
import { TextFields } from "./TextFields.tsx"

export const PropertiesPanel = ({ model, onClose }: { readonly model: EditorModel; readonly onClose: () => void }) => {
  const summary = useModel(model, summaryOf, sameSummary)
  const isReadOnly = useModel(model, ({ readOnly }) => readOnly)
  return (
    <>
      <div class="panel-title">
        <h2>{summary?.title ?? "Properties"}</h2>
        <button type="button" class="icon-button phone-only" aria-label="Close properties" onClick={onClose}><Icon name="close" /></button>
      </div>
      {summary === undefined
        ? <p class="panel-empty">Select something to see {isReadOnly ? "" : "and change "}what it is like.</p>
        // Fields that hold a half-typed value must not carry it over to another selection.
        : <Properties key={summary.ids.join()} model={model} summary={summary} />}
    </>
  )
}

const summaryOf = (model: EditorModel): SelectionSummary | undefined =>
  model.selection.size === 0 ? undefined : selectionSummary([...model.selection], (id) => model.scene.get(id))

const Properties = ({ model, summary }: { readonly model: EditorModel; readonly summary: SelectionSummary }) => {
  const isReadOnly = useModel(model, ({ readOnly }) => readOnly)
  const step = useMemo(() => new EditStep(model), [model])
  useEffect(() => () => step.end(), [step])
  const { ids } = summary
  const set = (properties: Readonly<Record<string, Json>>) => model.setProperties(ids, properties)
  const drag = (properties: Readonly<Record<string, Json>>) => step.edit(() => set(properties))
  const dragEnd = (isKept: boolean) => (isKept ? step.end() : step.cancel())
  return (
    <div class="properties" onKeyDown={(event) => undoFromField(event, model)}>
      {ids.length > 1 && <AlignButtons model={model} isDisabled={isReadOnly} />}
      <Section title="Layout">
        <LayoutFields model={model} summary={summary} isDisabled={isReadOnly} step={step} />
      </Section>
      <Section title="Appearance">
        <div class="field-row">
          <NumberField
            label="Opacity"
            short="◐"
            unit="%"
            min={0}
            max={100}
            isDisabled={isReadOnly}
            value={percent(summary.opacity)}
            onChange={(number) => set({ opacity: number / 100 })}
            onDrag={(number) => drag({ opacity: number / 100 })}
            onDragEnd={dragEnd}
          />
          <span />
        </div>
      </Section>
      {summary.isText && (
        <Section title="Text">
          <TextFields model={model} summary={summary} isDisabled={isReadOnly} step={step} />
        </Section>
      )}
      {summary.isPaintable && (
        <>
          <Section title="Fill">
            <PaintFields
              label="Fill"
              paint={summary.fill}
              opacity={summary.fillOpacity}
              isDisabled={isReadOnly}
              step={step}
              setPaint={(fill) => set({ fill })}
              setOpacity={(fillOpacity) => set({ fillOpacity })}
            />
          </Section>
          <Section title="Stroke">
            <PaintFields
              label="Stroke"
              paint={summary.stroke}
              opacity={summary.strokeOpacity}
              isDisabled={isReadOnly}
              step={step}
              setPaint={(stroke) => set({ stroke })}
              setOpacity={(strokeOpacity) => set({ strokeOpacity })}
            />
            {valueOf(summary.stroke) !== "none" && (
              <div class="field-row">
                <NumberField
                  label="Stroke width"
                  short="≡"
                  min={0}
                  isDisabled={isReadOnly}
                  value={summary.strokeWidth}
                  onChange={(strokeWidth) => set({ strokeWidth })}
                  onDrag={(strokeWidth) => drag({ strokeWidth })}
                  onDragEnd={dragEnd}
                />
                <span />
              </div>
            )}
          </Section>
        </>
      )}
    </div>
  )
}

/** The canvas leaves the keys of fields alone, but a field without a half-typed value has nothing to undo itself. */
const undoFromField = (event: KeyboardEvent, model: EditorModel): void => {
  if (event.key.toLowerCase() !== "z" || !(event.ctrlKey || event.metaKey) || !(event.target instanceof HTMLInputElement)) return
  event.preventDefault()
  if (event.shiftKey) model.redo()
  else model.undo()
}

const Section = ({ children, title }: { readonly title: string; readonly children: ComponentChildren }) => (
  <section class="properties-section">
    <h3>{title}</h3>
    {children}
  </section>
)
