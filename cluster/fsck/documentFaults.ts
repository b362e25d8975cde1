/** What may not be in a document (D5, D6, D8, D14) and would be shown somehow all the same. */
import { type Document, OrderKey } from "@easel/document"
import type { FindingKind } from "./findings.ts"

interface DocumentFault {
  readonly kind: FindingKind & ("cycle" | "parent_missing" | "object_untyped" | "order_key_invalid")
  readonly objectId: string
}

export function* documentFaults(document: Document.Document): Generator<DocumentFault, void> {
  /** Objects from which a way up was followed to its end. */
  const settled = new Set<string>()
  for (const { id, parent, type } of document.held()) {
    if (type === undefined) {
      yield { kind: "object_untyped", objectId: id }
      continue
    }
    if (parent === undefined || !OrderKey.isOrderKey(parent.orderKey)) yield { kind: "order_key_invalid", objectId: id }
    if (parent !== undefined && parent.parentId !== null && document.get(parent.parentId) === undefined) yield { kind: "parent_missing", objectId: id }
    const cycle = cycleAbove(document, id, settled)
    if (cycle !== undefined) yield { kind: "cycle", objectId: cycle }
  }
}

/** The member of a cycle at which a way up comes back to itself; none where an earlier way was. */
const cycleAbove = (document: Document.Document, id: string, settled: Set<string>): string | undefined => {
  const way = new Set<string>()
  let at: string | null | undefined = id
  while (at !== null && at !== undefined && !settled.has(at) && !way.has(at)) {
    way.add(at)
    at = document.get(at)?.parent?.parentId
  }
  for (const passed of way) settled.add(passed)
  return at !== null && at !== undefined && way.has(at) ? at : undefined
}
