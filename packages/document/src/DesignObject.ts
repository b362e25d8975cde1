/**
 * One object of a document: a map from property path to last-writer-wins register, immutable.
 *
 * Registers lie in parallel arrays, because a file holds a million of them: `stamps` is one stamp while all registers
 * are equally old, which is the common case. An object whose `type` register is not yet known has been written to but
 * not created; it is kept and not shown, so that operations may arrive in any order.
 */
import type { Json } from "./Json.ts"
import * as Stamp from "./Stamp.ts"

/** Register names that are not properties of a type. */
export const typePath = "type"
export const parentPath = "parent"
export const deletedPath = "_deleted"

/** Where an object hangs: one register, so that parent and position never part. `null` is the root of the file. */
export interface Parent {
  readonly parentId: string | null
  readonly orderKey: string
}

export interface RegisterWrite {
  readonly path: string
  readonly value: Json
}

export class DesignObject {
  readonly id: string
  readonly paths: ReadonlyArray<string>
  readonly values: ReadonlyArray<Json>
  readonly stamps: Stamp.Stamp | ReadonlyArray<Stamp.Stamp>

  constructor(
    id: string,
    paths: ReadonlyArray<string>,
    values: ReadonlyArray<Json>,
    stamps: Stamp.Stamp | ReadonlyArray<Stamp.Stamp>
  ) {
    this.id = id
    this.paths = paths
    this.values = values
    this.stamps = stamps
  }

  get(path: string): Json | undefined {
    const index = this.paths.indexOf(path)
    return index === -1 ? undefined : this.values[index]
  }

  stampOf(path: string): Stamp.Stamp | undefined {
    const index = this.paths.indexOf(path)
    return index === -1 ? undefined : this.stampAt(index)
  }

  stampAt(index: number): Stamp.Stamp {
    return (isMany(this.stamps) ? this.stamps[index] : this.stamps) ?? Stamp.zero
  }

  get type(): string | undefined {
    const type = this.get(typePath)
    return typeof type === "string" ? type : undefined
  }

  get deleted(): boolean {
    return this.get(deletedPath) === true
  }

  get parent(): Parent | undefined {
    const parent = this.get(parentPath)
    // SAFETY: the parent register is only ever written from a validated `Parent` (Operation.writesOf, Checkpoint).
    return parent === undefined ? undefined : (parent as unknown as Parent)
  }

  /** Merges writes of one stamp; registers with a newer stamp keep their value. The same object if nothing won. */
  write(writes: ReadonlyArray<RegisterWrite>, stamp: Stamp.Stamp): DesignObject {
    let paths: Array<string> | undefined
    let values: Array<Json> | undefined
    let stamps: Array<Stamp.Stamp> | undefined
    for (const { path, value } of writes) {
      const known = (paths ?? this.paths).indexOf(path)
      if (known !== -1) {
        const current = stamps === undefined ? this.stampAt(known) : (stamps[known] ?? Stamp.zero)
        if (Stamp.compare(stamp, current) <= 0) continue
      }
      values ??= this.values.slice()
      stamps ??= isMany(this.stamps) ? this.stamps.slice() : Array.from(this.paths, (_, index) => this.stampAt(index))
      if (known !== -1) {
        values[known] = value
        stamps[known] = stamp
      } else {
        paths ??= this.paths.slice()
        paths.push(path)
        values.push(value)
        stamps.push(stamp)
      }
    }
    if (values === undefined || stamps === undefined) return this
    return new DesignObject(this.id, paths ?? this.paths, values, stamps)
  }
}

/** A new object with all its registers at one stamp. A path may stand only once. */
export const make = (id: string, writes: ReadonlyArray<RegisterWrite>, stamp: Stamp.Stamp): DesignObject =>
  new DesignObject(id, sharedPaths(writes.map(({ path }) => path)), writes.map((write) => write.value), stamp)

/** How many distinct lists of paths are shared; more than an editor's object types with their usual properties. */
const sharedPathsMax = 512

const pathLists = new Map<string, ReadonlyArray<string>>()

/** Objects made alike have the same list of paths, and a file has thousands of them. */
export const sharedPaths = (paths: ReadonlyArray<string>): ReadonlyArray<string> => {
  const key = paths.join(" ")
  const known = pathLists.get(key)
  // A path may hold anything here, spaces too, so an equal key does not prove equal paths.
  if (known?.length === paths.length && paths.every((path, index) => path === known[index])) return known
  if (known === undefined && pathLists.size < sharedPathsMax) pathLists.set(key, paths)
  return paths
}

const isMany = (stamps: Stamp.Stamp | ReadonlyArray<Stamp.Stamp>): stamps is ReadonlyArray<Stamp.Stamp> =>
  Array.isArray(stamps)
