import { inflateRawSync } from "node:zlib"
import { digest, Document, fromViews, inPaintOrder, type ObjectView, toView } from "@easel/document"
import type { Snapshot } from "@easel/protocol"
import { binaryContent, decode } from "@easel/protocol/msgpack"
import { expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as fc from "fast-check"
import { encodeSnapshot } from "../../../cluster/file/snapshot.ts"
import { syncFrame } from "../../../packages/gateway/src/syncFrame.ts"
import { payloadOf } from "../../../packages/gateway/src/webSocketFrame.ts"
import { deliver, log } from "../../harness/arbitraries.ts"

interface File {
  readonly id: string
  readonly name: string
  readonly objects: ReadonlyArray<ObjectView>
  readonly deleted: ReadonlyArray<ObjectView>
}

const documentOf = (deliveries: Iterable<ReturnType<typeof deliver>>): Document.Document =>
  Document.empty.edit((draft) => {
    for (const { objectId, stamp, writes } of deliveries) draft.write(objectId, writes, stamp)
  })

/** Random ones, an empty one, and one of several slices. */
const documents = (): ReadonlyArray<Document.Document> => [
  Document.empty,
  ...fc.sample(log, 100).map(documentOf),
  documentOf(Array.from({ length: 4_100 }, (_, index) => deliver({
    id: "c",
    idempotencyKey: "c",
    timestamp: 1,
    objectId: `o${index}`,
    operationType: "create",
    objectType: "text",
    newValue: { text: `中😀"\\${index}` },
    parentId: index < 10 ? null : `o${index % 10}`,
    orderKey: "a0"
  }, "A", index + 1)))
]

type Encoding = Pick<Snapshot, "format" | "encoding">

/** The frame as an editor reads it that speaks the format. */
const frameOf = Effect.fnUntraced(function*(document: Document.Document, encoding: Encoding) {
  const body = yield* encodeSnapshot("f", "A \"name\"", document, encoding)
  const snapshot = { epoch: 1, seq: 7, body, ...encoding }
  const joined = { role: "editor" as const, color: "#123456", presence: Buffer.from(`{"clientId":"other"}`), snapshot, epoch: 1, seq: 7, latestTimestamp: 6 }
  const { format } = encoding
  const payload = payloadOf(syncFrame(joined, "f", 0, { clientId: "me", serverTime: 5, format, access: { role: "editor" } }))
  const compressed = format === "json" ? payload : binaryContent(payload) ?? new Uint8Array()
  const plain = encoding.encoding === "identity" ? payload : inflateRawSync(compressed)
  const frame: unknown = format === "json" ? JSON.parse(plain.toString("utf8")) : decode(plain)
  // SAFETY: what the test then compares with the document.
  return frame as { readonly type: string; readonly payload: { readonly file: File } }
})

it.effect("P1 P14 P15: sync holds the whole file in paint order, what is shown apart from what is not, compressed or not, in both formats", () =>
  Effect.gen(function*() {
    for (const document of documents()) {
      const painted = [...inPaintOrder(document)]
      const plain = yield* frameOf(document, { format: "json", encoding: "identity" })
      expect(plain).toMatchObject({ type: "sync", payload: { yourColor: "#123456", clientId: "me", seq: 7, epoch: 1, serverTime: 5, latestTimestamp: 6, presence: [{ clientId: "other" }] } })
      const { deleted, id, name, objects } = plain.payload.file
      expect([id, name]).toEqual(["f", "A \"name\""])
      expect(objects).toEqual(viewsOf(painted.filter(({ hidden }) => !hidden)))
      expect(deleted).toEqual(viewsOf(painted.filter(({ hidden }) => hidden)))
      expect(digest(fromViews([...deleted, ...objects]))).toBe(digest(document))
      for (const format of ["json", "msgpack"] as const) {
        expect(yield* frameOf(document, { format, encoding: "identity" })).toEqual(plain)
        expect(yield* frameOf(document, { format, encoding: "deflate-raw" })).toEqual(plain)
      }
    }
  }))

const viewsOf = (painted: ReadonlyArray<{ readonly object: Parameters<typeof toView>[0] }>): unknown =>
  JSON.parse(JSON.stringify(painted.map(({ object }) => toView(object))))
