/** What gestures that reshape objects as one step of undo have in common: how they end. */
import type { OpenStep } from "@easel/client"
import type { LiveObjects } from "./LiveObjects.ts"

export abstract class LiveGesture {
  protected abstract readonly step: OpenStep
  protected abstract readonly live: LiveObjects

  end(): void {
    this.live.finish()
    this.step.end()
  }

  cancel(): void {
    this.live.drop()
    this.step.cancel()
  }
}
