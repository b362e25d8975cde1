/** Who owns the file says here who may do what with it; everybody else, and where nobody is asked, copies its link. */
import { may } from "@easel/protocol/editor"
import { useState } from "preact/hooks"
import type { EditorModel } from "../../model/EditorModel.ts"
import { Icon } from "../parts/Icon.tsx"
import { LazyDialog } from "../parts/LazyDialog.tsx"
import { pathOfFile } from "../router.ts"
import { useMe } from "../session/useMe.ts"
import { useModel } from "./useModel.ts"

const load = async () => (await import("../share/ShareDialog.tsx")).ShareDialog

export const ShareButton = ({ model }: { readonly model: EditorModel }) => {
  const { fileId } = model.file
  const me = useMe(fileId)
  const mayShare = useModel(model, ({ file }) => may(file.status.role, "share"))
  const [isOpen, setOpen] = useState(false)
  const rolesApply = me?.open === false
  const copy = async () => {
    const link = `${location.origin}${pathOfFile(fileId)}`
    try {
      await navigator.clipboard.writeText(link)
      model.notify("info", rolesApply ? "Link copied. Whoever has access to the file can open it." : "Link copied. Whoever has it can edit the file.")
    } catch {
      // Without HTTPS there is no clipboard for pages.
      model.notify("info", `The link is ${link}`)
    }
  }
  const close = () => setOpen(false)
  const fail = () => {
    close()
    model.notify("error", "The dialog for sharing could not be loaded.")
  }
  const opensDialog = rolesApply && mayShare
  return (
    <>
      <button
        type="button"
        class="button share-button"
        data-primary
        aria-label={opensDialog ? "Share this file" : "Copy the link to this file"}
        aria-haspopup={opensDialog ? "dialog" : undefined}
        onClick={() => opensDialog ? setOpen(true) : void copy()}
      >
        <Icon name="link" size={14} /><span class="wide-only">Share</span>
      </button>
      {isOpen && opensDialog && <LazyDialog load={load} props={{ fileId, ownId: me.userId, onClose: close }} onFailed={fail} />}
    </>
  )
}
