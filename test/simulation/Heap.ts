/** A binary heap: the least item first. */
export class Heap<Item> {
  private readonly items: Array<Item> = []
  private readonly compare: (a: Item, b: Item) => number

  constructor(compare: (a: Item, b: Item) => number) {
    this.compare = compare
  }

  peek(): Item | undefined {
    return this.items[0]
  }

  push(item: Item): void {
    const { items } = this
    let index = items.push(item) - 1
    while (index > 0) {
      const above = (index - 1) >> 1
      const parent = items[above]
      if (parent === undefined || this.compare(parent, item) <= 0) break
      items[index] = parent
      index = above
    }
    items[index] = item
  }

  pop(): Item | undefined {
    const { items } = this
    const [first] = items
    const last = items.pop()
    if (last === undefined || items.length === 0) return first
    let index = 0
    while (true) {
      let below = 2 * index + 1
      let child = items[below]
      const other = items[below + 1]
      if (child === undefined) break
      if (other !== undefined && this.compare(other, child) < 0) {
        child = other
        below++
      }
      if (this.compare(last, child) <= 0) break
      items[index] = child
      index = below
    }
    items[index] = last
    return first
  }
}
