/**
 * Timestamps for operations: the server's clock as measured at each sync, never running backwards, and never behind an
 * operation this editor has already seen, so that an edit of what is on the screen wins over what it edits.
 */
export class ServerClock {
  private readonly now: () => number
  private offsetMillis = 0
  private latestMillis = 0

  constructor(now: () => number) {
    this.now = now
  }

  /** Takes the server's time from an answer to a question sent at `askedMillis` of the local clock. */
  measure(serverMillis: number, askedMillis: number): void {
    this.offsetMillis = serverMillis - (askedMillis + this.now()) / 2
  }

  /** Takes note of a timestamp that others used; only a later one wins over it whatever the client ids are. */
  saw(timestamp: number): void {
    this.latestMillis = Math.max(this.latestMillis, timestamp + 1)
  }

  next(): number {
    this.latestMillis = Math.max(this.latestMillis, Math.round(this.now() + this.offsetMillis), 0)
    return this.latestMillis
  }
}
