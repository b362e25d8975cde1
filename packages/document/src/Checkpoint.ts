/**
 * The checkpoint codec: every register with its stamp, as JSON text, so that a document loaded from a checkpoint
 * merges exactly like the one that was saved.
 *
 * Encoding is a generator of text pieces of about a thousand objects, so that a big document does not hold up the
 * actors that share its thread. Decoding checks the shape and throws `CheckpointInvalid`; it never guesses.
 */
import { type Document, empty } from "./Document.ts"
import { decodeObject, encodeObject, isRecord } from "./objectCodec.ts"

export const checkpointFormat = 1

const objectsPerPiece = 1000

export class CheckpointInvalid extends Error {
  override readonly name = "CheckpointInvalid"
}

/** `{"format":1,"objects":[…]}`, the objects in order of id, as `encodeObject` writes them. */
export function* encode(document: Document): Generator<string, void> {
  let piece = `{"format":${checkpointFormat},"objects":[`
  let count = 0
  for (const object of document.held()) {
    if (count > 0) piece += ","
    piece += JSON.stringify(encodeObject(object))
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
      const object = decodeObject(entry, invalid)
      if (object.id <= lastId) throw new CheckpointInvalid(`object ${object.id} stands after ${lastId}`)
      lastId = object.id
      draft.put(undefined, object)
    }
  })
}

const invalid = (reason: string): CheckpointInvalid => new CheckpointInvalid(reason)
