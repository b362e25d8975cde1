/**
 * What a connection may send: frames, and operations in them, so many a second and more for a moment. Decided at once
 * and without asking anybody. One that counts a user's connections on all nodes together would stand behind the same
 * interface, with this one for when what it asks is away.
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

  constructor({ framesPerSecond, operationsPerSecond }: Rates) {
    this.frames = new TokenBucket(framesPerSecond, framesPerSecond * Limits.framesBurstSeconds)
    this.operations = new TokenBucket(operationsPerSecond, operationsPerSecond * Limits.operationsBurstSeconds)
  }

  take(operations: number, nowMillis: number): boolean {
    if (this.frames.available(nowMillis) < 1 || this.operations.available(nowMillis) < operations) return false
    this.frames.take(1)
    this.operations.take(operations)
    return true
  }
}
