import { difference, Document, type Scope } from "@easel/document"
import * as fc from "fast-check"
import { expect, test } from "vitest"
import * as FileState from "../../../cluster/file/FileState.ts"
import { objectIds, runs } from "../../harness/arbitraries.ts"
import { sent, stepOne } from "./fileFixture.ts"
import { objectsIn, pair, restored } from "./versions.ts"

const ids: ReadonlyArray<string> = objectIds
const someIds = fc.subarray([...ids], { minLength: 1 })
const somePaths = fc.subarray(["name", "x", "fill", "data.k", "parent", "_deleted"], { minLength: 1 })

const objectScope: fc.Arbitrary<Scope & { readonly objectIds: ReadonlyArray<string> }> = fc.tuple(fc.constantFrom("Objects", "Subtrees"), someIds)
  .map(([_tag, objectIds]) => ({ _tag, objectIds }))

const registerScope = fc.array(fc.tuple(fc.constantFrom(...ids), somePaths), { minLength: 1, maxLength: 4 })
  .map((entries) => ({ _tag: "Registers" as const, paths: new Map(entries.map(([id, paths]) => [id, new Set(paths)])) }))

test("V3: with a scope of objects, everything in it becomes as it is there, every change is accepted, and nothing else is touched", () => {
  fc.assert(
    fc.property(pair, objectScope, ({ from, to }, scope) => {
      const { next, statuses } = restored(from, to.document, scope)
      expect(statuses).toEqual(statuses.map(() => "applied"))
      const inScope = idsIn(scope, from.document, to.document)
      for (const id of ids) {
        const [now, then, after] = [from.document.get(id), to.document.get(id), next.document.get(id)]
        if (!inScope.has(id)) expect(after).toBe(now)
        else if (then === undefined) expect(after === undefined || !Document.isVisible(next.document, after)).toBe(true)
        else {
          const { parent, ...registers } = registersOf(next.document, id)
          const { parent: parentThen, ...registersThen } = registersOf(to.document, id)
          expect(registers).toEqual(registersThen)
          expect(parent.orderKey).toBe(parentThen.orderKey)
        }
      }
      expect(difference(next.document, to.document, scope)).toEqual([])
    }),
    runs(4000)
  )
})

test("V3: the parent is that of then, or else it was missing, hidden or inside, and an ancestor of then or the root is", () => {
  fc.assert(
    fc.property(pair, objectScope, ({ from, to }, scope) => {
      const { next: { document } } = restored(from, to.document, scope)
      for (const id of idsIn(scope, from.document, to.document)) {
        if (to.document.get(id) === undefined) continue
        const [parentId, ...above] = [...ancestors(to.document, id), null]
        const found = document.get(id)?.parent?.parentId
        if (found === parentId) continue
        expect(above).toContain(found)
        const parent = document.get(parentId ?? "")
        expect(parent === undefined || !Document.isVisible(document, parent) || ancestors(document, parent.id).includes(id)).toBe(true)
      }
    }),
    runs(4000)
  )
})

test("V3: with a scope of registers, those alone are changed, and no object comes to be", () => {
  fc.assert(
    fc.property(pair, registerScope, ({ from, to }, scope) => {
      const { next, statuses } = restored(from, to.document, scope)
      expect(statuses).toEqual(statuses.map(() => "applied"))
      expect([...objectsIn(next.document).keys()]).toEqual([...objectsIn(from.document).keys()])
      for (const id of objectsIn(from.document).keys()) {
        const paths = scope.paths.get(id) ?? new Set()
        const [before, after] = [registersOf(from.document, id), registersOf(next.document, id)]
        const wanted = to.document.get(id) === undefined ? before : registersOf(to.document, id)
        for (const path of Object.keys({ ...before, ...after, ...wanted })) {
          if (path !== "parent" || !paths.has(path)) expect(after[path]).toEqual((paths.has(path) ? wanted : before)[path])
        }
      }
      expect(difference(next.document, to.document, scope)).toEqual([])
    }),
    runs(3000)
  )
})

const file = (...operations: ReadonlyArray<Parameters<typeof sent>[0]>): FileState.FileState =>
  edited(FileState.empty, ...operations)

const edited = (state: FileState.FileState, ...operations: ReadonlyArray<Parameters<typeof sent>[0]>): FileState.FileState => {
  const [next, results] = stepOne(state, operations.map((operation) => sent(operation)))
  expect(results.map(({ status }) => status)).toEqual(results.map(() => "applied"))
  return next
}

const create = (objectId: string, parentId: string | null = null, orderKey?: string) =>
  ({ id: `create-${objectId}`, operationType: "create", objectId, newValue: { type: "frame", parentId, ...(orderKey === undefined ? {} : { orderKey }) } })
const move = (id: string, objectId: string, parentId: string | null, orderKey = "a0") =>
  ({ id, operationType: "move", objectId, newValue: { parentId, orderKey, exact: true } })
const remove = (objectId: string) => ({ id: `delete-${objectId}`, operationType: "delete", objectId })

test("V3: a restored object hangs at the nearest ancestor that is there when its frame is deleted", () => {
  const then = file(create("page"), create("frame", "page"), create("inner", "frame"), create("o", "inner", "a5"))
  const now = edited(then, remove("frame"), remove("o"))
  expect(difference(now.document, then.document, { _tag: "Objects", objectIds: ["o"] })).toEqual([
    { operationType: "move", objectId: "o", parentId: "page", orderKey: "a5", exact: true },
    { operationType: "restore", objectId: "o" }
  ])
  // With the frame it goes back to where it was.
  expect(difference(now.document, then.document, { _tag: "Objects", objectIds: ["o", "frame"] })).toEqual([
    { operationType: "restore", objectId: "frame" },
    { operationType: "restore", objectId: "o" }
  ])
})

test("V3: an object whose parent has come to lie inside of it hangs at the root", () => {
  const then = file(create("a"), create("b", "a"))
  const now = edited(then, move("1", "b", null), move("2", "a", "b"))
  expect(difference(now.document, then.document, { _tag: "Objects", objectIds: ["b"] })).toEqual([])
  expect(difference(now.document, then.document, { _tag: "Objects", objectIds: ["a"] })).toEqual([
    { operationType: "move", objectId: "a", parentId: null, orderKey: "a0", exact: true }
  ])
})

test("V3: a page brings back what has left it, and drops what has come to it since", () => {
  const then = file(create("one"), create("two"), create("o", "one"), create("p", "o"))
  const now = edited(then, move("1", "p", "two"), create("new", "one"), create("elsewhere", "two"))
  expect(difference(now.document, then.document, { _tag: "Subtrees", objectIds: ["one"] })).toEqual([
    { operationType: "delete", objectId: "new" },
    { operationType: "move", objectId: "p", parentId: "o", orderKey: "a0", exact: true }
  ])
})

test("V3: what is hidden with its deleted parent, and is as gone as that, is not deleted again when the parent has left the page", () => {
  const then = file(create("page"), create("frame"))
  const now = edited(then, move("1", "frame", "page"), create("new", "frame"), create("newer", "new"), create("newest", "newer"))
  const scope: Scope = { _tag: "Subtrees", objectIds: ["page", "newest"] }
  expect(difference(now.document, then.document, scope)).toEqual([
    { operationType: "delete", objectId: "new" },
    { operationType: "move", objectId: "frame", parentId: null, orderKey: then.document.get("frame")?.parent?.orderKey, exact: true }
  ])
  expect(difference(restored(now, then.document, scope).next.document, then.document, scope)).toEqual([])
})

/** The objects of a scope by the plain reading of it. */
const idsIn = (scope: Scope & { readonly objectIds: ReadonlyArray<string> }, ...documents: ReadonlyArray<Document.Document>): ReadonlySet<string> => {
  const ids = new Set(scope.objectIds)
  if (scope._tag === "Objects") return ids
  for (const id of ids) {
    for (const document of documents) for (const object of document.all()) if (object.parent?.parentId === id) ids.add(object.id)
  }
  return ids
}

const ancestors = (document: Document.Document, id: string): ReadonlyArray<string> => {
  const parentId = document.get(id)?.parent?.parentId ?? null
  return parentId === null ? [] : [parentId, ...ancestors(document, parentId)]
}

const registersOf = (document: Document.Document, id: string): Record<string, unknown> & { readonly parent: { readonly orderKey: string } } => {
  // SAFETY: it was made from registers, of which the place is one.
  return JSON.parse(objectsIn(document).get(id) ?? `{"parent":{}}`) as ReturnType<typeof registersOf>
}
