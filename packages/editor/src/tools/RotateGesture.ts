/** Turning the selection about the centre of its frame, by whole degrees; shift by fifteen. */
import type { EditorModel } from "../model/EditorModel.ts"
import { outermost } from "../model/picking.ts"
import * as Box from "../scene/Box.ts"
import * as Matrix from "../scene/Matrix.ts"
import type { Point } from "../scene/Point.ts"
import type { Gesture } from "./Gesture.ts"
import type { SelectionFrame } from "./handles.ts"
import { LiveGesture } from "./LiveGesture.ts"
import { LiveObjects } from "./LiveObjects.ts"
import type { PointerAt } from "./PointerAt.ts"
import { nearest } from "./snapping.ts"

export class RotateGesture extends LiveGesture implements Gesture {
  readonly name = "rotate"
  private readonly model: EditorModel
  private readonly centre: Point
  private readonly startDegrees: number
  /** How far the frame is turned already: shift snaps what is seen, not the difference. */
  private readonly turned: number
  protected readonly step
  protected readonly live: LiveObjects

  constructor(model: EditorModel, start: PointerAt, frame: SelectionFrame) {
    super()
    this.model = model
    this.centre = Matrix.apply(frame.matrix, Box.centreOf(frame.box))
    this.startDegrees = this.degreesOf(start.page)
    this.turned = Matrix.rotationOf(frame.matrix)
    this.step = model.startStep()
    const nodes = outermost(model.scene, model.selection).flatMap((id) => model.scene.get(id) ?? []).filter(({ locked }) => !locked)
    this.live = new LiveObjects(model, nodes)
  }

  follow(at: PointerAt): void {
    if (!this.live.isAlive) return
    const degrees = nearest(this.turned + this.degreesOf(at.page) - this.startDegrees, at.shift ? 15 : 1) - this.turned
    this.model.edit(() => this.live.apply(Matrix.rotation(degrees, this.centre)))
  }

  private degreesOf(page: Point): number {
    return (Math.atan2(page.y - this.centre.y, page.x - this.centre.x) * 180) / Math.PI
  }
}
