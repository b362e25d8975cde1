/** Copies the file's link: whoever has it can edit. */
import type { EditorModel } from "../../model/EditorModel.ts"
import { Icon } from "../parts/Icon.tsx"
import { pathOfFile } from "../router.ts"

export const ShareButton = ({ model }: { readonly model: EditorModel }) => {
  const share = async () => {
    const link = `${location.origin}${pathOfFile(model.file.fileId)}`
    try {
      await navigator.clipboard.writeText(link)
      model.notify("info", "Link copied. Whoever has it can edit the file.")
    } catch {
      // Without HTTPS there is no clipboard for pages.
      model.notify("info", `The link is ${link}`)
    }
  }
  return (
    <button type="button" class="button share-button" data-primary aria-label="Copy the link to this file" onClick={share}>
      <Icon name="link" size={14} /><span class="wide-only">Share</span>
    </button>
  )
}
