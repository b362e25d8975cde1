/** Who is in the file. A click on somebody follows what they look at. */
import type { EditorModel } from "../../model/EditorModel.ts"
import { Menu } from "../parts/Menu.tsx"
import { initialsOf, inkOn } from "./avatarLook.ts"
import { OwnAvatar } from "./OwnAvatar.tsx"
import { useModel } from "./useModel.ts"

interface Person {
  readonly clientId: string
  readonly userName: string
  readonly color: string
}

/** More stand in a menu. */
const avatarsMax = 4

export const Avatars = ({ model, onReopen }: { readonly model: EditorModel; readonly onReopen: () => void }) => {
  const people = useModel(model, peopleIn, samePeople)
  const following = useModel(model, (model) => model.following)
  const toggle = (clientId: string) => model.follow(following === clientId ? undefined : clientId)
  const others = people.slice(avatarsMax)
  return (
    <div class="avatars" role="group" aria-label="People in this file">
      {people.slice(0, avatarsMax).map(({ clientId, color, userName }) => (
        <button
          key={clientId}
          type="button"
          class="avatar"
          aria-pressed={following === clientId}
          aria-label={following === clientId ? `Stop following ${userName}` : `Follow ${userName}`}
          data-tip={following === clientId ? `Stop following ${userName}` : `${userName} · click to follow`}
          style={{ "--color": color, "--ink": inkOn(color) }}
          onClick={() => toggle(clientId)}
        >
          {initialsOf(userName)}
        </button>
      ))}
      {others.length > 0 && (
        <Menu
          label={`${others.length} more people`}
          class="avatar avatar-more"
          align="end"
          button={`+${others.length}`}
          items={others.map(({ clientId, userName }) => ({
            label: userName,
            checked: following === clientId,
            choose: () => toggle(clientId)
          }))}
        />
      )}
      <OwnAvatar model={model} onReopen={onReopen} />
    </div>
  )
}

const peopleIn = ({ file }: EditorModel): ReadonlyArray<Person> => Array.from(file.presence.values())

/** Their cursors move all the time; who they are does not. */
const samePeople = (a: ReadonlyArray<Person>, b: ReadonlyArray<Person>): boolean =>
  a.length === b.length && a.every(({ clientId, color, userName }, index) => {
    const other = b[index]
    return clientId === other?.clientId && userName === other.userName && color === other.color
  })
