/** Random numbers that a seed decides (mulberry32 by Tommy Ettinger, public domain), also for Effect's `Random`. */
export class SeededRandom {
  private state: number

  constructor(seed: number) {
    // Seeds that follow each other must not begin alike.
    this.state = Math.imul(seed + 1, 0x9e3779b1) | 0
  }

  /** In [0, 1). */
  nextDoubleUnsafe(): number {
    this.state = (this.state + 0x6d2b79f5) | 0
    let mixed = Math.imul(this.state ^ (this.state >>> 15), 1 | this.state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 0x1_0000_0000
  }

  nextIntUnsafe(): number {
    return Math.floor((this.nextDoubleUnsafe() * 2 - 1) * Number.MAX_SAFE_INTEGER)
  }

  /** A whole number in [0, count). */
  below(count: number): number {
    return Math.floor(this.nextDoubleUnsafe() * count)
  }

  between(min: number, max: number): number {
    return min + this.nextDoubleUnsafe() * (max - min)
  }

  chance(probability: number): boolean {
    return this.nextDoubleUnsafe() < probability
  }

  oneOf<Item>(items: readonly [Item, ...Array<Item>]): Item
  oneOf<Item>(items: ReadonlyArray<Item>): Item | undefined
  oneOf<Item>(items: ReadonlyArray<Item>): Item | undefined {
    return items[this.below(items.length)]
  }

  /** Looks like one that `crypto.randomUUID` makes. */
  uuid(): string {
    const digits = Array.from({ length: 30 }, () => this.below(16).toString(16)).join("")
    return `${digits.slice(0, 8)}-${digits.slice(8, 12)}-4${digits.slice(12, 15)}-a${digits.slice(15, 18)}-${digits.slice(18)}`
  }
}
