/** Messages of the model for the person, the newest below. They go by themselves; errors stay longer. */
import { useEffect } from "preact/hooks"
import type { EditorModel } from "../../model/EditorModel.ts"
import type { Notice } from "../../model/Notices.ts"
import { Icon } from "../parts/Icon.tsx"
import { useModel } from "./useModel.ts"

const shownMax = 4
const shownMillis: Readonly<Record<Notice["kind"], number>> = { info: 4_000, warning: 8_000, error: 10_000 }

export const Toasts = ({ model }: { readonly model: EditorModel }) => {
  const notices = useModel(model, ({ notices }) => notices)
  return (
    <ol class="toasts" aria-live="polite" aria-label="Messages">
      {notices.slice(-shownMax).map((notice) => <Toast key={notice.id} notice={notice} dismiss={() => model.dismissNotice(notice.id)} />)}
    </ol>
  )
}

const Toast = ({ dismiss, notice }: { readonly notice: Notice; readonly dismiss: () => void }) => {
  useEffect(() => {
    const timer = setTimeout(dismiss, shownMillis[notice.kind])
    return () => clearTimeout(timer)
  }, [notice.id])
  return (
    <li class="toast" data-kind={notice.kind}>
      <Icon name={notice.kind === "info" ? "info" : "warning"} />
      <span>{notice.text}</span>
      <button type="button" class="icon-button" aria-label="Dismiss" onClick={dismiss}><Icon name="close" size={14} /></button>
    </li>
  )
}
