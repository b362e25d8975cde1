/**
 * Documents as blobs, compressed: the text of a checkpoint, or of a delta from one, after a line that names the blob of
 * that. A delta is never made from a delta, so a document is read from two blobs at most.
 *
 * All is done in steps, so that the other actors of the thread go on.
 */
import { Readable, type Transform } from "node:stream"
import { pipeline } from "node:stream/promises"
import { createGunzip, createGzip } from "node:zlib"
import { Checkpoint, Delta, Document, type Steps } from "@easel/document"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import { BlobCorrupt, type ObjectStore } from "./ObjectStore.ts"
import { breathing, stepwise } from "./stepwise.ts"

/** Of a row whose document this Easel can read. A delta has the format of what it is made from. */
export const isReadable = `format IN (${Checkpoint.readableFormats.join(", ")})`

/** Where a document lies, how large it is there, and the blob that it is a delta from. */
export interface DocumentBlob {
  readonly sha256: string
  readonly bytes: number
  readonly baseSha256: string | null
}

/** A document that was stored whole, from which deltas can be made. */
export interface DocumentBase {
  readonly sha256: string
  readonly document: Document.Document
  /** Of its text. */
  readonly textBytes: number
  /** Milliseconds since 1970. */
  readonly storedAt: number
}

/**
 * A delta may be so large, as a part of the text of its base, and name so many of its objects; beyond it the document
 * is stored whole, and is the next base.
 */
const deltaPartMax = 1 / 8

/**
 * Who refers to a blob within the grace period after it was stored never loses it (O6), and that is an hour at least.
 * So a base that nobody refers to is good for less than that.
 */
const baseMillisMax = 30 * 60_000

/** Of what the compressor gives at once, which costs a trip to another thread. */
const chunkSize = 256 * 1024

/** Piece by piece: to make one of megabytes holds up the thread for tens of milliseconds. */
const through = async (pieces: ReadonlyArray<Uint8Array>, transform: Transform): Promise<ReadonlyArray<Buffer>> => {
  const made: Array<Buffer> = []
  await pipeline(Readable.from(pieces), transform, async (chunks: AsyncIterable<Buffer>) => {
    for await (const chunk of chunks) made.push(chunk)
  })
  return made
}

/** Stores a document whole. */
export const put = Effect.fnUntraced(function*(objects: ObjectStore["Service"], document: Document.Document) {
  const storedAt = yield* Clock.currentTimeMillis
  const text = (yield* encoded(Checkpoint.encode(document), Infinity)) ?? []
  const blob = yield* putText(objects, text, null)
  const base: DocumentBase = { sha256: blob.sha256, document, textBytes: text.reduce((bytes, { length }) => bytes + length, 0), storedAt }
  return { blob, base }
})

/** Stores a document as a delta, or whole when that is not much more. Returns the base for the next one, too. */
export const putBeside = Effect.fnUntraced(function*(objects: ObjectStore["Service"], document: Document.Document, base: DocumentBase) {
  const isOld = (yield* Clock.currentTimeMillis) - base.storedAt > baseMillisMax
  if (isOld || base.document.isApart(document, base.document.size * deltaPartMax)) return yield* put(objects, document)
  const text = yield* encoded(deltaText(base, document), base.textBytes * deltaPartMax)
  return text === undefined ? yield* put(objects, document) : { blob: yield* putText(objects, text, base.sha256), base }
})

/** Fails with `BlobCorrupt` when there is no such document. */
export const get = (objects: ObjectStore["Service"], sha256: string) => read(objects, sha256, Document.fromObjects)

/** The same for what is made of the objects, without a document of them. */
export const read = Effect.fnUntraced(function*<A>(
  objects: ObjectStore["Service"],
  sha256: string,
  make: (objects: Document.ObjectsInOrder) => Steps<A>
) {
  const text = yield* readText(objects, sha256)
  const lines = linesOf(text)
  const [, baseSha256] = baseLine.exec(lines.next().value ?? "") ?? []
  if (baseSha256 === undefined) return yield* decoded(sha256, make(Checkpoint.objectsOf(linesOf(text))))
  const base = Checkpoint.objectsOf(linesOf(yield* readText(objects, baseSha256)))
  return yield* decoded(sha256, make(Delta.merged(base, [...lines].join("\n"))))
})

const baseLine = /^\{"base":"([0-9a-f]{64})"\}$/

/** One at a time: to make one string of megabytes takes tens of milliseconds. */
function* linesOf(text: ReadonlyArray<Buffer>): Generator<string, undefined> {
  let line: Array<Buffer> = []
  for (const chunk of text) {
    let start = 0
    for (let end = chunk.indexOf("\n"); end !== -1; end = chunk.indexOf("\n", start)) {
      line.push(chunk.subarray(start, end))
      yield Buffer.concat(line).toString("utf8")
      line = []
      start = end + 1
    }
    line.push(chunk.subarray(start))
  }
  yield Buffer.concat(line).toString("utf8")
}

function* deltaText(base: DocumentBase, document: Document.Document): Generator<string, void> {
  yield `{"base":"${base.sha256}"}\n`
  yield* Delta.encode(base.document, document)
}

/** UTF-8 of a text that is made in pieces, `undefined` as soon as it is longer than it may be. */
const encoded = Effect.fnUntraced(function*(pieces: Iterable<string>, bytesMax: number) {
  const breathe = yield* breathing
  const parts: Array<Buffer> = []
  let bytes = 0
  for (const piece of pieces) {
    const part = Buffer.from(piece, "utf8")
    bytes += part.length
    if (bytes > bytesMax) return undefined
    parts.push(part)
    yield* breathe
  }
  return parts
})

const putText = Effect.fnUntraced(function*(objects: ObjectStore["Service"], text: ReadonlyArray<Buffer>, baseSha256: string | null) {
  const bytes = Buffer.concat(yield* Effect.promise(() => through(text, createGzip({ level: 1, chunkSize }))))
  const blob: DocumentBlob = { sha256: yield* objects.put(bytes), bytes: bytes.length, baseSha256 }
  return blob
})

const readText = Effect.fnUntraced(function*(objects: ObjectStore["Service"], sha256: string) {
  const bytes = yield* objects.get(sha256)
  return yield* Effect.tryPromise({ try: () => through([bytes], createGunzip({ chunkSize })), catch: () => new BlobCorrupt({ sha256, reason: "not compressed" }) })
})

const decoded = <A>(sha256: string, steps: Steps<A>) =>
  stepwise(steps).pipe(
    Effect.catchDefect((defect) =>
      defect instanceof Checkpoint.CheckpointInvalid || defect instanceof Delta.DeltaInvalid
        ? Effect.fail(new BlobCorrupt({ sha256, reason: defect.message }))
        : Effect.die(defect))
  )
