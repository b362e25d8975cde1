/**
 * Moves the camera by wheel, pinch, middle button, space bar and touch.
 *
 * It listens before others do and keeps to itself what it takes, so that a drag with the space bar is no selection; a
 * gesture that one finger had begun elsewhere is cancelled when a second finger makes it a pinch. While it could pan,
 * or does, the element has `data-pan="ready"` or `"active"`, for the cursor.
 */
import type { Point } from "../scene/Point.ts"
import { type Camera, panBy, zoomAt } from "./Camera.ts"

interface CameraInputOptions {
  /** Whether one finger on a touch screen pans. By default it does not. */
  readonly touchPans?: () => boolean
}

/** Wheel pixels that zoom by a factor of e; a notch of a wheel is 100 or 120, a pinch a few per event. */
const zoomWheelPixels = 240
/** A notch of a coarse wheel must not jump over zooms. */
const zoomWheelPixelsMax = 60
const linePixels = 16

export class CameraInput {
  readonly #element: HTMLElement
  readonly #get: () => Camera
  readonly #set: (camera: Camera) => void
  readonly #touchPans: () => boolean
  readonly #listening = new AbortController()
  /** Pointers that pan, and where they were last. */
  readonly #held = new Map<number, Point>()
  /** Fingers that are down but belong to others so far. */
  readonly #fingers = new Map<number, Point>()
  #spaceIsDown = false
  #pinchScale = 1

  constructor(element: HTMLElement, get: () => Camera, set: (camera: Camera) => void, options: CameraInputOptions = {}) {
    this.#element = element
    this.#get = get
    this.#set = set
    this.#touchPans = options.touchPans ?? (() => false)
    const { signal } = this.#listening
    const first = { capture: true, passive: false, signal }
    element.addEventListener("wheel", (event) => this.#onWheel(event), first)
    element.addEventListener("pointerdown", (event) => this.#onDown(event), first)
    element.addEventListener("pointermove", (event) => this.#onMove(event), first)
    element.addEventListener("pointerup", (event) => this.#onUp(event), first)
    element.addEventListener("pointercancel", (event) => this.#onUp(event), first)
    // Safari tells a trackpad's pinch by events of its own.
    element.addEventListener("gesturestart", (event) => this.#onPinchStart(event), first)
    element.addEventListener("gesturechange", (event) => this.#onPinch(event), first)
    window.addEventListener("keydown", (event) => this.#onKey(event), { capture: true, signal })
    window.addEventListener("keyup", (event) => this.#onKey(event), { capture: true, signal })
    window.addEventListener("blur", () => this.#release(), { signal })
  }

  dispose(): void {
    this.#listening.abort()
    this.#release()
  }

  #onWheel(event: WheelEvent): void {
    event.preventDefault()
    const unit = event.deltaMode === WheelEvent.DOM_DELTA_LINE ? linePixels : event.deltaMode === WheelEvent.DOM_DELTA_PAGE ? this.#element.clientHeight : 1
    const [dx, dy] = [event.deltaX * unit, event.deltaY * unit]
    if (event.ctrlKey || event.metaKey) {
      const pixels = Math.min(Math.max(dy, -zoomWheelPixelsMax), zoomWheelPixelsMax)
      this.#set(zoomAt(this.#get(), this.#pointOf(event), Math.exp(-pixels / zoomWheelPixels * wheelGain(dy))))
    } else if (event.shiftKey && dx === 0) this.#set(panBy(this.#get(), -dy, 0))
    else this.#set(panBy(this.#get(), -dx, -dy))
  }

  #onDown(event: PointerEvent): void {
    const point = this.#pointOf(event)
    const isTouch = event.pointerType === "touch"
    if (isTouch && (this.#held.size > 0 || this.#fingers.size > 0)) this.#takeFingers()
    const takes = isTouch
      ? this.#held.size > 0 || this.#touchPans()
      : event.button === 1 || (event.button === 0 && this.#spaceIsDown)
    if (!takes) {
      if (isTouch) this.#fingers.set(event.pointerId, point)
      return
    }
    consume(event)
    this.#hold(event.pointerId, point)
  }

  #onMove(event: PointerEvent): void {
    const before = this.#held.get(event.pointerId)
    const point = this.#pointOf(event)
    if (before === undefined) {
      if (this.#fingers.has(event.pointerId)) this.#fingers.set(event.pointerId, point)
      return
    }
    consume(event)
    const other = [...this.#held].find(([id]) => id !== event.pointerId)?.[1]
    this.#held.set(event.pointerId, point)
    this.#set(other === undefined ? panBy(this.#get(), point.x - before.x, point.y - before.y) : pinch(this.#get(), other, before, point))
  }

  #onUp(event: PointerEvent): void {
    this.#fingers.delete(event.pointerId)
    if (!this.#held.delete(event.pointerId)) return
    consume(event)
    this.#show()
  }

  #onPinchStart(event: Event): void {
    event.preventDefault()
    this.#pinchScale = 1
  }

  #onPinch(event: Event): void {
    event.preventDefault()
    if (!("scale" in event) || typeof event.scale !== "number" || !(event instanceof UIEvent)) return
    const at = "clientX" in event && "clientY" in event ? { clientX: Number(event.clientX), clientY: Number(event.clientY) } : undefined
    if (at !== undefined) this.#set(zoomAt(this.#get(), this.#pointOf(at), event.scale / this.#pinchScale))
    this.#pinchScale = event.scale
  }

  #onKey(event: KeyboardEvent): void {
    if (event.code !== "Space" || isTypedInto(event.target)) return
    // Otherwise the page scrolls.
    if (event.type === "keydown") event.preventDefault()
    this.#spaceIsDown = event.type === "keydown"
    this.#show()
  }

  /** Fingers that others had are ours from now on; what they did with them ends. */
  #takeFingers(): void {
    for (const [pointerId, point] of this.#fingers) {
      this.#element.dispatchEvent(new PointerEvent("pointercancel", { pointerId, pointerType: "touch", bubbles: true }))
      this.#hold(pointerId, point)
    }
    this.#fingers.clear()
  }

  #hold(pointerId: number, point: Point): void {
    this.#held.set(pointerId, point)
    this.#element.setPointerCapture(pointerId)
    this.#show()
  }

  #release(): void {
    this.#spaceIsDown = false
    this.#held.clear()
    this.#fingers.clear()
    this.#show()
  }

  #show(): void {
    if (this.#held.size > 0) this.#element.dataset.pan = "active"
    else if (this.#spaceIsDown) this.#element.dataset.pan = "ready"
    else delete this.#element.dataset.pan
  }

  #pointOf({ clientX, clientY }: { readonly clientX: number; readonly clientY: number }): Point {
    const { left, top } = this.#element.getBoundingClientRect()
    return { x: clientX - left, y: clientY - top }
  }
}

/** A pinch comes in small steps and should follow the fingers; a wheel in large ones. */
const wheelGain = (dy: number): number => (Math.abs(dy) < 20 ? 2.4 : 1)

/** What was under both fingers stays under them. `still` is the finger that did not move this time. */
const pinch = (camera: Camera, still: Point, before: Point, after: Point): Camera => {
  const [reach, newReach] = [Math.hypot(before.x - still.x, before.y - still.y), Math.hypot(after.x - still.x, after.y - still.y)]
  const [middleX, middleY] = [(after.x + still.x) / 2, (after.y + still.y) / 2]
  const moved = panBy(camera, (after.x - before.x) / 2, (after.y - before.y) / 2)
  return reach < 1 || newReach < 1 ? moved : zoomAt(moved, { x: middleX, y: middleY }, newReach / reach)
}

const consume = (event: Event): void => {
  event.preventDefault()
  event.stopImmediatePropagation()
}

/** Where the space bar writes a space or presses a button. */
const isTypedInto = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement && (target.isContentEditable || target.closest("input, textarea, select, button, a, [role=button]") !== null)
