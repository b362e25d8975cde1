/** Oneself among the others: a guest changes the name that they see, whoever signed in may sign out. */
import { useState } from "preact/hooks"
import type { EditorModel } from "../../model/EditorModel.ts"
import { identity, renameOneself } from "../identity.ts"
import { Menu } from "../parts/Menu.tsx"
import { session } from "../session/Session.ts"
import { useMe } from "../session/useMe.ts"
import { initialsOf, inkOn } from "./avatarLook.ts"
import { RenameOneself } from "./RenameOneself.tsx"
import { useModel } from "./useModel.ts"

export const OwnAvatar = ({ model, onReopen }: { readonly model: EditorModel; readonly onReopen: () => void }) => {
  const { fileId } = model.file
  const color = useModel(model, ({ file }) => file.color)
  const me = useMe(fileId)
  const [isRenaming, setRenaming] = useState(false)
  const hasToken = session.shownFor(fileId).token !== undefined
  const userName = hasToken && me !== undefined && !me.open ? me.userName : identity().userName
  const style = { "--color": color === "" ? "#8888" : color, "--ink": inkOn(color) }
  const rename = (name: string) => {
    setRenaming(false)
    if (name === userName) return
    renameOneself(name)
    // What waits outlives the connection only where the browser keeps it.
    if (model.file.status.waiting === 0 || model.file.status.outbox === "open") onReopen()
    else model.notify("info", "The others see your new name when everything is saved and the page is loaded again.")
  }
  if (hasToken) {
    return (
      <span class="avatar-own" style={style}>
        <Menu
          label={`You are ${userName}`}
          tip={`${userName} (you)`}
          class="avatar"
          align="end"
          button={initialsOf(userName)}
          items={[{ label: "Sign out", choose: () => session.signOut() }]}
        />
      </span>
    )
  }
  return (
    <>
      <button
        type="button"
        class="avatar avatar-own"
        aria-label={`You are ${userName}. Change your name`}
        data-tip={`${userName} (you)`}
        style={style}
        onClick={() => setRenaming(true)}
      >
        {initialsOf(userName)}
      </button>
      {isRenaming && <RenameOneself userName={userName} onDone={rename} onClose={() => setRenaming(false)} />}
    </>
  )
}
