/** Where objects lie and how large they are. */
import type { EditorModel } from "../../model/EditorModel.ts"
import type { EditStep } from "./EditStep.ts"
import { NumberField } from "./NumberField.tsx"
import type { SelectionSummary, Shared } from "./selectionSummary.ts"

interface LayoutFieldsProps {
  readonly model: EditorModel
  readonly summary: SelectionSummary
  readonly isDisabled: boolean
  readonly step: EditStep
}

export const LayoutFields = ({ isDisabled, model, step, summary }: LayoutFieldsProps) => {
  const { ids } = summary
  const field = (
    label: string,
    short: string,
    value: Shared<number>,
    set: (value: number) => void,
    more: { readonly min?: number; readonly unit?: string; readonly isDisabled?: boolean } = {}
  ) => (
    <NumberField
      label={label}
      short={short}
      value={value}
      isDisabled={isDisabled}
      onChange={set}
      onDrag={(value) => step.edit(() => set(value))}
      onDragEnd={(isKept) => (isKept ? step.end() : step.cancel())}
      {...more}
    />
  )
  const size = { min: 0, isDisabled: isDisabled || !summary.hasWidth }
  return (
    <>
      <div class="field-row">
        {field("X", "X", summary.x, (value) => moveTo(model, ids, "x", value))}
        {field("Y", "Y", summary.y, (value) => moveTo(model, ids, "y", value))}
      </div>
      <div class="field-row">
        {field("Width", "W", summary.width, (width) => model.setProperties(ids, { width }), size)}
        {field("Height", "H", summary.height, (height) => model.setProperties(ids, { height }), size)}
      </div>
      <div class="field-row">
        {field("Rotation", "∠", summary.rotation, (rotation) => model.setProperties(ids, { rotation }), { unit: "°" })}
        {summary.hasCorners
          ? field("Corner radius", "◜", summary.cornerRadius, (cornerRadius) => model.setProperties(ids, { cornerRadius }), { min: 0 })
          : <span />}
      </div>
    </>
  )
}

/** The field shows the edge of an object's box, which for lines, paths and texts is not where its `x` or `y` is. */
const moveTo = (model: EditorModel, ids: ReadonlyArray<string>, axis: "x" | "y", value: number): void =>
  model.edit(() => {
    for (const id of ids) {
      const node = model.scene.get(id)
      if (node !== undefined) model.setProperties([id], { [axis]: value - node.localBox[axis] })
    }
  })
