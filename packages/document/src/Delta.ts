/**
 * The delta codec: what makes one checkpoint state of another, every register with its stamp, as JSON text. The
 * document that `apply` returns is the target in all that a checkpoint holds, byte for byte, and merges like it.
 *
 * Equal pairs of checkpoints have equal deltas. Encoding is a generator of text pieces of about a hundred objects, as
 * for a checkpoint. Whatever is no delta of this format or does not fit the base is `DeltaInvalid`; a wrong base is
 * recognised by missing objects and registers and by the number of objects, so whoever keeps deltas has to know which
 * base each is for.
 */
import { DesignObject, parentPath } from "./DesignObject.ts"
import { type Document, fromObjects, type ObjectsInOrder } from "./Document.ts"
import { isJson, type Json } from "./Json.ts"
import { decodeObject, decodeStamp, encodeObject, encodeStamp, hasOneStamp, isParent, isRecord, isTextArray } from "./objectCodec.ts"
import { finish } from "./Steps.ts"

export const deltaFormat = 1

const objectsPerPiece = 100

export class DeltaInvalid extends Error {
  override readonly name = "DeltaInvalid"
}

/**
 * `{"delta":1,"base":objects held,"target":objects held,"removed":[id, …],"objects":[…]}`, in order of id. An object is
 * whole as in a checkpoint, or `[id, [[register, value, stamp], …]]` where the registers of the base stand first in
 * the target: `register` is the index of one that is there, or the path of one to be added.
 */
export function* encode(base: Document, target: Document): Generator<string, void> {
  const ids = base.idsApart(target)
  const removed = ids.filter((id) => target.getHeld(id) === undefined)
  let piece = `{"delta":${deltaFormat},"base":${base.size},"target":${target.size},"removed":${JSON.stringify(removed)},"objects":[`
  let separator = ""
  let count = 0
  for (const id of ids) {
    const entry = encodeEntry(base.getHeld(id), target.getHeld(id))
    if (entry !== undefined) {
      piece += separator + JSON.stringify(entry)
      separator = ","
    }
    if (++count % objectsPerPiece === 0) {
      yield piece
      piece = ""
    }
  }
  yield `${piece}]}`
}

/** The target whose delta from `base` the text is. */
export const apply = (base: Document, text: string): Document => finish(fromObjects(merged([[...base.held()]], text)))

/** The objects of the target whose delta from a base of these objects the text is. */
export function* merged(base: ObjectsInOrder, text: string): Generator<ReadonlyArray<DesignObject>, void> {
  const { baseSize, entries, removed, targetSize } = decodeEnvelope(text)
  let [baseCount, targetCount, removedCount, entryCount] = [0, 0, 0, 0]
  for (const objects of base) {
    const target: Array<DesignObject> = []
    for (const before of objects) {
      for (let entry = entries[entryCount]; entry !== undefined && entry.id < before.id; entry = entries[++entryCount]) {
        target.push(decodeEntry(undefined, entry))
      }
      const entry = entries[entryCount]?.id === before.id ? entries[entryCount++] : undefined
      const isRemoved = removed[removedCount] === before.id
      if (isRemoved && entry !== undefined) throw new DeltaInvalid(`object ${before.id} was removed`)
      if (isRemoved) removedCount++
      else target.push(entry === undefined ? before : decodeEntry(before, entry))
    }
    baseCount += objects.length
    targetCount += target.length
    yield target
  }
  for (; entryCount < entries.length; entryCount += objectsPerPiece) {
    const target = entries.slice(entryCount, entryCount + objectsPerPiece).map((entry) => decodeEntry(undefined, entry))
    targetCount += target.length
    yield target
  }
  if (removedCount < removed.length) throw new DeltaInvalid(`object ${removed[removedCount]} cannot be removed`)
  if (baseCount !== baseSize) throw new DeltaInvalid(`the base has ${baseCount} objects instead of ${baseSize}`)
  if (targetCount !== targetSize) throw new DeltaInvalid(`the target has ${targetCount} objects instead of ${targetSize}`)
}

const encodeEntry = (before: DesignObject | undefined, after: DesignObject | undefined): Json | undefined => {
  if (after === undefined) return undefined
  const isContinued = before?.paths.every((path, index) => path === after.paths[index]) === true
  // An object whose registers have one stamp is as short whole, and would come out of its parts with many equal ones.
  if (before === undefined || !isContinued || hasOneStamp(after)) {
    const whole = encodeObject(after)
    return before !== undefined && isSameText(encodeObject(before), whole) ? undefined : whole
  }
  const changes: Array<Json> = []
  after.paths.forEach((path, index) => {
    const value = after.values[index] ?? null
    const stamp = encodeStamp(after.stampAt(index))
    if (index >= before.paths.length) changes.push([path, value, stamp])
    else if (!isSameText(before.values[index] ?? null, value) || !isSameText(encodeStamp(before.stampAt(index)), stamp)) {
      changes.push([index, value, stamp])
    }
  })
  return changes.length === 0 ? undefined : [after.id, changes]
}

/** Whether a checkpoint would hold them alike. */
const isSameText = (a: Json, b: Json): boolean => a === b || JSON.stringify(a) === JSON.stringify(b)

interface Entry {
  readonly id: string
  readonly members: ReadonlyArray<unknown>
}

const decodeEnvelope = (text: string) => {
  let parsed: unknown
  try {
    parsed = JSON.parse(text)
  } catch {
    throw new DeltaInvalid("not JSON")
  }
  if (!isRecord(parsed) || parsed.delta !== deltaFormat) throw new DeltaInvalid(`not a delta of format ${deltaFormat}`)
  const { base: baseSize, objects, removed, target: targetSize } = parsed
  if (Object.keys(parsed).length !== 5 || typeof baseSize !== "number" || typeof targetSize !== "number" || !Array.isArray(objects) || !isTextArray(removed)) {
    throw new DeltaInvalid("a delta has members that are missing, unknown or of the wrong type")
  }
  return { baseSize, targetSize, removed, entries: entriesInOrder(objects) }
}

const entriesInOrder = (objects: ReadonlyArray<unknown>): ReadonlyArray<Entry> => {
  let lastId = ""
  return objects.map((members): Entry => {
    const id: unknown = Array.isArray(members) ? members[0] : undefined
    if (!Array.isArray(members) || typeof id !== "string") throw new DeltaInvalid("an object has no id")
    if (id <= lastId) throw new DeltaInvalid(`object ${id} stands after ${lastId}`)
    lastId = id
    return { id, members }
  })
}

const decodeEntry = (before: DesignObject | undefined, { id, members }: Entry): DesignObject => {
  if (members.length !== 2) return decodeObject(members, invalid)
  const changes = members[1]
  if (before === undefined) throw new DeltaInvalid(`object ${id} is not in the base`)
  if (!Array.isArray(changes) || changes.length === 0) throw new DeltaInvalid(`object ${id} has no changes`)
  const paths = before.paths.slice()
  const values = before.values.slice()
  const stamps = before.paths.map((_, index) => before.stampAt(index))
  let last = -1
  for (const change of changes as ReadonlyArray<unknown>) {
    if (!Array.isArray(change) || change.length !== 3) throw new DeltaInvalid(`a change of object ${id} is not [register, value, stamp]`)
    const [register, value, stamp]: ReadonlyArray<unknown> = change
    const index = typeof register === "string" && !paths.includes(register) ? paths.push(register) - 1 : register
    if (typeof index !== "number" || !Number.isInteger(index) || index <= last || index >= paths.length) throw new DeltaInvalid(`object ${id} has a wrong register`)
    if (!isJson(value) || (paths[index] === parentPath && !isParent(value))) throw new DeltaInvalid(`object ${id} has a wrong value`)
    last = index
    values[index] = value
    stamps[index] = decodeStamp(stamp, invalid)
  }
  return new DesignObject(id, paths.length === before.paths.length ? before.paths : paths, values, stamps)
}

const invalid = (reason: string): DeltaInvalid => new DeltaInvalid(reason)
