/** Dragging a rectangle over the page selects what it touches; with shift in addition to what was selected. */
import type { EditorModel } from "../model/EditorModel.ts"
import { pickInBox } from "../model/picking.ts"
import { type Box, ofCorners } from "../scene/Box.ts"
import type { Gesture } from "./Gesture.ts"
import type { PointerAt } from "./PointerAt.ts"

export class MarqueeGesture implements Gesture {
  readonly name = "marquee"
  marquee: Box | undefined
  private readonly model: EditorModel
  private readonly start: PointerAt
  private readonly before: ReadonlySet<string>

  constructor(model: EditorModel, start: PointerAt) {
    this.model = model
    this.start = start
    this.before = model.selection
    if (!start.shift) model.clearSelection()
  }

  follow(at: PointerAt): void {
    const { before, model, start } = this
    this.marquee = ofCorners(start.page, at.page)
    const inside = pickInBox(model.scene, this.marquee, model.enteredId)
    model.select(start.shift ? new Set([...before, ...inside]) : inside)
  }

  end(): void {
    this.marquee = undefined
  }

  cancel(): void {
    this.marquee = undefined
    this.model.select(this.before)
  }
}
