/**
 * The checkpoint codec: every register with its stamp, as JSON text, so that a document loaded from a checkpoint
 * merges exactly like the one that was saved.
 *
 * Encoding is a generator of text pieces of about a thousand objects, so that a big document does not hold up the
 * actors that share its thread. Decoding checks the shape and throws `CheckpointInvalid`; it never guesses.
 */
import { DesignObject, parentPath } from "./DesignObject.ts"
import { type Document, empty } from "./Document.ts"
import { isJson, type Json } from "./Json.ts"
import type * as Stamp from "./Stamp.ts"

export const checkpointFormat = 1

const objectsPerPiece = 1000

export class CheckpointInvalid extends Error {
  override readonly name = "CheckpointInvalid"
}

/**
 * `{"format":1,"objects":[[id, paths, values, stamps], …]}`; a stamp is `[timestamp, clientId, counter]` and `stamps`
 * is one stamp or one per path.
 */
export function* encode(document: Document): Generator<string, void> {
  let piece = `{"format":${checkpointFormat},"objects":[`
  let count = 0
  for (const object of document.held()) {
    if (count > 0) piece += ","
    piece += JSON.stringify([object.id, object.paths, object.values, encodeStamps(object)])
    if (++count % objectsPerPiece === 0) {
      yield piece
      piece = ""
    }
  }
  yield `${piece}]}`
}

export const decode = (text: string): Document => {
  let parsed: unknown
  try {
    parsed = JSON.parse(text)
  } catch {
    throw new CheckpointInvalid("not JSON")
  }
  if (!isRecord(parsed) || parsed.format !== checkpointFormat || !Array.isArray(parsed.objects)) {
    throw new CheckpointInvalid(`not a checkpoint of format ${checkpointFormat}`)
  }
  const objects: ReadonlyArray<unknown> = parsed.objects
  return empty.edit((draft) => {
    let lastId = ""
    for (const entry of objects) {
      const object = decodeObject(entry)
      if (object.id <= lastId) throw new CheckpointInvalid(`object ${object.id} stands after ${lastId}`)
      lastId = object.id
      draft.put(undefined, object)
    }
  })
}

const encodeStamps = (object: DesignObject): Json => {
  const stamps = object.paths.map((_, index) => object.stampAt(index))
  const first = stamps[0]
  if (first !== undefined && stamps.every((stamp) => stamp === first)) return encodeStamp(first)
  return stamps.map(encodeStamp)
}

const encodeStamp = (stamp: Stamp.Stamp): ReadonlyArray<Json> => [stamp.timestamp, stamp.clientId, stamp.counter]

const decodeObject = (entry: unknown): DesignObject => {
  if (!Array.isArray(entry) || entry.length !== 4) throw new CheckpointInvalid("an object is not [id, paths, values, stamps]")
  const [id, paths, values, stamps]: ReadonlyArray<unknown> = entry
  if (typeof id !== "string" || !isTextArray(paths) || !isJsonArray(values) || !Array.isArray(stamps)) {
    throw new CheckpointInvalid("an object has members of the wrong type")
  }
  if (paths.length !== values.length) throw new CheckpointInvalid(`object ${id} has ${paths.length} paths and ${values.length} values`)
  if (paths.some((path, index) => paths.indexOf(path, index + 1) !== -1)) throw new CheckpointInvalid(`object ${id} has a path twice`)
  const parent = values[paths.indexOf(parentPath)]
  if (parent !== undefined && !isParent(parent)) throw new CheckpointInvalid(`the parent of object ${id} is not {parentId, orderKey}`)
  const many: ReadonlyArray<unknown> = stamps
  if (Array.isArray(many[0])) {
    if (many.length !== paths.length) throw new CheckpointInvalid(`object ${id} has ${many.length} stamps for ${paths.length} paths`)
    return new DesignObject(id, paths, values, many.map(decodeStamp))
  }
  return new DesignObject(id, paths, values, decodeStamp(many))
}

const decodeStamp = (entry: unknown): Stamp.Stamp => {
  if (!Array.isArray(entry)) throw new CheckpointInvalid("a stamp is not an array")
  const [timestamp, clientId, counter]: ReadonlyArray<unknown> = entry
  if (typeof timestamp !== "number" || typeof clientId !== "string" || typeof counter !== "number") {
    throw new CheckpointInvalid("a stamp is not [timestamp, clientId, counter]")
  }
  if (!Number.isSafeInteger(timestamp) || !Number.isSafeInteger(counter)) throw new CheckpointInvalid("a stamp is not of whole numbers")
  return { timestamp, clientId, counter }
}

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === "object" && value !== null
const isParent = (value: unknown): boolean =>
  isRecord(value) && typeof value.orderKey === "string" && (value.parentId === null || typeof value.parentId === "string")
const isTextArray = (value: unknown): value is ReadonlyArray<string> =>
  Array.isArray(value) && value.every((item) => typeof item === "string")
const isJsonArray = (value: unknown): value is ReadonlyArray<Json> => Array.isArray(value) && value.every(isJson)
