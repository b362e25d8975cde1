/**
 * Sends pending operations in frames, in the order they were made, with a window and at a pace that the server allows:
 * what exceeds them waits here, where it costs the server nothing.
 */
import { Limits, TokenBucket } from "@easel/protocol/editor"
import type { Pending } from "./Replica.ts"
import { toWire } from "./toWire.ts"

/** Operations on the way at once. */
const windowOperationsMax = 2_000

/** The largest operation that fits into a frame alone, in UTF-8 bytes. */
export const operationBytesMax = Limits.frameBytesMax - 1024

/** Size of a frame of several operations, in UTF-16 units, which are three bytes at most in UTF-8. */
export const frameUnitsMax = Math.floor(operationBytesMax / 3)

/** What may go out in one go after a wait is more than one operation. */
const waitMillisMin = 20

/** Shares of what the server allows. The rest is for presence and pings, and for clocks that differ. */
const framesPerSecond = Limits.framesPerSecond * 0.75
const operationsPerSecond = Limits.operationsPerSecond * 0.95

const framesBucket = () => new TokenBucket(framesPerSecond, framesPerSecond * Limits.framesBurstSeconds)
const operationsBucket = () => new TokenBucket(operationsPerSecond, operationsPerSecond * Limits.operationsBurstSeconds)

export class OperationSender {
  private readonly sendFrame: (operations: ReadonlyArray<unknown>) => void
  private readonly sendAgain: () => void
  private onTheWay = 0
  private frames = framesBucket()
  private operations = operationsBucket()
  private timer: ReturnType<typeof setTimeout> | undefined
  private isGathering = false

  /** `sendAgain` is called when what had to wait may be sent. */
  constructor(sendFrame: (operations: ReadonlyArray<unknown>) => void, sendAgain: () => void) {
    this.sendFrame = sendFrame
    this.sendAgain = sendAgain
  }

  /** What is made in one turn of the event loop leaves in one frame. */
  sendSoon(): void {
    if (this.isGathering) return
    this.isGathering = true
    queueMicrotask(() => {
      this.isGathering = false
      this.sendAgain()
    })
  }

  /** Sends what has not been sent on the present connection, as far as the window allows. */
  send(pending: Iterable<Pending>): void {
    if (this.timer !== undefined) return
    const now = performance.now()
    let frames = Math.floor(this.frames.available(now))
    const most = Math.min(windowOperationsMax, this.onTheWay + Math.floor(this.operations.available(now)))
    let isEarly = false
    let operations: Array<unknown> = []
    let units = 0
    const close = () => {
      if (operations.length > 0) {
        this.sendFrame(operations)
        this.frames.take(1)
        this.operations.take(operations.length)
        frames--
      }
      operations = []
      units = 0
    }
    for (const entry of pending) {
      if (entry.sent) continue
      if (this.onTheWay >= windowOperationsMax) break
      isEarly = this.onTheWay >= most || frames < 1
      if (isEarly) break
      const wire = toWire(entry.operation)
      const size = JSON.stringify(wire).length
      if (operations.length >= Limits.frameOperationsMax || units + size > frameUnitsMax) close()
      isEarly = frames < 1
      if (isEarly) break
      operations.push(wire)
      units += size
      entry.sent = true
      this.onTheWay++
    }
    close()
    if (isEarly) this.wait(Math.max(this.frames.waitMillis(1, now), this.operations.waitMillis(1, now)))
  }

  private wait(millis: number): void {
    this.timer = setTimeout(() => {
      this.timer = undefined
      this.sendAgain()
    }, Math.max(waitMillisMin, millis))
  }

  answered(count: number): void {
    this.onTheWay = Math.max(0, this.onTheWay - count)
  }

  /** The connection is gone, and everything that was on the way with it. */
  reset(): void {
    this.onTheWay = 0
    clearTimeout(this.timer)
    this.timer = undefined
    // The server counts each connection by itself.
    this.frames = framesBucket()
    this.operations = operationsBucket()
  }
}
