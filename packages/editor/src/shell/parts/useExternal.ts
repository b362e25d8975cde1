/**
 * Reads a value out of something that changes by itself, and renders again only when that value is another one. What
 * happens within a frame is looked at once, so a cursor that moves sixty times a second costs a panel one comparison.
 */
import { useEffect, useLayoutEffect, useReducer, useRef } from "preact/hooks"

export interface Subscribable {
  subscribe(listener: () => void): () => void
}

type Equal<Value> = (a: Value, b: Value) => boolean

export const useExternal = <Source extends Subscribable, Value>(
  source: Source,
  select: (source: Source) => Value,
  equal: Equal<Value> = Object.is
): Value => {
  const [, render] = useReducer<number, void>((count) => count + 1, 0)
  const value = select(source)
  const latest = useRef({ select, equal, value })
  // Rendering is what was seen last, whatever made it happen.
  useLayoutEffect(() => {
    latest.current = { select, equal, value }
  })
  useEffect(() => {
    const look = () => {
      const { equal, select, value } = latest.current
      if (!equal(select(source), value)) render()
    }
    // What changed between the rendering and this effect.
    look()
    return onFrame(source, look)
  }, [source])
  return value
}

/** One subscription and one frame per source, however many components look at it. */
const frames = new WeakMap<Subscribable, { readonly looks: Set<() => void>; readonly stop: () => void }>()

const onFrame = (source: Subscribable, look: () => void): () => void => {
  const frame = frames.get(source) ?? openFrame(source)
  frame.looks.add(look)
  return () => {
    frame.looks.delete(look)
    if (frame.looks.size > 0) return
    frame.stop()
    frames.delete(source)
  }
}

const openFrame = (source: Subscribable) => {
  const looks = new Set<() => void>()
  let scheduled = false
  const stop = source.subscribe(() => {
    if (scheduled) return
    scheduled = true
    schedule(() => {
      scheduled = false
      for (const look of looks) look()
    })
  })
  const frame = { looks, stop }
  frames.set(source, frame)
  return frame
}

/** A page in the background has no frames; there a timer does. */
const schedule = (run: () => void): void => {
  if (document.visibilityState === "visible") requestAnimationFrame(run)
  else setTimeout(run, 100)
}

/** For lists and records that are made anew at each look. */
export const shallowEqual = <Value extends object>(a: Value, b: Value): boolean => {
  if (a === b) return true
  const entries = Object.entries(a)
  const others = new Map(Object.entries(b))
  return entries.length === others.size && entries.every(([key, value]) => others.has(key) && Object.is(others.get(key), value))
}
