/** Whether what one sees is saved. Screen readers hear of trouble and of its end, not of every keystroke. */
import { useEffect, useState } from "preact/hooks"
import type { EditorModel } from "../../model/EditorModel.ts"
import { Icon } from "../parts/Icon.tsx"
import { shallowEqual } from "../parts/useExternal.ts"
import { saveState } from "./saveState.ts"
import { useModel } from "./useModel.ts"

/** What lasts longer than this is told. */
const announceMillis = 1_500

export const SaveIndicator = ({ model }: { readonly model: EditorModel }) => {
  const { icon, state, text, title } = useModel(model, ({ file }) => saveState(file.status), shallowEqual)
  const [announced, announce] = useState("")
  useEffect(() => {
    const timer = setTimeout(() => announce(text), announceMillis)
    return () => clearTimeout(timer)
  }, [text])
  return (
    <div class="save-indicator" data-state={state} data-tip={title}>
      <Icon name={icon} size={15} />
      <span class="save-text">{text}</span>
      <span class="for-screen-readers" aria-live="polite">{announced}</span>
    </div>
  )
}
