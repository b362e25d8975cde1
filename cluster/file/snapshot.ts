/**
 * The file as a joining editor gets it: `{"id","name","objects","deleted"}` in paint order, in the format of its frames. Made in slices with yields
 * between, because documents are immutable and other actors share the thread; each slice is compressed off the thread
 * while the next one is made.
 */
import { promisify } from "node:util"
import { constants, deflateRaw } from "node:zlib"
import { type Document, inPaintOrder, type ObjectView, toView, toViewText } from "@easel/document"
import type { Snapshot } from "@easel/protocol"
import * as msgpack from "@easel/protocol/msgpack"
import * as Effect from "effect/Effect"

/** How a snapshot is written. */
export type Encoding = Pick<Snapshot, "format" | "encoding">

/** Small ones are kinder to who shares the thread; each is compressed for itself, which is worse the smaller it is. */
const objectsPerSlice = { identity: 200, "deflate-raw": 2_000 }

const deflate = promisify(deflateRaw)

/**
 * A raw DEFLATE stream may be put together from parts that end on a byte, without a final block (see `Snapshot`).
 * Level 6 makes the real files measured a tenth smaller than level 1 and costs the joining editor a few milliseconds.
 */
const compress = (slice: Uint8Array): Promise<Buffer> => deflate(slice, { level: 6, finishFlush: constants.Z_SYNC_FLUSH })

export const encodeSnapshot = Effect.fnUntraced(function*(
  fileId: string,
  name: string,
  document: Document.Document,
  { encoding, format }: Encoding
) {
  const encoded = (slice: Uint8Array) => encoding === "identity" ? slice : compress(slice)
  const slices: Array<Uint8Array | Promise<Uint8Array>> = []
  const perSlice = objectsPerSlice[encoding]
  const making = format === "json" ? jsonSlices(fileId, name, document, perSlice) : msgpackSlices(fileId, name, document, perSlice)
  let made = making.next()
  for (; made.done !== true; made = making.next()) {
    slices.push(encoded(made.value))
    yield* Effect.yieldNow
  }
  return Buffer.concat(yield* Effect.promise(() => Promise.all([encoded(made.value), ...slices])))
})

/** Yields slices, and returns what stands before them: in MessagePack, the number of objects. */
type Slices = Generator<Uint8Array, Uint8Array>

function* jsonSlices(fileId: string, name: string, document: Document.Document, perSlice: number): Slices {
  const deleted: Array<string> = []
  let text = ""
  let separator = ""
  let count = 0
  for (const { hidden, object } of inPaintOrder(document)) {
    if (hidden) deleted.push(toViewText(object))
    else {
      text += separator + toViewText(object)
      separator = ","
    }
    if (++count % perSlice !== 0) continue
    yield Buffer.from(text, "utf8")
    text = ""
  }
  yield Buffer.from(`${text}],"deleted":[${deleted.join(",")}]}`, "utf8")
  return Buffer.from(`{"id":"${fileId}","name":${JSON.stringify(name)},"objects":[`, "utf8")
}

function* msgpackSlices(fileId: string, name: string, document: Document.Document, perSlice: number): Slices {
  const deleted: Array<ObjectView> = []
  let writer = new msgpack.Writer()
  let count = 0
  for (const { hidden, object } of inPaintOrder(document)) {
    if (hidden) deleted.push(toView(object))
    else writer.value(toView(object))
    if (++count % perSlice !== 0) continue
    yield writer.written
    writer = new msgpack.Writer(writer.size)
  }
  yield writer.text("deleted").value(deleted).written
  const head = new msgpack.Writer().map(4).text("id").text(fileId).text("name").text(name).text("objects")
  return head.array(count - deleted.length).written
}
