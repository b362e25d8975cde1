/**
 * A button with a menu below it. Arrow keys move through the items, Escape closes and gives the focus back, and so
 * does a click elsewhere.
 */
import type { ComponentChildren } from "preact"
import { useEffect, useRef, useState } from "preact/hooks"

interface MenuItem {
  readonly label: string
  readonly hint?: string
  readonly checked?: boolean
  readonly disabled?: boolean
  readonly choose: () => void
}

interface MenuProps {
  readonly label: string
  readonly tip?: string
  readonly class?: string
  readonly align?: "start" | "end"
  readonly button: ComponentChildren
  readonly items: ReadonlyArray<MenuItem | "separator">
}

export const Menu = ({ align = "start", button, class: className = "text-button", items, label, tip }: MenuProps) => {
  const [isOpen, setOpen] = useState(false)
  const root = useRef<HTMLDivElement>(null)
  const list = useRef<HTMLDivElement>(null)
  const opener = useRef<HTMLButtonElement>(null)
  const close = (focusBack: boolean) => {
    setOpen(false)
    if (focusBack) opener.current?.focus()
  }
  useEffect(() => {
    if (!isOpen) return
    itemsIn(list.current)[0]?.focus()
    const onPress = ({ target }: PointerEvent) => {
      if (target instanceof Node && root.current?.contains(target) !== true) setOpen(false)
    }
    document.addEventListener("pointerdown", onPress, { capture: true })
    return () => document.removeEventListener("pointerdown", onPress, { capture: true })
  }, [isOpen])
  const onKeyDown = (event: KeyboardEvent) => {
    if (!isOpen) return
    event.stopPropagation()
    if (event.key === "Escape") {
      event.preventDefault()
      close(true)
    } else if (event.key === "Tab") {
      setOpen(false)
    } else {
      moveFocus(event, itemsIn(list.current))
    }
  }
  return (
    <div class="menu" ref={root} onKeyDown={onKeyDown}>
      <button
        type="button"
        ref={opener}
        class={className}
        aria-label={label}
        aria-haspopup="menu"
        aria-expanded={isOpen}
        data-tip={isOpen ? undefined : (tip ?? label)}
        onClick={() => setOpen(!isOpen)}
      >
        {button}
      </button>
      {isOpen && (
        <div class="menu-list" role="menu" aria-label={label} data-align={align} ref={list}>
          {items.map((item, index) =>
            item === "separator"
              ? <hr key={index} />
              : (
                <button
                  key={index}
                  type="button"
                  role={item.checked === undefined ? "menuitem" : "menuitemradio"}
                  aria-checked={item.checked}
                  disabled={item.disabled}
                  tabIndex={-1}
                  onClick={() => {
                    close(true)
                    item.choose()
                  }}
                >
                  <span>{item.label}</span>
                  {item.hint !== undefined && <kbd>{item.hint}</kbd>}
                </button>
              )
          )}
        </div>
      )}
    </div>
  )
}

const itemsIn = (list: HTMLElement | null): ReadonlyArray<HTMLElement> =>
  list === null ? [] : Array.from(list.querySelectorAll<HTMLElement>("button:not(:disabled)"))

/** Up, down, home and end among controls that stand below or beside each other. */
const moveFocus = (event: KeyboardEvent, items: ReadonlyArray<HTMLElement>): void => {
  const at = items.findIndex((item) => item === document.activeElement)
  const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: -1 }[event.key]
  if (to === undefined) return
  event.preventDefault()
  items.at(to % items.length)?.focus()
}
