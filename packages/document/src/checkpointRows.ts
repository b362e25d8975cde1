/**
 * The lines of a checkpoint of format 2: `[paths, clientIds, rows]`, with a row for each object.
 *
 * Thousands of objects have the same list of paths and few clients wrote them, so each of these is written once, in the
 * line that is the first to need it, and has the number of its place among all that were written.
 *
 * A row is `[id, paths, values, stampOf, timestamp, clientId, counter, …]`: the numbers of its paths and client ids, as
 * many stamps as differ, and for each register which of them it has, or 0 when there is one.
 */
import { invalid, parsed } from "./CheckpointInvalid.ts"
import { DesignObject, parentPath, sharedPaths } from "./DesignObject.ts"
import type { Json } from "./Json.ts"
import { hasOneStamp, isJsonArray, isParent, isTextArray } from "./objectCodec.ts"
import * as Stamp from "./Stamp.ts"

export class RowWriter {
  private readonly pathLists = new Numbers<string>()
  private readonly clientIds = new Numbers<string>()

  /** The next line. */
  line(objects: ReadonlyArray<DesignObject>): string {
    const paths: Array<ReadonlyArray<string>> = []
    const clientIds: Array<string> = []
    const rows = objects.map((object) => {
      const list = this.pathLists.of(JSON.stringify(object.paths), () => paths.push(object.paths))
      const { stampOf, stamps } = distinctStamps(object)
      const row: Array<Json> = [object.id, list, object.values, stampOf]
      for (const { clientId, counter, timestamp } of stamps) {
        row.push(timestamp, this.clientIds.of(clientId, () => clientIds.push(clientId)), counter)
      }
      return row
    })
    return JSON.stringify([paths, clientIds, rows])
  }
}

/** Numbers in the order in which they are asked for. */
class Numbers<Key> {
  private readonly numbers = new Map<Key, number>()

  of(key: Key, onNew: () => void): number {
    const known = this.numbers.get(key)
    if (known !== undefined) return known
    onNew()
    this.numbers.set(key, this.numbers.size)
    return this.numbers.size - 1
  }
}

const distinctStamps = (object: DesignObject): { readonly stampOf: Json; readonly stamps: ReadonlyArray<Stamp.Stamp> } => {
  if (hasOneStamp(object)) return { stampOf: 0, stamps: [object.stampAt(0)] }
  const stamps: Array<Stamp.Stamp> = []
  const stampOf = object.paths.map((_, register) => {
    const stamp = object.stampAt(register)
    const known = stamps.findIndex((other) => Stamp.isSame(other, stamp))
    return known === -1 ? stamps.push(stamp) - 1 : known
  })
  return { stampOf, stamps }
}

interface PathList {
  readonly paths: ReadonlyArray<string>
  /** -1 without one. */
  readonly parent: number
}

export class RowReader {
  private readonly pathLists: Array<PathList> = []
  private readonly clientIds: Array<string> = []

  /** The objects of the next line. */
  objectsOf(line: string): ReadonlyArray<DesignObject> {
    const entry = parsed(line)
    if (!Array.isArray(entry) || entry.length !== 3) throw invalid("a line is not [paths, clientIds, rows]")
    const [pathLists, clientIds, rows]: ReadonlyArray<unknown> = entry
    if (!Array.isArray(pathLists) || !isTextArray(clientIds) || !Array.isArray(rows)) throw invalid("a line has members of the wrong type")
    for (const paths of pathLists as ReadonlyArray<unknown>) this.pathLists.push(pathListOf(paths))
    for (const clientId of clientIds) this.clientIds.push(clientId)
    return rows.map((row) => this.objectOf(row))
  }

  private objectOf(row: unknown): DesignObject {
    if (!isList(row) || row.length < rowLengthMin || (row.length - rowLengthMin) % stampLength !== 0) throw invalid("a row is not [id, paths, values, stampOf, ...stamps]")
    // By index, because a file has tens of thousands of them.
    const id = row[0]
    const list = row[1]
    const values = row[2]
    if (typeof id !== "string" || typeof list !== "number" || !isJsonArray(values)) throw invalid("a row has members of the wrong type")
    const known = this.pathLists[list]
    if (known === undefined) throw invalid(`object ${id} has paths that are not there`)
    const { parent, paths } = known
    if (paths.length !== values.length) throw invalid(`object ${id} has ${paths.length} paths and ${values.length} values`)
    if (parent !== -1 && !isParent(values[parent])) throw invalid(`the parent of object ${id} is not {parentId, orderKey}`)
    return new DesignObject(id, paths, values, this.stampsOf(row, paths.length))
  }

  private stampsOf(row: ReadonlyArray<unknown>, registers: number): Stamp.Stamp | ReadonlyArray<Stamp.Stamp> {
    const first = this.stampAt(row, rowLengthMin - stampLength)
    const stampOf = row[3]
    if (row.length === rowLengthMin && stampOf === 0) return first
    const stamps = [first]
    for (let at = rowLengthMin; at < row.length; at += stampLength) stamps.push(this.stampAt(row, at))
    if (!isList(stampOf) || stampOf.length !== registers) throw invalid("a row says of too few registers which stamp they have")
    return stampOf.map((number) => {
      const stamp = typeof number === "number" ? stamps[number] : undefined
      if (stamp === undefined) throw invalid("a row has a stamp too few")
      return stamp
    })
  }

  private stampAt(row: ReadonlyArray<unknown>, at: number): Stamp.Stamp {
    const timestamp = row[at]
    const client = row[at + 1]
    const counter = row[at + 2]
    const clientId = typeof client === "number" ? this.clientIds[client] : undefined
    if (clientId === undefined || !isWhole(timestamp) || !isWhole(counter)) throw invalid("a stamp is not timestamp, clientId, counter")
    return { timestamp, clientId, counter }
  }
}

const stampLength = 3
const rowLengthMin = 4 + stampLength

const pathListOf = (paths: unknown): PathList => {
  if (!isTextArray(paths)) throw invalid("paths are not an array of texts")
  if (new Set(paths).size !== paths.length) throw invalid("a path stands twice")
  return { paths: sharedPaths(paths), parent: paths.indexOf(parentPath) }
}

const isList = (value: unknown): value is ReadonlyArray<unknown> => Array.isArray(value)
const isWhole = (value: unknown): value is number => Number.isSafeInteger(value)
