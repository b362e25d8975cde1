/** What concerns the file as a whole: its name, whether it is saved, who is here, and how one looks at it. */
import type { EditorModel } from "../../model/EditorModel.ts"
import { Icon } from "../parts/Icon.tsx"
import { keysText } from "../parts/keysText.ts"
import { CommentsButton } from "../comments/CommentsButton.tsx"
import { followLink } from "../router.ts"
import { ThemeButton } from "../theme/ThemeButton.tsx"
import { Avatars } from "./Avatars.tsx"
import { ExportMenu } from "./ExportMenu.tsx"
import { FileName } from "./FileName.tsx"
import { SaveIndicator } from "./SaveIndicator.tsx"
import { ShareButton } from "./ShareButton.tsx"
import { useModel } from "./useModel.ts"
import { VersionsButton } from "./VersionsButton.tsx"
import { ZoomMenu } from "./ZoomMenu.tsx"

export const EditorHeader = ({ model, onReopen }: { readonly model: EditorModel; readonly onReopen: () => void }) => (
  <header class="editor-header">
    <a class="icon-button" href="/" aria-label="All files" data-tip="All files" onClick={followLink}>
      <Icon name="back" size={18} />
    </a>
    <FileName model={model} />
    <SaveIndicator model={model} />
    <span class="spacer" />
    <UndoButtons model={model} />
    <Avatars model={model} onReopen={onReopen} />
    <CommentsButton model={model} />
    <VersionsButton model={model} />
    <ExportMenu model={model} />
    <ShareButton model={model} />
    <ZoomMenu model={model} />
    <span class="wide-only"><ThemeButton /></span>
    <button
      type="button"
      class="icon-button wide-only"
      aria-label="Keyboard shortcuts"
      data-tip="Keyboard shortcuts"
      data-tip-end
      onClick={() => model.setHelpOpen(true)}
    >
      <Icon name="help" />
    </button>
  </header>
)

const UndoButtons = ({ model }: { readonly model: EditorModel }) => {
  const canUndo = useModel(model, ({ file, readOnly }) => file.canUndo && !readOnly)
  const canRedo = useModel(model, ({ file, readOnly }) => file.canRedo && !readOnly)
  return (
    <div class="button-group wide-only">
      <button type="button" class="icon-button" aria-label="Undo" data-tip={`Undo  ${keysText("Mod+Z")}`} disabled={!canUndo} onClick={() => model.undo()}>
        <Icon name="undo" />
      </button>
      <button type="button" class="icon-button" aria-label="Redo" data-tip={`Redo  ${keysText("Mod+Shift+Z")}`} disabled={!canRedo} onClick={() => model.redo()}>
        <Icon name="redo" />
      </button>
    </div>
  )
}
