/**
 * Sends pending operations in frames, in the order they were made, with a window: what exceeds it waits here, where it
 * costs the server nothing.
 */
import { Limits } from "@easel/protocol/editor"
import type { Pending } from "./Replica.ts"
import { toWire } from "./toWire.ts"

/** Operations on the way at once. */
const windowOperationsMax = 2_000

/** The largest operation that fits into a frame alone, in UTF-8 bytes. */
export const operationBytesMax = Limits.frameBytesMax - 1024

/** Size of a frame of several operations, in UTF-16 units, which are three bytes at most in UTF-8. */
export const frameUnitsMax = Math.floor(operationBytesMax / 3)

export class OperationSender {
  private readonly sendFrame: (operations: ReadonlyArray<unknown>) => void
  private onTheWay = 0

  constructor(sendFrame: (operations: ReadonlyArray<unknown>) => void) {
    this.sendFrame = sendFrame
  }

  /** Sends what has not been sent on the present connection, as far as the window allows. */
  send(pending: Iterable<Pending>): void {
    let operations: Array<unknown> = []
    let units = 0
    const close = () => {
      if (operations.length > 0) this.sendFrame(operations)
      operations = []
      units = 0
    }
    for (const entry of pending) {
      if (entry.sent) continue
      if (this.onTheWay >= windowOperationsMax) break
      const wire = toWire(entry.operation)
      const size = JSON.stringify(wire).length
      if (operations.length >= Limits.frameOperationsMax || units + size > frameUnitsMax) close()
      operations.push(wire)
      units += size
      entry.sent = true
      this.onTheWay++
    }
    close()
  }

  answered(count: number): void {
    this.onTheWay = Math.max(0, this.onTheWay - count)
  }

  /** The connection is gone, and everything that was on the way with it. */
  reset(): void {
    this.onTheWay = 0
  }
}
