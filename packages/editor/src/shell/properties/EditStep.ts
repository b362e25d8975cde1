/**
 * Makes a stream of small edits, such as dragging over a number or through a palette of colours, one step of undo: it
 * opens with the first and closes when told, or when nothing more comes.
 */
import type { OpenStep } from "@easel/client"
import type { EditorModel } from "../../model/EditorModel.ts"

const idleMillis = 800

export class EditStep {
  private readonly model: EditorModel
  private step: OpenStep | undefined
  private timer: ReturnType<typeof setTimeout> | undefined

  constructor(model: EditorModel) {
    this.model = model
  }

  edit(change: () => void): void {
    this.step ??= this.model.startStep()
    clearTimeout(this.timer)
    this.timer = setTimeout(() => this.end(), idleMillis)
    change()
  }

  end(): void {
    this.close()?.end()
  }

  /** Takes back what was edited since the step opened. */
  cancel(): void {
    this.close()?.cancel()
  }

  private close(): OpenStep | undefined {
    clearTimeout(this.timer)
    const step = this.step
    this.step = undefined
    return step
  }
}
