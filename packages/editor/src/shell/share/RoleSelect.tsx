/** Chooses a role, in words of what it allows. */
import type { Role } from "@easel/protocol/editor"

export const roleWords = { viewer: "Can view", commenter: "Can comment", editor: "Can edit", owner: "Owner" } as const satisfies Record<Role, string>

interface RoleSelectProps<Choice extends Role> {
  readonly label: string
  readonly value: Choice
  readonly choices: ReadonlyArray<Choice>
  readonly isDisabled: boolean
  readonly onChange: (role: Choice) => void
}

export const RoleSelect = <Choice extends Role>({ choices, isDisabled, label, onChange, value }: RoleSelectProps<Choice>) => (
  <select
    class="share-select"
    aria-label={label}
    value={value}
    disabled={isDisabled}
    onChange={({ currentTarget }) => {
      const chosen = choices.find((choice) => choice === currentTarget.value)
      // What is shown is what the server has.
      currentTarget.value = value
      if (chosen !== undefined) onChange(chosen)
    }}
  >
    {choices.map((role) => <option key={role} value={role}>{roleWords[role]}</option>)}
  </select>
)
