/** What may not be in a document is found in one, wherever it came from. */
import { Document, type Parent } from "@easel/document"
import { expect, test } from "vitest"
import { documentFaults } from "../../../cluster/fsck/documentFaults.ts"

const documentOf = (parents: Readonly<Record<string, Parent>>): Document.Document =>
  Document.empty.edit((draft) => {
    for (const [id, { orderKey, parentId }] of Object.entries(parents)) {
      draft.write(id, [{ path: "type", value: "frame" }, { path: "parent", value: { orderKey, parentId } }], { timestamp: 1, clientId: "ada", counter: 1 })
    }
  })

const under = (parentId: string | null, orderKey = "a0"): Parent => ({ parentId, orderKey })

test("F3: a document that the actor could have made has no faults", () => {
  expect([...documentFaults(documentOf({ a: under(null), b: under("a"), c: under("b"), d: under("a", "a1") }))]).toEqual([])
})

test("F3: cycles are told once each, and what hangs below one is not one", () => {
  const faults = [...documentFaults(documentOf({ a: under("c"), b: under("a"), c: under("b"), below: under("a"), self: under("self"), sound: under(null) }))]
  expect(faults).toEqual([{ kind: "cycle", objectId: "a" }, { kind: "cycle", objectId: "self" }])
})

test("F3: parents that do not exist, order keys that cannot be used, and objects that were never created are told", () => {
  const document = documentOf({ a: under("nowhere"), b: under(null, "a00") }).edit((draft) => {
    draft.write("ghost", [{ path: "x", value: 1 }], { timestamp: 1, clientId: "ada", counter: 1 })
  })
  expect([...documentFaults(document)]).toEqual([
    { kind: "parent_missing", objectId: "a" },
    { kind: "order_key_invalid", objectId: "b" },
    { kind: "object_untyped", objectId: "ghost" }
  ])
})
