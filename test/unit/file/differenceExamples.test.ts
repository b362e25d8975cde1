import { type Change, difference, Document, Operation, toOperation, visibleDigest } from "@easel/document"
import { expect, test } from "vitest"
import * as FileState from "../../../cluster/file/FileState.ts"
import { made, restored } from "./versions.ts"

/** A file made by changes, all of which must be accepted. */
const file = (changes: ReadonlyArray<Change>, start: FileState.FileState = FileState.empty): FileState.FileState => {
  const { next, statuses } = made(start, changes)
  expect(statuses).toEqual(changes.map(() => "applied"))
  return next
}

/** Both ways, by way of the actor's rules. */
const expectThereAndBack = (from: FileState.FileState, to: FileState.FileState): ReadonlyArray<Change> => {
  const there = restored(from, to.document)
  const back = restored(there.next, from.document)
  expect([...there.statuses, ...back.statuses].filter((status) => status !== "applied")).toEqual([])
  expect(visibleDigest(there.next.document)).toBe(visibleDigest(to.document))
  expect(visibleDigest(back.next.document)).toBe(visibleDigest(from.document))
  return there.changes
}

const create = (objectId: string, parentId: string | null = null, orderKey = "a0", properties = {}): Change =>
  ({ operationType: "create", objectId, objectType: "group", properties, parentId, orderKey })
const move = (objectId: string, parentId: string | null, orderKey = "a0"): Change =>
  ({ operationType: "move", objectId, parentId, orderKey, exact: true })
const update = (objectId: string, propertyPath: string, newValue: Operation.Update["newValue"]): Change =>
  ({ operationType: "update", objectId, propertyPath, newValue })
const remove = (objectId: string): Change => ({ operationType: "delete", objectId })
const restore = (objectId: string): Change => ({ operationType: "restore", objectId })

test("V2: two objects that swapped places in the tree swap back, the upper one first", () => {
  const before = file([create("a"), create("b", "a")])
  const after = file([move("b", null), move("a", "b")], before)
  expect(expectThereAndBack(before, after)).toEqual([move("b", null), move("a", "b")])
})

test("V2: objects swap places around one that stays under its parent", () => {
  const before = file([create("a"), create("b", "a"), create("c", "b")])
  const after = file([move("b", null), move("a", "c")], before)
  expect(expectThereAndBack(before, after)).toEqual([move("b", null), move("a", "c")])
})

test("V2: a chain of thousands of objects is turned upside down and back", () => {
  const depth = 5_000
  const chain = (ids: ReadonlyArray<string>): Document.Document =>
    Document.empty.edit((draft) => {
      ids.forEach((id, index) => {
        const operation = toOperation(create(id, ids[index - 1] ?? null), id, 1)
        draft.write(id, Operation.writesOf(operation), { timestamp: 1, clientId: "A", counter: index + 1 })
      })
    })
  const ids = Array.from({ length: depth }, (_, index) => `o${index}`)
  const [down, up] = [chain(ids), chain(ids.toReversed())]
  const changes = difference(down, up)
  expect(changes.map(({ objectId }) => objectId)).toEqual(ids.toReversed())
  const turned = down.edit((draft) => {
    changes.forEach((change, index) => {
      // What is above is where it stays, so following the parents to the root meets every earlier one and no other.
      const parentId = "parentId" in change ? change.parentId : undefined
      expect(parentId).toBe(changes[index - 1]?.objectId ?? null)
      draft.write(change.objectId, Operation.writesOf(toOperation(change, "", 2)), { timestamp: 2, clientId: "A", counter: index + 1 })
    })
  })
  expect(difference(turned, up)).toEqual([])
  expect(difference(turned, down)).toHaveLength(depth)
})

test("V2: a chain hung under another root half way down goes back", () => {
  const before = file([create("r"), ...Array.from({ length: 100 }, (_, index) => create(`c${index}`, index === 0 ? null : `c${index - 1}`, "a1"))])
  const after = file([move("c50", "r"), move("c0", "c99")], before)
  expectThereAndBack(before, after)
})

test("V1: objects in a parent that was deleted and moved come out of it, and go back", () => {
  const before = file([create("p"), create("q", null, "a1"), create("c", "p"), create("d", "p", "a1")])
  const after = file([move("c", "q"), remove("p"), update("d", "name", "kept")], before)
  expect(expectThereAndBack(before, after)).toEqual([remove("p"), move("c", "q"), update("d", "name", "kept")])
})

test("V1: siblings with equal keys keep them, also those that are created, by a move that says so", () => {
  const before = file([create("a")])
  const after = file([create("b"), move("b", null), create("c"), move("c", null)], before)
  expect(expectThereAndBack(before, after)).toEqual([create("b"), move("b", null), create("c"), move("c", null)])
  expect(expectThereAndBack(FileState.empty, after)).toEqual([create("a"), create("b"), move("b", null), create("c"), move("c", null)])
})

test("V1: what is created in the place of what goes away needs no second change", () => {
  const now = file([create("old"), create("left", null, "a1")])
  const then = file([create("new"), create("newer", null, "a1")])
  expect(expectThereAndBack(now, then)).toEqual([remove("left"), remove("old"), create("new"), create("newer", null, "a1")])
})

test("V1: an object that was deleted, edited and moved since comes back with its properties and place, others are cleared", () => {
  const before = file([create("p"), create("o", "p", "a3", { x: 1, "data.k": { a: [1] } })])
  const after = file([update("o", "x", 2), update("o", "data.k", null), update("o", "y", 5), move("o", null, "a1"), remove("o")], before)
  const back = difference(after.document, before.document)
  expect(back).toEqual([move("o", "p", "a3"), update("o", "x", 1), update("o", "data.k", { a: [1] }), update("o", "y", null), restore("o")])
  expectThereAndBack(before, after)
})

test("V1: of what was made since, the outermost is deleted, and comes back as a whole", () => {
  const before = file([create("p")])
  const after = file([create("f", "p"), create("g", "f"), create("h", "g")], before)
  expect(difference(after.document, before.document)).toEqual([remove("f")])
  const undone = file(difference(after.document, before.document), after)
  expect(difference(undone.document, after.document)).toEqual([restore("f")])
})

test("V1: a property that was cleared and one that was never set are the same", () => {
  const bare = file([create("o")])
  const cleared = file([update("o", "name", null)], bare)
  expect(difference(bare.document, cleared.document)).toEqual([])
  expect(visibleDigest(cleared.document)).toBe(visibleDigest(bare.document))
})

test("V1: an object with more properties than fit into a create gets the others by updates", () => {
  const many = Array.from({ length: 300 }, (_, index) => update("o", `data.k${index}`, index))
  const changes = expectThereAndBack(FileState.empty, file([create("o"), ...many]))
  expect(changes.map(({ operationType }) => operationType)).toEqual(["create", ...Array.from({ length: 44 }, () => "update")])
})

test("V1: objects that are deleted in a file that this one knows nothing of are created and deleted", () => {
  const other = file([create("a"), create("b"), remove("a"), remove("b")])
  expect(expectThereAndBack(FileState.empty, other)).toEqual([create("a"), remove("a"), create("b", null, "a1"), remove("b")])
})
