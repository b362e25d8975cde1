/** Lines selected objects up along an edge or a middle of them all. */
import type { Edge, EditorModel } from "../../model/EditorModel.ts"
import { Icon } from "../parts/Icon.tsx"
import type { IconName } from "../parts/iconPaths.ts"

const edges: ReadonlyArray<readonly [edge: Edge, icon: IconName, label: string]> = [
  ["left", "alignLeft", "Align left edges"],
  ["centre", "alignCentre", "Align centres horizontally"],
  ["right", "alignRight", "Align right edges"],
  ["top", "alignTop", "Align top edges"],
  ["middle", "alignMiddle", "Align middles vertically"],
  ["bottom", "alignBottom", "Align bottom edges"]
]

export const AlignButtons = ({ isDisabled, model }: { readonly model: EditorModel; readonly isDisabled: boolean }) => (
  <div class="align-buttons" role="group" aria-label="Align">
    {edges.map(([edge, icon, label]) => (
      <button
        key={edge}
        type="button"
        class="icon-button"
        aria-label={label}
        title={label}
        disabled={isDisabled}
        onClick={() => model.alignSelection(edge)}
      >
        <Icon name={icon} size={15} />
      </button>
    ))}
  </div>
)
