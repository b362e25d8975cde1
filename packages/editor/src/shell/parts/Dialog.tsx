/** A modal dialog of the browser's own: it keeps the focus inside and gives it back. Mounted is open. */
import type { ComponentChildren } from "preact"
import { useEffect, useRef } from "preact/hooks"
import { Icon } from "./Icon.tsx"

interface DialogProps {
  readonly title: string
  readonly onClose: () => void
  readonly class?: string
  readonly children: ComponentChildren
}

export const Dialog = ({ children, class: className = "", onClose, title }: DialogProps) => {
  const dialog = useRef<HTMLDialogElement>(null)
  useEffect(() => {
    dialog.current?.showModal()
  }, [])
  return (
    <dialog
      ref={dialog}
      class={`dialog ${className}`}
      aria-label={title}
      onClose={onClose}
      // The keys of the canvas are not those of a dialog.
      onKeyDown={(event) => event.stopPropagation()}
      onClick={({ currentTarget, target }) => {
        // The backdrop belongs to the dialog's element; what it shows lies in its children.
        if (target === currentTarget) currentTarget.close()
      }}
    >
      <div class="dialog-body">
        <header>
          <h2>{title}</h2>
          <button type="button" class="icon-button" aria-label="Close" onClick={() => dialog.current?.close()}>
            <Icon name="close" />
          </button>
        </header>
        {children}
      </div>
    </dialog>
  )
}
