/**
 * The thin shell between the browser and the pure parts: pointer, keyboard, clipboard and drop events become gestures
 * and commands. It decides nothing but which events are meant for the canvas.
 */
import { toPage } from "../camera/Camera.ts"
import type { EditorModel } from "../model/EditorModel.ts"
import type { Renderer } from "../render/Renderer.ts"
import { importDrop } from "./importDrop.ts"
import { Gestures } from "./Gestures.ts"
import type { PointerAt } from "./PointerAt.ts"
import { shortcutFor } from "./shortcuts.ts"

interface CanvasInputOptions {
  readonly element: HTMLElement
  readonly model: EditorModel
  readonly renderer: Renderer
}

/** Two presses that are nearer than this in time and place are a double click, in milliseconds and screen pixels. */
const doubleClickMillis = 400
const doubleClickDistance = 6

export class CanvasInput {
  readonly gestures: Gestures
  private readonly element: HTMLElement
  private readonly model: EditorModel
  private readonly renderer: Renderer
  private readonly listening = new AbortController()
  private pointerId: number | undefined
  private last: PointerAt | undefined
  private lastPress: { readonly millis: number; readonly at: PointerAt } | undefined
  private isDouble = false
  private isFollowing = false

  constructor({ element, model, renderer }: CanvasInputOptions) {
    this.element = element
    this.model = model
    this.renderer = renderer
    this.gestures = new Gestures(model)
    const { signal } = this.listening
    element.addEventListener("pointerdown", (event) => this.onPress(event), { signal })
    element.addEventListener("pointermove", (event) => this.onMove(event), { signal })
    element.addEventListener("pointerup", (event) => this.onRelease(event), { signal })
    element.addEventListener("pointercancel", () => this.cancel(), { signal })
    element.addEventListener("lostpointercapture", () => this.pointerId !== undefined && this.cancel(), { signal })
    element.addEventListener("pointerleave", () => this.onLeave(), { signal })
    element.addEventListener("contextmenu", (event) => event.preventDefault(), { signal })
    element.addEventListener("dragover", (event) => event.preventDefault(), { signal })
    element.addEventListener("drop", (event) => this.onDrop(event), { signal })
    window.addEventListener("keydown", (event) => this.onKey(event), { signal })
    window.addEventListener("keyup", (event) => this.onModifier(event), { signal })
    // The camera has taken the space bar in or out by now.
    for (const name of ["keydown", "keyup"] as const) window.addEventListener(name, ({ code }) => code === "Space" && this.repaint(), { signal })
    window.addEventListener("blur", () => this.cancel(), { signal })
    document.addEventListener("copy", (event) => this.onCopy(event, () => this.model.copy()), { signal })
    document.addEventListener("cut", (event) => this.onCopy(event, () => this.model.readOnly ? this.model.copy() : this.model.cut()), { signal })
    document.addEventListener("paste", (event) => this.onPaste(event), { signal })
  }

  dispose(): void {
    this.gestures.cancel()
    this.listening.abort()
  }

  // ---- pointer --------------------------------------------------------------------------------------------------

  private onPress(event: PointerEvent): void {
    // A second finger zooms; a press that the camera has taken is not ours.
    if (this.pointerId !== undefined || event.defaultPrevented || event.button !== 0) {
      if (this.pointerId !== undefined && event.pointerType === "touch") this.cancel()
      return
    }
    if (this.isOverlay(event.target)) return
    const at = this.at(event)
    this.element.focus({ preventScroll: true })
    this.element.setPointerCapture(event.pointerId)
    this.pointerId = event.pointerId
    const { lastPress } = this
    this.lastPress = { millis: event.timeStamp, at }
    this.isDouble = lastPress !== undefined && event.timeStamp - lastPress.millis < doubleClickMillis &&
      Math.hypot(at.screen.x - lastPress.at.screen.x, at.screen.y - lastPress.at.screen.y) < doubleClickDistance
    if (this.isDouble) this.lastPress = undefined
    this.gestures.press(at)
    this.repaint()
  }

  private onMove(event: PointerEvent): void {
    if (this.pointerId !== undefined && event.pointerId !== this.pointerId) return
    this.gestures.move(this.at(event))
    this.follow()
  }

  private onRelease(event: PointerEvent): void {
    if (event.pointerId !== this.pointerId) return
    this.pointerId = undefined
    const at = this.at(event)
    // A second press that drags is a drag.
    const isDoubleClick = this.isDouble && this.gestures.name === "press" && this.gestures.isStill(at)
    this.gestures.release(at)
    if (isDoubleClick) this.gestures.doubleClick(at)
    this.repaint()
  }

  private onLeave(): void {
    if (this.pointerId !== undefined) return
    this.model.setCursor(null)
    this.model.setHovered(undefined)
  }

  private cancel(): void {
    this.pointerId = undefined
    this.gestures.cancel()
    this.repaint()
  }

  /**
   * Works off the first movement of a frame at once, so that it is painted in that very frame, and what comes after it
   * together in the next.
   */
  private follow(): void {
    if (this.isFollowing) return
    this.isFollowing = true
    this.gestures.frame()
    this.repaint()
    requestAnimationFrame(() => {
      this.isFollowing = false
      if (this.gestures.isBehind && !this.listening.signal.aborted) this.follow()
    })
  }

  private repaint(): void {
    const { pan } = this.element.dataset
    this.element.style.cursor = pan === "active" ? "grabbing" : pan === "ready" ? "grab" : this.gestures.pointer
    // Reading the scene brings it up to date, which tells the renderer what changed.
    void this.model.scene
    this.renderer.camera = this.model.camera
    this.renderer.overlayChanged()
  }

  private at(event: MouseEvent): PointerAt {
    const { left, top } = this.element.getBoundingClientRect()
    const screen = { x: event.clientX - left, y: event.clientY - top }
    const { altKey: alt, ctrlKey, metaKey, shiftKey: shift } = event
    this.last = { screen, page: toPage(this.model.camera, screen), shift, alt, mod: ctrlKey || metaKey, touch: event instanceof PointerEvent && event.pointerType === "touch" }
    return this.last
  }

  // ---- keyboard -------------------------------------------------------------------------------------------------

  private onKey(event: KeyboardEvent): void {
    if (event.defaultPrevented || event.isComposing || isTyping(event.target) || document.querySelector("dialog[open]") !== null) return
    if (this.pointerId !== undefined) {
      // While a hand drags, the keyboard only holds modifiers and ends the drag.
      if (event.key === "Escape" && this.gestures.cancel()) this.repaint()
      this.onModifier(event)
      return
    }
    const shortcut = shortcutFor(event)
    if (shortcut?.command === undefined) return
    const isOnCanvas = document.activeElement === document.body || this.element.contains(document.activeElement)
    if (shortcut.canvasOnly === true && (!isOnCanvas || this.leavesCanvas(event))) return
    event.preventDefault()
    if (event.key === "Escape" && this.model.tool !== "select") this.model.setTool("select")
    else shortcut.command(this.model)
    this.repaint()
  }

  /** With nothing selected Tab goes on to the panels: the canvas must not hold a keyboard for ever. */
  private leavesCanvas(event: KeyboardEvent): boolean {
    return event.key === "Tab" && this.model.selection.size === 0
  }

  /** Shift and alt change a drag at once, not only with the next movement. */
  private onModifier(event: KeyboardEvent): void {
    if (this.pointerId === undefined || this.last === undefined) return
    const { altKey: alt, ctrlKey, metaKey, shiftKey: shift } = event
    this.last = { ...this.last, alt, shift, mod: ctrlKey || metaKey }
    this.gestures.move(this.last)
    this.follow()
  }

  // ---- clipboard and drop ---------------------------------------------------------------------------------------

  private onCopy(event: ClipboardEvent, copy: () => string): void {
    if (isTyping(event.target) || hasSelectedText()) return
    const text = copy()
    if (text === "") return
    event.clipboardData?.setData("text/plain", text)
    event.preventDefault()
  }

  private onPaste(event: ClipboardEvent): void {
    if (isTyping(event.target) || event.clipboardData === null) return
    event.preventDefault()
    const { files } = event.clipboardData
    if (files.length > 0) void importDrop(this.model, [...files])
    else this.model.paste(event.clipboardData.getData("text/plain"))
  }

  private onDrop(event: DragEvent): void {
    event.preventDefault()
    const { page } = this.at(event)
    const { dataTransfer } = event
    if (dataTransfer === null) return
    if (dataTransfer.files.length > 0) void importDrop(this.model, [...dataTransfer.files], page)
    else this.model.paste(dataTransfer.getData("text/plain"), page)
  }

  /** Whether a target lies over the canvas with a life of its own, such as the text that is being edited. */
  private isOverlay(target: EventTarget | null): boolean {
    return target instanceof Element && target.closest("[data-over-canvas]") !== null
  }
}

/** Whether keys and the clipboard belong to a field. */
const isTyping = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement && (target.isContentEditable || target.closest("input, textarea, select") !== null)

const hasSelectedText = (): boolean => (document.getSelection()?.toString() ?? "") !== ""
