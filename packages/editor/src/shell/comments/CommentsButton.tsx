/** Opens the panel of comments, and says how many threads have something new. */
import type { EditorModel } from "../../model/EditorModel.ts"
import { useModel } from "../editor/useModel.ts"
import { Icon } from "../parts/Icon.tsx"

export const CommentsButton = ({ model }: { readonly model: EditorModel }) => {
  const { commenting } = model
  const isOpen = useModel(model, () => commenting.isOpen)
  const unread = useModel(model, () => commenting.threads.filter((thread) => thread.unread).length)
  return (
    <button
      type="button"
      class="icon-button comments-button"
      aria-label={unread === 0 ? "Comments" : `Comments, ${unread} unread`}
      aria-expanded={isOpen}
      data-tip="Comments"
      onClick={() => commenting.show(!isOpen)}
    >
      <Icon name="comment" />
      {unread > 0 && <span class="comments-count" aria-hidden="true">{unread}</span>}
    </button>
  )
}
