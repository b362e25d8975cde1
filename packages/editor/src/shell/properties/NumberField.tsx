/**
 * A number with its name: typed, stepped with the arrow keys (Shift: by ten), or dragged over its name. What several
 * objects do not share reads "Mixed" until one types a number for all.
 */
import { useLayoutEffect, useRef, useState } from "preact/hooks"
import { mixed, type Shared } from "./selectionSummary.ts"

interface NumberFieldProps {
  readonly label: string
  /** What stands in front of the number: a letter or two. */
  readonly short: string
  readonly value: Shared<number>
  readonly unit?: string
  readonly min?: number
  readonly max?: number
  readonly step?: number
  readonly isDisabled?: boolean
  readonly onChange: (value: number) => void
  /** Between the first and the last call of a drag all belongs together. */
  readonly onDrag: (value: number) => void
  readonly onDragEnd: (isKept: boolean) => void
}

const decimals = 2

export const NumberField = ({
  isDisabled = false,
  label,
  max = Number.POSITIVE_INFINITY,
  min = Number.NEGATIVE_INFINITY,
  onChange,
  onDrag,
  onDragEnd,
  short,
  step = 1,
  unit = "",
  value
}: NumberFieldProps) => {
  const [draft, setDraft] = useState<string>()
  const isScrubbing = useRef(false)
  const known = value === undefined || value === mixed ? undefined : value.value
  /** What was set last: keys may come faster than renderings. */
  const latest = useRef(known)
  useLayoutEffect(() => {
    latest.current = known
  })
  const shown = known === undefined ? "" : `${rounded(known)}${unit}`
  const clamp = (number: number): number => rounded(Math.min(Math.max(number, min), max))
  const commit = (text: string): void => {
    setDraft(undefined)
    const number = Number.parseFloat(text.replace(",", "."))
    if (text !== shown && Number.isFinite(number) && clamp(number) !== known) onChange(clamp(number))
  }
  const stepBy = (by: number): void => {
    const from = draft === undefined ? latest.current : Number.parseFloat(draft)
    setDraft(undefined)
    if (from === undefined || !Number.isFinite(from)) return
    latest.current = clamp(from + by)
    onChange(latest.current)
  }
  const scrub = (event: PointerEvent & { readonly currentTarget: HTMLElement }): void => {
    if (event.button !== 0 || isDisabled || known === undefined) return
    event.preventDefault()
    const { currentTarget } = event
    currentTarget.setPointerCapture(event.pointerId)
    const startX = event.clientX
    const move = (moved: PointerEvent): void => {
      const steps = Math.round((moved.clientX - startX) / 2) * (moved.shiftKey ? 10 : 1)
      isScrubbing.current ||= steps !== 0
      if (isScrubbing.current) onDrag(clamp(known + steps * step))
    }
    const end = (isKept: boolean): void => {
      currentTarget.removeEventListener("pointermove", move)
      currentTarget.removeEventListener("pointerup", up)
      currentTarget.removeEventListener("pointercancel", cancel)
      globalThis.removeEventListener("keydown", key, { capture: true })
      if (isScrubbing.current) onDragEnd(isKept)
      else if (isKept) currentTarget.parentElement?.querySelector("input")?.select()
      isScrubbing.current = false
    }
    const up = (): void => end(true)
    const cancel = (): void => end(false)
    const key = (pressed: KeyboardEvent): void => {
      if (pressed.key !== "Escape") return
      pressed.stopPropagation()
      cancel()
    }
    currentTarget.addEventListener("pointermove", move)
    currentTarget.addEventListener("pointerup", up)
    currentTarget.addEventListener("pointercancel", cancel)
    globalThis.addEventListener("keydown", key, { capture: true })
  }
  return (
    <label class="number-field" data-disabled={isDisabled ? "" : undefined}>
      <span class="number-handle" aria-hidden="true" title={label} onPointerDown={scrub}>{short}</span>
      <input
        inputMode="decimal"
        aria-label={label}
        autocomplete="off"
        spellcheck={false}
        disabled={isDisabled}
        placeholder={value === mixed ? "Mixed" : ""}
        value={draft ?? shown}
        onFocus={({ currentTarget }) => currentTarget.select()}
        onInput={({ currentTarget }) => setDraft(currentTarget.value)}
        onBlur={({ currentTarget }) => commit(currentTarget.value)}
        onKeyDown={(event) => {
          // Undo takes back what is being typed, and only then what was set.
          if (draft !== undefined) event.stopPropagation()
          const { currentTarget, key, shiftKey } = event
          if (key === "Enter") {
            commit(currentTarget.value)
            requestAnimationFrame(() => currentTarget.select())
          } else if (key === "Escape") {
            setDraft(undefined)
            currentTarget.value = shown
            currentTarget.blur()
          } else if (key === "ArrowUp" || key === "ArrowDown") {
            event.preventDefault()
            stepBy((key === "ArrowUp" ? 1 : -1) * step * (shiftKey ? 10 : 1))
          }
        }}
      />
    </label>
  )
}

const rounded = (number: number): number => Math.round(number * 10 ** decimals) / 10 ** decimals
