/** Opens the history of the file. */
import { useState } from "preact/hooks"
import type { EditorModel } from "../../model/EditorModel.ts"
import { Icon } from "../parts/Icon.tsx"
import { LazyDialog } from "../parts/LazyDialog.tsx"
import type { Restored } from "../versions/VersionsApi.ts"

const load = async () => (await import("../versions/VersionsDialog.tsx")).VersionsDialog

export const VersionsButton = ({ model }: { readonly model: EditorModel }) => {
  const [isOpen, setOpen] = useState(false)
  const [restored, setRestored] = useState<Restored>()
  const close = () => setOpen(false)
  const fail = () => {
    close()
    model.notify("error", "The version history could not be loaded.")
  }
  return (
    <>
      <button type="button" class="icon-button" aria-label="Version history" aria-haspopup="dialog" data-tip="Version history" onClick={() => setOpen(true)}>
        <Icon name="history" />
      </button>
      {isOpen && <LazyDialog load={load} props={{ model, restored, onRestored: setRestored, onClose: close }} onFailed={fail} />}
    </>
  )
}
