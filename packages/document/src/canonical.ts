/**
 * Canonical bytes of a document and their digest: "converged" is a comparison.
 *
 * The canonical form is the JSON array of all created objects (deleted ones too) in order of id, each object with
 * sorted keys. It holds values, not stamps, so an editor that received a snapshot can compute it as well. The digest
 * is the SHA-256 of its UTF-8 bytes, in hex.
 */
import { sha256 } from "@noble/hashes/sha2.js"
import { bytesToHex, concatBytes, utf8ToBytes } from "@noble/hashes/utils.js"
import { deletedPath, type DesignObject } from "./DesignObject.ts"
import type { Document } from "./Document.ts"
import { canonicalText, type Json } from "./Json.ts"

/** The canonical form in pieces of a thousand objects. */
function* canonicalPieces(document: Document): Generator<Uint8Array, void> {
  let objects: Array<string> = []
  let start = "["
  for (const object of document.all()) {
    objects.push(canonicalObject(object))
    if (objects.length < objectsPerPiece) continue
    yield utf8ToBytes(start + objects.join(","))
    objects = []
    start = ","
  }
  yield utf8ToBytes(objects.length === 0 && start === "," ? "]" : `${start}${objects.join(",")}]`)
}

export const canonicalBytes = (document: Document): Uint8Array => concatBytes(...canonicalPieces(document))

/** The digest, in steps of a thousand objects for callers that share a thread. */
export function* digestSteps(document: Document): Generator<void, string> {
  const hash = sha256.create()
  for (const piece of canonicalPieces(document)) {
    hash.update(piece)
    yield
  }
  return bytesToHex(hash.digest())
}

export const digest = (document: Document): string => {
  const steps = digestSteps(document)
  let step = steps.next()
  while (step.done !== true) step = steps.next()
  return step.value
}

const objectsPerPiece = 1000

const canonicalObject = (object: DesignObject): string => {
  const registers: Array<readonly [string, Json]> = [["id", object.id]]
  object.paths.forEach((path, index) => {
    const value = object.values[index] ?? null
    // An object that was never deleted and one that was restored are the same to a reader.
    if (path !== deletedPath || value === true) registers.push([path, value])
  })
  registers.sort(([a], [b]) => (a < b ? -1 : 1))
  return `{${registers.map(([path, value]) => `${JSON.stringify(path)}:${canonicalText(value)}`).join(",")}}`
}
