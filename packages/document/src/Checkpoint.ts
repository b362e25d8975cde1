/**
 * The checkpoint codec: every register with its stamp, as JSON text, so that a document loaded from a checkpoint
 * merges exactly like the one that was saved.
 *
 * Both ways go in steps of some hundred objects, so that a big document does not hold up the actors that share its
 * thread. Each step has a line of the text: a line break cannot stand inside a JSON string, so it can be read without
 * the others. Decoding checks the shape and throws `CheckpointInvalid`; it never guesses.
 */
import { begin, type Document } from "./Document.ts"
import { decodeObject, encodeObject, isRecord } from "./objectCodec.ts"
import { finish, type Steps } from "./Steps.ts"

export const checkpointFormat = 1

const objectsPerLine = 64

export class CheckpointInvalid extends Error {
  override readonly name = "CheckpointInvalid"
}

/** `{"format":1,"objects":[…]}` in pieces that begin a line, the objects in order of id, as `encodeObject` writes them. */
export function* encode(document: Document): Generator<string, void> {
  let piece = `{"format":${checkpointFormat},"objects":[`
  let count = 0
  for (const object of document.held()) {
    if (count % objectsPerLine === 0) {
      yield piece
      piece = "\n"
    }
    piece += count++ === 0 ? "" : ","
    piece += JSON.stringify(encodeObject(object))
  }
  yield piece
  yield "\n]}"
}

export const decode = (text: string): Document => finish(decodeSteps(text.split("\n")))

/** The document whose lines they are. */
export function* decodeSteps(lines: Iterable<string>): Steps<Document> {
  const draft = begin()
  let lastId = ""
  for (const entries of entriesByLine(lines)) {
    for (const entry of entries) {
      const object = decodeObject(entry, invalid)
      if (object.id <= lastId) throw new CheckpointInvalid(`object ${object.id} stands after ${lastId}`)
      lastId = object.id
      draft.put(undefined, object)
    }
    yield
  }
  return draft.finished()
}

/** What stands in the lines between the first and the last. Former versions wrote everything in one. */
function* entriesByLine(lines: Iterable<string>): Generator<ReadonlyArray<unknown>, void> {
  let first: string | undefined
  let last = ""
  for (const line of lines) {
    if (first === undefined) first = line
    else {
      if (last !== "") yield entriesOf(last)
      last = line
    }
  }
  yield objectsOf((first ?? "") + last)
}

const entriesOf = (line: string): ReadonlyArray<unknown> => {
  const entries = parse(`[${line.startsWith(",") ? line.slice(1) : line}]`)
  if (!Array.isArray(entries)) throw new CheckpointInvalid("a line holds something else than objects")
  return entries
}

const objectsOf = (text: string): ReadonlyArray<unknown> => {
  const parsed = parse(text)
  if (!isRecord(parsed) || parsed.format !== checkpointFormat || !Array.isArray(parsed.objects)) {
    throw new CheckpointInvalid(`not a checkpoint of format ${checkpointFormat}`)
  }
  return parsed.objects
}

const parse = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    throw new CheckpointInvalid("not JSON")
  }
}

const invalid = (reason: string): CheckpointInvalid => new CheckpointInvalid(reason)
