/** Asks for one's own name, as the others see it at one's cursor. */
import { useState } from "preact/hooks"
import { nameCharsMax } from "../identity.ts"
import { Dialog } from "../parts/Dialog.tsx"

interface RenameOneselfProps {
  readonly userName: string
  readonly onDone: (name: string) => void
  readonly onClose: () => void
}

export const RenameOneself = ({ onClose, onDone, userName }: RenameOneselfProps) => {
  const [name, setName] = useState(userName)
  return (
    <Dialog title="Your name" onClose={onClose} class="dialog-small">
      <form
        onSubmit={(event) => {
          event.preventDefault()
          if (name.trim() !== "") onDone(name.trim())
        }}
      >
        <label class="field-block">
          The others see it at your cursor.
          <input
            class="text-input"
            value={name}
            maxLength={nameCharsMax}
            autocomplete="off"
            autofocus
            onInput={({ currentTarget }) => setName(currentTarget.value)}
          />
        </label>
        <div class="dialog-actions">
          <button type="button" class="button" onClick={onClose}>Cancel</button>
          <button type="submit" class="button" data-primary disabled={name.trim() === ""}>Save</button>
        </div>
      </form>
    </Dialog>
  )
}
