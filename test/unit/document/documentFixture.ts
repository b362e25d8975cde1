/** Documents made from deliveries, and what two of them are compared by. */
import { type DesignObject, digest, Document, type Json } from "@easel/document"
import type { Delivery } from "../../harness/arbitraries.ts"

/** All deliveries merged in one edit. */
export const documentOf = (log: ReadonlyArray<Delivery>, start: Document.Document = Document.empty): Document.Document =>
  start.edit((draft) => {
    for (const { objectId, stamp, writes } of log) draft.write(objectId, writes, stamp)
  })

/** Every delivery an edit of its own. */
export const documentStepByStep = (log: ReadonlyArray<Delivery>): Document.Document =>
  log.reduce((document, delivery) => documentOf([delivery], document), Document.empty)

/** What one replica tells another: all its registers. */
export const merge = (into: Document.Document, from: Document.Document): Document.Document =>
  into.edit((draft) => {
    for (const object of from.held()) {
      object.paths.forEach((path, index) => {
        draft.write(object.id, [{ path, value: object.values[index] ?? null }], object.stampAt(index))
      })
    }
  })

/** Every register with its stamp, whether its object is created or not, without the order of writing. */
export const registersOf = (document: Document.Document): string =>
  JSON.stringify(Array.from(document.held(), (object) => [object.id, registersOfObject(object)]))

export const registersOfObject = (object: DesignObject): ReadonlyArray<Json> =>
  object.paths
    .map((path, index): [string, Json, ReadonlyArray<Json>] => {
      const { clientId, counter, timestamp } = object.stampAt(index)
      return [path, object.values[index] ?? null, [timestamp, clientId, counter]]
    })
    .sort(([a], [b]) => (a < b ? -1 : 1))

/** All that can be seen of a document: registers, digest, and the order of siblings under every parent. */
export const everythingOf = (document: Document.Document) => ({
  registers: registersOf(document),
  digest: digest(document),
  children: [null, ...Array.from(document.held(), ({ id }) => id)].map((parentId) =>
    [parentId, Array.from(document.children(parentId), ({ id }) => id)]
  )
})
