/**
 * A text that is renamed where it stands: Enter or leaving keeps the new one, Escape the old one. An empty text counts
 * as no answer.
 */
import { useLayoutEffect, useRef } from "preact/hooks"

interface EditableTextProps {
  readonly value: string
  readonly label: string
  readonly charsMax: number
  readonly onDone: (text: string | undefined) => void
}

export const EditableText = ({ charsMax, label, onDone, value }: EditableTextProps) => {
  const input = useRef<HTMLInputElement>(null)
  const isDone = useRef(false)
  useLayoutEffect(() => {
    input.current?.focus()
    input.current?.select()
  }, [])
  const done = (text: string | undefined) => {
    if (isDone.current) return
    isDone.current = true
    const trimmed = text?.trim()
    onDone(trimmed === undefined || trimmed === "" || trimmed === value ? undefined : trimmed)
  }
  return (
    <input
      ref={input}
      class="editable-text"
      aria-label={label}
      defaultValue={value}
      maxLength={charsMax}
      spellcheck={false}
      onBlur={({ currentTarget }) => done(currentTarget.value)}
      onPointerDown={(event) => event.stopPropagation()}
      onDblClick={(event) => event.stopPropagation()}
      onKeyDown={(event) => {
        event.stopPropagation()
        if (event.key === "Enter") done(event.currentTarget.value)
        if (event.key === "Escape") done(undefined)
      }}
    />
  )
}
