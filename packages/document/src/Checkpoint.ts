/**
 * The checkpoint codec: every register with its stamp, as text, so that a document loaded from a checkpoint merges
 * exactly like the one that was saved.
 *
 * Both ways go in steps of some dozen objects, so that a big document does not hold up the actors that share its thread.
 * Each step has a line of the text, which is JSON (`RowWriter`). Decoding checks the shape and throws
 * `CheckpointInvalid`; it never guesses.
 */
import { invalid } from "./CheckpointInvalid.ts"
import { RowReader, RowWriter } from "./checkpointRows.ts"
import type { DesignObject } from "./DesignObject.ts"
import { type Document, fromObjects, type ObjectsInOrder } from "./Document.ts"
import * as formerCheckpoint from "./formerCheckpoint.ts"
import { finish, type Steps } from "./Steps.ts"

export { CheckpointInvalid } from "./CheckpointInvalid.ts"

/** Of what is written. */
export const checkpointFormat = 2

export const readableFormats: ReadonlyArray<number> = [1, checkpointFormat]

const objectsPerLine = 64

const head = `{"format":${checkpointFormat}}`

/** Says that nothing is missing. */
const tail = (objects: number): string => `{"objects":${objects}}`

/** In pieces that begin a line: `{"format":2}`, the objects in order of id, and how many they were. */
export function* encode(document: Document): Generator<string, void> {
  yield head
  const writer = new RowWriter()
  let objects: Array<DesignObject> = []
  for (const object of document.held()) {
    objects.push(object)
    if (objects.length < objectsPerLine) continue
    yield `\n${writer.line(objects)}`
    objects = []
  }
  if (objects.length > 0) yield `\n${writer.line(objects)}`
  yield `\n${tail(document.size)}`
}

export const decode = (text: string): Document => finish(decodeSteps(text.split("\n")))

/** The document whose lines they are. */
export const decodeSteps = (lines: Iterable<string>): Steps<Document> => fromObjects(objectsOf(lines))

/** The objects whose lines they are, those of a line at a time. */
export function* objectsOf(lines: Iterable<string>): Generator<ReadonlyArray<DesignObject>, void> {
  let lastId = ""
  for (const objects of objectsByLine(lines)) {
    for (const { id } of objects) {
      if (id <= lastId) throw invalid(`object ${id} stands after ${lastId}`)
      lastId = id
    }
    yield objects
  }
}

const objectsByLine = (lines: Iterable<string>): ObjectsInOrder => {
  const all = lines[Symbol.iterator]()
  const first = all.next()
  const rest: Iterable<string> = { [Symbol.iterator]: () => all }
  if (first.done === true) throw invalid("empty")
  return first.value === head ? rowsByLine(rest) : formerCheckpoint.objectsByLine(first.value, rest)
}

function* rowsByLine(lines: Iterable<string>): Generator<ReadonlyArray<DesignObject>, void> {
  const reader = new RowReader()
  let last: string | undefined
  let count = 0
  for (const line of lines) {
    if (last !== undefined) {
      const objects = reader.objectsOf(last)
      count += objects.length
      yield objects
    }
    last = line
  }
  if (last !== tail(count)) throw invalid("something is missing")
}
