/**
 * So many a second, and more for a moment: what a connection may send. Both sides count with it, the server to refuse
 * and the SDK to wait. Starts full. Pure: time is handed in, in milliseconds of any clock that does not go back.
 */

export class TokenBucket {
  private readonly perSecond: number
  private readonly burst: number
  private tokens: number
  private filledMillis: number | undefined

  constructor(perSecond: number, burst: number) {
    this.perSecond = perSecond
    this.burst = burst
    this.tokens = burst
  }

  /** How many there are. */
  available(nowMillis: number): number {
    const since = nowMillis - (this.filledMillis ?? nowMillis)
    if (since > 0) this.tokens = Math.min(this.burst, this.tokens + since / 1_000 * this.perSecond)
    this.filledMillis = nowMillis
    return this.tokens
  }

  /** Takes so many, whether they are there or not: who looked before decides. */
  take(count: number): void {
    this.tokens -= count
  }

  /** Milliseconds until so many are there. */
  waitMillis(count: number, nowMillis: number): number {
    return Math.max(0, (count - this.available(nowMillis)) / this.perSecond * 1_000)
  }
}
