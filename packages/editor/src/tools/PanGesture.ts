/** The hand: the page follows the pointer. */
import { type Camera, panBy } from "../camera/Camera.ts"
import type { EditorModel } from "../model/EditorModel.ts"
import type { Gesture } from "./Gesture.ts"
import type { PointerAt } from "./PointerAt.ts"

export class PanGesture implements Gesture {
  readonly name = "pan"
  private readonly model: EditorModel
  private readonly start: PointerAt
  private readonly camera: Camera

  constructor(model: EditorModel, start: PointerAt) {
    this.model = model
    this.start = start
    this.camera = model.camera
  }

  follow(at: PointerAt): void {
    this.model.setCamera(panBy(this.camera, at.screen.x - this.start.screen.x, at.screen.y - this.start.screen.y))
  }

  end(): void {}

  /** A second finger goes on from here with a pinch. */
  cancel(): void {}
}
