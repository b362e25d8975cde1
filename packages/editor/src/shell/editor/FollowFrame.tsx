/** A frame in somebody's colour around the canvas while one follows them. */
import type { EditorModel } from "../../model/EditorModel.ts"
import { inkOn } from "./avatarLook.ts"
import { useModel } from "./useModel.ts"

export const FollowFrame = ({ model }: { readonly model: EditorModel }) => {
  const color = useModel(model, ({ file, following }) => file.presence.get(following ?? "")?.color)
  const userName = useModel(model, ({ file, following }) => file.presence.get(following ?? "")?.userName)
  if (color === undefined) return null
  return (
    <div class="follow-frame" style={{ "--color": color, "--ink": inkOn(color) }}>
      <div class="follow-pill" role="status">
        Following {userName}
        <button type="button" onClick={() => model.follow(undefined)}>Stop</button>
      </div>
    </div>
  )
}
