/** Which lines of a long list are on screen: only those are rendered. */
import type { RefObject } from "preact"
import { useEffect, useState } from "preact/hooks"

export const lineHeight = 28

/** Lines beyond the edges that are rendered too, so that a quick scroll shows no gap. */
const margin = 8

export interface LineWindow {
  readonly first: number
  readonly last: number
}

export const useLineWindow = (scroller: RefObject<HTMLElement | null>, count: number): LineWindow => {
  const [range, setRange] = useState<LineWindow>({ first: 0, last: 60 })
  useEffect(() => {
    const element = scroller.current
    if (element === null) return
    const measure = () => {
      const first = Math.max(0, Math.floor(element.scrollTop / lineHeight) - margin)
      const last = Math.ceil((element.scrollTop + element.clientHeight) / lineHeight) + margin
      setRange((range) => (range.first === first && range.last === last ? range : { first, last }))
    }
    measure()
    const size = new ResizeObserver(measure)
    size.observe(element)
    element.addEventListener("scroll", measure, { passive: true })
    return () => {
      size.disconnect()
      element.removeEventListener("scroll", measure)
    }
  }, [])
  return { first: range.first, last: Math.min(range.last, count) }
}

export const scrollToLine = (element: HTMLElement, line: number): void => {
  const top = line * lineHeight
  if (top < element.scrollTop) element.scrollTop = top
  else if (top + lineHeight > element.scrollTop + element.clientHeight) element.scrollTop = top + lineHeight - element.clientHeight
}
