/**
 * Reads a value out of something that changes by itself, and renders again only when that value is another one. It is
 * looked at after a frame and only so often, for the canvas comes first: panels whose numbers follow a drag some
 * milliseconds later take nothing from the frame that shows it.
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
    return onChange(source, look)
  }, [source])
  return value
}

/** Looks at a source are as far apart as this, in milliseconds. */
const restMillis = 50

/** A page in the background has no frames; there a timer does. */
const hiddenMillis = 100

/** One subscription and one timer per source, however many components look at it. */
const watches = new WeakMap<Subscribable, { readonly looks: Set<() => void>; readonly stop: () => void }>()

const onChange = (source: Subscribable, look: () => void): () => void => {
  const watch = watches.get(source) ?? startWatch(source)
  watch.looks.add(look)
  return () => {
    watch.looks.delete(look)
    if (watch.looks.size > 0) return
    watch.stop()
    watches.delete(source)
  }
}

const startWatch = (source: Subscribable) => {
  const looks = new Set<() => void>()
  let scheduled = false
  let lookedMillis = -Infinity
  const lookAtAll = () => {
    scheduled = false
    lookedMillis = performance.now()
    for (const look of looks) look()
  }
  const stop = source.subscribe(() => {
    if (scheduled) return
    scheduled = true
    if (document.visibilityState === "hidden") setTimeout(lookAtAll, hiddenMillis)
    // A timer that is set in a frame comes when the frame is painted.
    else requestAnimationFrame(() => setTimeout(lookAtAll, lookedMillis + restMillis - performance.now()))
  })
  const watch = { looks, stop }
  watches.set(source, watch)
  return watch
}

/** For lists and records that are made anew at each look. */
export const shallowEqual = <Value extends object>(a: Value, b: Value): boolean => {
  if (a === b) return true
  const entries = Object.entries(a)
  const others = new Map(Object.entries(b))
  return entries.length === others.size && entries.every(([key, value]) => others.has(key) && Object.is(others.get(key), value))
}
