/**
 * What a connection may send: frames, and operations in them, so many a second and more for a moment. Decided at once
 * and without asking anybody.
 */
import { Limits, TokenBucket } from "@easel/protocol"

export interface Allowance {
  /** Takes one frame with so many operations. Returns whether it was within bounds; one that was not costs nothing. */
  readonly take: (operations: number, nowMillis: number) => boolean
}

/** Of one connection, a second. */
export interface Rates {
  readonly framesPerSecond: number
  readonly operationsPerSecond: number
}

export class ConnectionAllowance implements Allowance {
  private readonly frames: TokenBucket
  private readonly operations: TokenBucket
  /** What its user may send by all connections, once it is known whose it is. */
  ofUser: Allowance | undefined

  constructor({ framesPerSecond, operationsPerSecond }: Rates) {
    this.frames = new TokenBucket(framesPerSecond, framesPerSecond * Limits.framesBurstSeconds)
    this.operations = new TokenBucket(operationsPerSecond, operationsPerSecond * Limits.operationsBurstSeconds)
  }

  take(operations: number, nowMillis: number): boolean {
    if (this.frames.available(nowMillis) < 1 || this.operations.available(nowMillis) < operations) return false
    if (this.ofUser !== undefined && !this.ofUser.take(operations, nowMillis)) return false
    this.frames.take(1)
    this.operations.take(operations)
    return true
  }
}
