/**
 * Pulling a handle of the selection: shift keeps the proportions, alt the centre. Works along the axes of the selection's
 * frame, so a turned object is stretched as it stands. Texts always keep their proportions.
 */
import type { EditorModel } from "../model/EditorModel.ts"
import { outermost } from "../model/picking.ts"
import { stretchedNodes } from "../model/shift.ts"
import * as Matrix from "../scene/Matrix.ts"
import type { Point } from "../scene/Point.ts"
import type { Gesture } from "./Gesture.ts"
import { handlePoint, type SelectionFrame } from "./handles.ts"
import { LiveGesture } from "./LiveGesture.ts"
import { LiveObjects } from "./LiveObjects.ts"
import type { PointerAt } from "./PointerAt.ts"
import { whole } from "./snapping.ts"

export class ResizeGesture extends LiveGesture implements Gesture {
  readonly name = "resize"
  private readonly model: EditorModel
  private readonly frame: SelectionFrame
  private readonly handle: { readonly x: number; readonly y: number }
  /** From the pointer to the handle that it took, on the page. */
  private readonly offset: Point
  protected readonly step
  protected readonly live: LiveObjects
  private readonly keepsProportions: boolean

  constructor(model: EditorModel, start: PointerAt, frame: SelectionFrame, handle: { readonly x: number; readonly y: number }) {
    super()
    this.model = model
    this.frame = frame
    this.handle = handle
    const grip = Matrix.apply(frame.matrix, handlePoint(frame.box, handle))
    this.offset = { x: grip.x - start.page.x, y: grip.y - start.page.y }
    this.step = model.startStep()
    const nodes = outermost(model.scene, model.selection).flatMap((id) => model.scene.get(id) ?? []).filter(({ locked }) => !locked)
    this.keepsProportions = nodes.every(({ object }) => object.type === "text")
    this.live = new LiveObjects(model, nodes.flatMap((node) => stretchedNodes(model.scene, node)))
  }

  follow(at: PointerAt): void {
    const { frame, model } = this
    const back = Matrix.invert(frame.matrix)
    if (back === undefined || !this.live.isAlive) return
    const grip = whole({ x: at.page.x + this.offset.x, y: at.page.y + this.offset.y }, model.camera.zoom)
    const stretch = stretchTo(frame, this.handle, Matrix.apply(back, grip), {
      fromCentre: at.alt,
      keepsProportions: at.shift || this.keepsProportions
    })
    const map = Matrix.multiply(frame.matrix, Matrix.multiply(stretch, back))
    model.edit(() => this.live.apply(map))
  }
}

interface How {
  readonly fromCentre: boolean
  readonly keepsProportions: boolean
}

/** The stretch, in the frame's coordinates, that brings a handle to a point. */
export const stretchTo = ({ box }: Pick<SelectionFrame, "box">, handle: { readonly x: number; readonly y: number }, to: Point, { fromCentre, keepsProportions }: How): Matrix.Matrix => {
  const from = handlePoint(box, handle)
  const anchor = handlePoint(box, fromCentre ? { x: 0, y: 0 } : { x: -handle.x, y: -handle.y })
  let x = handle.x === 0 ? 1 : factor(to.x - anchor.x, from.x - anchor.x)
  let y = handle.y === 0 ? 1 : factor(to.y - anchor.y, from.y - anchor.y)
  if (keepsProportions) {
    const larger = handle.x === 0 ? Math.abs(y) : handle.y === 0 ? Math.abs(x) : Math.max(Math.abs(x), Math.abs(y))
    x = handle.x === 0 ? larger : larger * Math.sign(x)
    y = handle.y === 0 ? larger : larger * Math.sign(y)
  }
  return [x, 0, 0, y, anchor.x - x * anchor.x, anchor.y - y * anchor.y]
}

/** Nothing is made smaller than this, in the frame's units: from nothing there is no way back. */
const extentMin = 1

const factor = (wanted: number, extent: number): number => {
  if (extent === 0) return 1
  const least = Math.min(1, extentMin / Math.abs(extent))
  const by = wanted / extent
  return Math.abs(by) >= least ? by : by < 0 ? -least : least
}
