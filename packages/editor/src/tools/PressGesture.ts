/**
 * A press with the select tool before it is known what it becomes: a click, a drag of what is under it, or a marquee.
 * What was not selected is selected at once; what was stays so until the release tells a click from a drag.
 */
import type { EditorModel } from "../model/EditorModel.ts"
import { holdsObjects, type Pick, pickAt } from "../model/picking.ts"
import { dragDistanceMin } from "./DrawGesture.ts"
import type { Gesture } from "./Gesture.ts"
import { MarqueeGesture } from "./MarqueeGesture.ts"
import { MoveGesture } from "./MoveGesture.ts"
import { PanGesture } from "./PanGesture.ts"
import type { PointerAt } from "./PointerAt.ts"

export class PressGesture implements Gesture {
  readonly name = "press"
  private readonly model: EditorModel
  private readonly start: PointerAt
  private readonly pick: Pick | undefined
  private readonly wasSelected: boolean
  /** A frame with something in it is background: dragging over it selects, and only a click takes it. */
  private readonly isBackground: boolean

  constructor(model: EditorModel, start: PointerAt, tolerance: number) {
    this.model = model
    this.start = start
    this.pick = pickAt(model.scene, start.page, tolerance, { enteredId: model.enteredId, deep: start.mod })
    const target = this.pick?.target
    this.wasSelected = target !== undefined && model.selection.has(target.id)
    this.isBackground = target !== undefined && !this.wasSelected && holdsObjects(target) && model.scene.childrenOf(target.id).length > 0
    if (target !== undefined && !this.wasSelected && !this.isBackground && start.touch !== true) model.select([target.id], { add: start.shift })
  }

  follow(at: PointerAt): Gesture | void {
    if (Math.hypot(at.screen.x - this.start.screen.x, at.screen.y - this.start.screen.y) < dragDistanceMin) return
    const isMove = this.pick !== undefined && !this.isBackground && this.model.selection.has(this.pick.target.id)
    if (this.start.touch === true && (!isMove || this.model.readOnly)) return new PanGesture(this.model, this.start)
    if (isMove && this.model.readOnly) return
    return isMove ? new MoveGesture(this.model, this.start, { duplicates: this.start.alt }) : new MarqueeGesture(this.model, this.start)
  }

  end(): void {
    const { model, pick, start, wasSelected } = this
    if (pick === undefined) {
      if (!start.shift) model.clearSelection()
    } else if (start.shift) {
      if (wasSelected || this.isBackground || start.touch === true) model.select([pick.target.id], { toggle: true })
    } else model.select([pick.target.id])
  }

  cancel(): void {}
}
