/**
 * Canonical bytes of a document and their digest: "converged" is a comparison.
 *
 * The canonical form is the JSON array of all created objects (deleted ones too) in order of id, each object with
 * sorted keys. It holds values, not stamps, so an editor that received a snapshot can compute it as well. The digest
 * is the SHA-256 of its UTF-8 bytes, in hex.
 *
 * The visible form holds only what is shown: no deleted or hidden objects, no cleared properties. Files whose visible
 * forms are equal look the same.
 */
import { sha256 } from "@noble/hashes/sha2.js"
import { bytesToHex, concatBytes, utf8ToBytes } from "@noble/hashes/utils.js"
import { deletedPath, type DesignObject, type Parent, parentPath } from "./DesignObject.ts"
import type { Document } from "./Document.ts"
import { canonicalText, type Json } from "./Json.ts"
import { inPaintOrder } from "./objectView.ts"
import { finish, type Steps } from "./Steps.ts"

/** The canonical form in pieces of a hundred objects. */
const canonicalPieces = (document: Document): Generator<Uint8Array, void> => pieces(document.all(), canonicalObject)

/** The visible form in pieces of a hundred objects. */
const visiblePieces = (document: Document): Generator<Uint8Array, void> => pieces(visibleObjects(document), visibleObject)

function* pieces(all: Iterable<DesignObject>, textOf: (object: DesignObject) => string): Generator<Uint8Array, void> {
  let objects: Array<string> = []
  let start = "["
  for (const object of all) {
    objects.push(textOf(object))
    if (objects.length < objectsPerPiece) continue
    yield utf8ToBytes(start + objects.join(","))
    objects = []
    start = ","
  }
  yield utf8ToBytes(objects.length === 0 && start === "," ? "]" : `${start}${objects.join(",")}]`)
}

export const canonicalBytes = (document: Document): Uint8Array => concatBytes(...canonicalPieces(document))

export const visibleBytes = (document: Document): Uint8Array => concatBytes(...visiblePieces(document))

/** A SHA-256 under way. The one of the platform, where there is one, is ten times as fast as the one that runs everywhere. */
export interface Hash {
  readonly update: (bytes: Uint8Array) => unknown
  readonly digest: () => Uint8Array
}

/** The digest in steps, for callers that share a thread. */
export const digestSteps = (document: Document, hash: Hash = sha256.create()): Steps<string> => hashSteps(canonicalPieces(document), hash)

export const digest = (document: Document): string => finish(digestSteps(document))

/** The SHA-256 of the visible form, in hex: equal for documents that readers cannot tell apart. */
export const visibleDigest = (document: Document): string => finish(hashSteps(visiblePieces(document), sha256.create()))

function* hashSteps(pieces: Iterable<Uint8Array>, hash: Hash): Steps<string> {
  for (const piece of pieces) {
    hash.update(piece)
    yield
  }
  return bytesToHex(hash.digest())
}

const objectsPerPiece = 100

/** One object of the canonical form. One that was never deleted and one that was restored are the same to a reader. */
export const canonicalObject = (object: DesignObject): string =>
  objectText(object, (path, value) => path !== deletedPath || value === true)

const visibleObject = (object: DesignObject): string => objectText(object, (path, value) => path !== deletedPath && value !== null)

const objectText = (object: DesignObject, isShown: (path: string, value: Json) => boolean): string => {
  let text = "{"
  for (const { index, name, path } of membersOf(object.paths)) {
    const value = index === -1 ? object.id : object.values[index] ?? null
    if (index !== -1 && !isShown(path, value)) continue
    text += text === "{" ? name : `,${name}`
    text += path === parentPath && object.parent !== undefined ? parentText(object.parent) : canonicalText(value)
  }
  return `${text}}`
}

/** Each object has one. Its ids and keys need no escaping. */
const parentText = ({ orderKey, parentId }: Parent): string =>
  `{"orderKey":"${orderKey}","parentId":${parentId === null ? "null" : `"${parentId}"`}}`

interface Member {
  readonly path: string
  /** As it stands before the value. */
  readonly name: string
  /** Of the register; -1 is the id. */
  readonly index: number
}

const sortedMembers = new WeakMap<ReadonlyArray<string>, ReadonlyArray<Member>>()

/** The members in their order, which thousands of objects have in common with their list of paths. */
const membersOf = (paths: ReadonlyArray<string>): ReadonlyArray<Member> => {
  const known = sortedMembers.get(paths)
  if (known !== undefined) return known
  const members = ["id", ...paths]
    .map((path, index): Member => ({ path, name: `${JSON.stringify(path)}:`, index: index - 1 }))
    .sort((a, b) => (a.path < b.path ? -1 : 1))
  sortedMembers.set(paths, members)
  return members
}

/** What is neither deleted nor in something deleted, in order of id. */
function* visibleObjects(document: Document): Generator<DesignObject> {
  const hiddenIds = new Set<string>()
  for (const { hidden, object } of inPaintOrder(document)) if (hidden) hiddenIds.add(object.id)
  for (const object of document.all()) if (!hiddenIds.has(object.id)) yield object
}
