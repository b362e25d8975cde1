/**
 * Operations that are kept together, in the order they were made: browsers are slow with many small records. A chunk
 * shrinks as its operations are answered, and is written anew each time.
 */
import { chunkOperationsMax, chunkUnitsMax } from "./limits.ts"

export class Chunk {
  readonly number: number
  /** Whether it stands in the database, as it is or larger. */
  isWritten = false
  private readonly byId = new Map<string, string>()
  private units = 0

  constructor(number: number) {
    this.number = number
  }

  get size(): number {
    return this.byId.size
  }

  get texts(): ReadonlyArray<string> {
    return [...this.byId.values()]
  }

  get ids(): Iterable<string> {
    return this.byId.keys()
  }

  hasRoomFor(text: string): boolean {
    return this.size === 0 || (this.size < chunkOperationsMax && this.units + text.length <= chunkUnitsMax)
  }

  unitsOf(id: string): number {
    return this.byId.get(id)?.length ?? 0
  }

  add(id: string, text: string): void {
    this.byId.set(id, text)
    this.units += text.length
  }

  remove(id: string): void {
    this.units -= this.unitsOf(id)
    this.byId.delete(id)
  }
}
