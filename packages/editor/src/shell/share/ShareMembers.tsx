/** People with a role in the file: adds them by their user ids, changes what they may do, removes them. */
import type { Role } from "@easel/protocol/editor"
import { useState } from "preact/hooks"
import { Icon } from "../parts/Icon.tsx"
import { RoleSelect } from "./RoleSelect.tsx"
import { type Member, putMember, removeMember } from "./ShareApi.ts"
import type { Sharing } from "./ShareDialog.tsx"

const roles: ReadonlyArray<Role> = ["viewer", "commenter", "editor", "owner"]

const userIdCharsMax = 128

export const ShareMembers = ({ act, fileId, isBusy, members, ownId }: Sharing & { readonly members: ReadonlyArray<Member>; readonly ownId: string }) => {
  const [userId, setUserId] = useState("")
  const [role, setRole] = useState<Role>("editor")
  const add = async (event: Event) => {
    event.preventDefault()
    if (userId.trim() !== "" && await act(() => putMember(fileId, { userId: userId.trim(), role }))) setUserId("")
  }
  return (
    <section aria-label="People">
      <h3>People</h3>
      <form class="share-form" onSubmit={add}>
        <input
          class="text-input"
          aria-label="User id"
          placeholder="User id"
          value={userId}
          maxLength={userIdCharsMax}
          autocomplete="off"
          spellcheck={false}
          onInput={({ currentTarget }) => setUserId(currentTarget.value)}
        />
        <RoleSelect label="Role of the new person" value={role} choices={roles} isDisabled={isBusy} onChange={setRole} />
        <button type="submit" class="button" disabled={isBusy || userId.trim() === ""}>Add</button>
      </form>
      <ul class="share-list">
        {members.map((member) => (
          <li key={member.userId}>
            <span class="share-name">{member.userId}{member.userId === ownId ? " (you)" : ""}</span>
            <RoleSelect
              label={`Role of ${member.userId}`}
              value={member.role}
              choices={roles}
              isDisabled={isBusy}
              onChange={(role) => void act(() => putMember(fileId, { ...member, role }))}
            />
            <button type="button" class="icon-button" aria-label={`Remove ${member.userId}`} disabled={isBusy} onClick={() => void act(() => removeMember(fileId, member.userId))}>
              <Icon name="close" size={14} />
            </button>
          </li>
        ))}
      </ul>
    </section>
  )
}
