/** Over the canvas, when saving has been in trouble for a while: what that means for the person, and what can be done. */
import { useEffect, useState } from "preact/hooks"
import type { EditorModel } from "../../model/EditorModel.ts"
import { Icon } from "../parts/Icon.tsx"
import { saveState } from "./saveState.ts"
import { useModel } from "./useModel.ts"

/** A reconnect that takes less is nobody's business. */
const quietMillis = 1_500

export const ConnectionBanner = ({ model }: { readonly model: EditorModel }) => {
  const state = useModel(model, ({ file }) => saveState(file.status).state)
  const isKept = useModel(model, ({ file }) => file.status.outbox === "open")
  const readOnly = useModel(model, ({ readOnly }) => readOnly)
  const [shown, setShown] = useState<typeof state>("saved")
  useEffect(() => {
    const isTrouble = state === "offline" || state === "paused"
    const timer = setTimeout(() => setShown(state), isTrouble ? quietMillis : 0)
    return () => clearTimeout(timer)
  }, [state])
  if (state === "offline" && shown === "offline") {
    return (
      <div class="canvas-banner" data-kind="offline">
        <Icon name="offline" />
        <span>
          You are offline. {readOnly
            ? "What others change shows when the server is back."
            : `Go on working: your changes are ${isKept ? "kept in this browser and " : ""}sent when the server is back.`}
          {isKept || readOnly ? "" : " Leave the page open until then."}
        </span>
        <button type="button" class="text-button" onClick={() => model.file.reconnect()}>Try now</button>
      </div>
    )
  }
  if (state === "paused" && shown === "paused") {
    return (
      <div class="canvas-banner" data-kind="paused">
        <Icon name="paused" />
        <span>The server cannot save right now. Your changes are kept and saved when it can.</span>
      </div>
    )
  }
  return null
}
