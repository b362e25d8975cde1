/**
 * The state machine of the pointer: which gesture a press begins, by tool and by what is under it, and what moves,
 * releases and Escape do to it. No DOM. Places are kept until `frame`, so a gesture works at most once per frame.
 */
import type { EditorModel } from "../model/EditorModel.ts"
import { pickAt } from "../model/picking.ts"
import type { Box } from "../scene/Box.ts"
import { dragDistanceMin, DrawGesture } from "./DrawGesture.ts"
import { EndPointGesture } from "./EndPointGesture.ts"
import type { Gesture } from "./Gesture.ts"
import { type Handle, handleAt, pointerOf, type SelectionFrame, selectionFrame } from "./handles.ts"
import { PanGesture } from "./PanGesture.ts"
import type { PointerAt } from "./PointerAt.ts"
import { PressGesture } from "./PressGesture.ts"
import { ResizeGesture } from "./ResizeGesture.ts"
import { RotateGesture } from "./RotateGesture.ts"

/** How near to an outline a press must be, in screen pixels. */
const tolerancePixels = 4

/** What changes nothing, and so goes on when one may not edit any more. */
const looking: ReadonlySet<Gesture["name"]> = new Set(["press", "pan", "marquee"])

export class Gestures {
  private readonly model: EditorModel
  private active: Gesture | undefined
  private newest: PointerAt | undefined
  private pressed: PointerAt | undefined
  private pointerKept = "default"
  private framed: { readonly selection: ReadonlySet<string>; readonly version: number; readonly frame: SelectionFrame | undefined } | undefined

  constructor(model: EditorModel) {
    this.model = model
  }

  /** What is going on, `undefined` between gestures. */
  get name(): Gesture["name"] | undefined {
    return this.active?.name
  }

  /** Whether there is a place that has not been worked off. */
  get isBehind(): boolean {
    return this.newest !== undefined
  }

  /** Whether the pointer is still where it was pressed, but for a tremble. */
  isStill(at: PointerAt): boolean {
    return this.pressed !== undefined && Math.hypot(at.screen.x - this.pressed.screen.x, at.screen.y - this.pressed.screen.y) < dragDistanceMin
  }

  get marquee(): Box | undefined {
    return this.active?.marquee
  }

  get containerId(): string | null | undefined {
    return this.active?.containerId
  }

  /** The frame around the selection, worked out anew only when something of it may have changed. */
  get selectionFrame(): SelectionFrame | undefined {
    const { scene, selection } = this.model
    if (this.framed?.selection !== selection || this.framed.version !== scene.version) {
      this.framed = { selection, version: scene.version, frame: selectionFrame(scene, selection) }
    }
    return this.framed.frame
  }

  /** The CSS `cursor` for the place the pointer was seen at last. */
  get pointer(): string {
    return this.pointerKept
  }

  press(at: PointerAt): void {
    this.cancel()
    this.model.editText(undefined)
    this.newest = undefined
    this.pressed = at
    this.active = this.begin(at)
    this.pointerKept = this.pointerAt(at)
  }

  move(at: PointerAt): void {
    this.newest = at
    this.model.setCursor(at.page)
  }

  /** Works off the newest place. To be called once per frame. */
  frame(): void {
    const at = this.newest
    if (at === undefined) return
    this.newest = undefined
    if (this.model.readOnly && this.active !== undefined && !looking.has(this.active.name)) this.cancel()
    if (this.active === undefined) {
      this.hover(at)
      return
    }
    for (let next = this.active.follow(at); next !== undefined && next !== null; next = this.active.follow(at)) this.active = next
    this.pointerKept = this.pointerAt(at)
  }

  release(at: PointerAt): void {
    if (this.active === undefined) return
    this.newest = at
    this.frame()
    const ended = this.active
    this.active = undefined
    ended?.end(at)
    this.pointerKept = this.pointerAt(at)
  }

  /** Takes back what the gesture did. Answers whether there was one. */
  cancel(): boolean {
    const { active } = this
    this.active = undefined
    this.newest = undefined
    active?.cancel()
    return active !== undefined
  }

  /** Enters a group, or edits a text. */
  doubleClick(at: PointerAt): void {
    const { model } = this
    if (model.tool !== "select") return
    const pick = this.pickAt(at)
    if (pick === undefined) return
    if (pick.target.object.type === "group" && pick.hit !== pick.target) {
      model.enter(pick.target.id)
      const inside = this.pickAt(at)
      if (inside !== undefined) model.select([inside.target.id])
    } else if (pick.target.object.type === "text") model.editText(pick.target.id)
  }

  private begin(at: PointerAt): Gesture {
    const { model } = this
    const { readOnly, tool } = model
    if (tool === "hand") return new PanGesture(model, at)
    if (tool !== "select" && tool !== "comment" && !readOnly) return new DrawGesture(model, tool, at)
    const grip = this.gripAt(at)
    switch (grip?.handle.kind) {
      case "resize":
        return new ResizeGesture(model, at, grip.frame, grip.handle)
      case "rotate":
        return new RotateGesture(model, at, grip.frame)
      case "end point":
        return new EndPointGesture(model, grip.frame.lineId ?? "", grip.handle.index)
      case undefined:
        return new PressGesture(model, at, this.tolerance)
    }
  }

  private gripAt(at: PointerAt): { readonly handle: Handle; readonly frame: SelectionFrame } | undefined {
    const { camera, readOnly, scene, tool } = this.model
    const frame = readOnly || tool !== "select" ? undefined : this.selectionFrame
    if (frame === undefined || frame.locked) return undefined
    const handle = handleAt(scene, frame, camera, at.screen)
    return handle === undefined ? undefined : { frame, handle }
  }

  private hover(at: PointerAt): void {
    this.pointerKept = this.pointerAt(at)
    this.model.setHovered(this.model.tool === "select" && this.gripAt(at) === undefined ? this.pickAt(at)?.target.id : undefined)
  }

  private pointerAt(at: PointerAt): string {
    const { readOnly, tool } = this.model
    if (this.active?.name === "pan") return "grabbing"
    if (this.active?.name === "rotate") return "grabbing"
    if (this.active !== undefined && this.active.name !== "press") return this.pointerKept
    if (tool === "hand") return "grab"
    if (tool !== "select" && !readOnly) return tool === "text" ? "text" : "crosshair"
    const grip = this.gripAt(at)
    return grip === undefined ? "default" : pointerOf(grip.handle, grip.frame.matrix)
  }

  private pickAt(at: PointerAt) {
    return pickAt(this.model.scene, at.page, this.tolerance, { enteredId: this.model.enteredId, deep: at.mod })
  }

  private get tolerance(): number {
    return tolerancePixels / this.model.camera.zoom
  }
}
