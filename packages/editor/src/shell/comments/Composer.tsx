/** Where something is written: Enter with Ctrl or Cmd sends it, Escape gives it up. The text stays until it is saved. */
import { useEffect, useRef, useState } from "preact/hooks"

interface ComposerProps {
  readonly label: string
  readonly action: string
  readonly text?: string
  readonly focus?: boolean
  /** Answers whether it was saved. */
  readonly onSend: (text: string) => Promise<boolean>
  readonly onCancel?: () => void
}

const charsMax = 10_000

export const Composer = ({ action, focus = false, label, onCancel, onSend, text: initial = "" }: ComposerProps) => {
  const field = useRef<HTMLTextAreaElement>(null)
  const [text, setText] = useState(initial)
  const [isSending, setSending] = useState(false)
  useEffect(() => {
    if (focus) field.current?.focus()
  }, [focus])
  const send = async () => {
    if (text.trim() === "" || isSending) return
    setSending(true)
    const isSaved = await onSend(text.trim())
    setSending(false)
    if (isSaved) setText("")
  }
  return (
    <form
      class="composer"
      onSubmit={(event) => {
        event.preventDefault()
        void send()
      }}
    >
      <textarea
        ref={field}
        class="text-input"
        rows={2}
        maxLength={charsMax}
        aria-label={label}
        placeholder={label}
        value={text}
        onInput={(event) => setText(event.currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
            event.preventDefault()
            void send()
          } else if (event.key === "Escape" && onCancel !== undefined) {
            event.stopPropagation()
            onCancel()
          }
        }}
      />
      <div class="composer-actions">
        {onCancel !== undefined && <button type="button" class="text-button" onClick={onCancel}>Cancel</button>}
        <button type="submit" class="button" data-primary disabled={text.trim() === "" || isSending}>{action}</button>
      </div>
    </form>
  )
}
