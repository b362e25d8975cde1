/** Which changes are one step of undo: those of one call, of one `transact`, or of a step that stays open for a while. */
import type { Change, Operation } from "@easel/document"
import { onePerRegister, Undo } from "./Undo.ts"

/** A step of undo that lasts longer than a call, such as a drag. `cancel` takes back all that was changed in it. */
export interface OpenStep {
  end(): void
  cancel(): void
}

export class Steps {
  readonly history = new Undo()
  /** What takes back the changes of the step that is open, the latest first. */
  private open: Array<Change> | undefined

  /** Takes note of what takes changes back. */
  add(inverse: ReadonlyArray<Change>): void {
    if (this.open === undefined) this.history.record(inverse)
    else this.open.unshift(...inverse)
  }

  /** An own operation was refused. Its object never came to be, or is somebody else's under the same id: no undo may touch it. */
  refused(operation: Operation.Operation | undefined): void {
    if (operation?.operationType === "create") this.history.forget(operation.objectId)
  }

  /** Makes all that is added meanwhile one step, unless another is open: then it belongs to that. */
  transact(edit: () => void): void {
    if (this.open !== undefined) return edit()
    const inverse: Array<Change> = []
    this.open = inverse
    try {
      edit()
    } finally {
      this.open = undefined
      if (inverse.length > 0) this.history.record(inverse)
    }
  }

  /** Makes all that is added until its end one step, in which a register counts once. */
  start(takeBack: (inverse: ReadonlyArray<Change>) => void): OpenStep {
    if (this.open !== undefined) throw new Error("another step is open")
    const inverse: Array<Change> = []
    this.open = inverse
    const close = (): ReadonlyArray<Change> => {
      if (this.open !== inverse) return []
      this.open = undefined
      return onePerRegister(inverse)
    }
    return {
      end: () => {
        const changes = close()
        if (changes.length > 0) this.history.record(changes)
      },
      cancel: () => takeBack(close())
    }
  }
}
