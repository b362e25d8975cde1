import { EditorFile } from "@easel/client"
import { digest, type ObjectType } from "@easel/document"
import * as fc from "fast-check"
import { expect, test } from "vitest"
import { Undo } from "../../../packages/client/src/Undo.ts"
import { create, deletion, move, restoration, runs, update } from "../../harness/arbitraries.ts"
import { FakeNetwork } from "./FakeNetwork.ts"
import { type Edit, SimulatedEditor } from "./SimulatedEditor.ts"

const fileId = "00000000-0000-4000-8000-000000000000"

/** What the user does, with objects and places by number. */
const own = fc.record({
  by: fc.constant("me" as const),
  type: fc.constantFrom("create", "update", "update", "move", "move", "delete", "restore", "transact", "swap"),
  object: fc.nat(9),
  parent: fc.option(fc.nat(9)),
  path: fc.constantFrom("name", "data.a", "data.b"),
  value: fc.nat(3)
})

const foreign: fc.Arbitrary<Edit & { readonly by: "other" }> = fc.record({
  by: fc.constant("other" as const),
  operation: fc.oneof(create, update, update, move.filter(({ objectId, parentId }) => objectId !== parentId), deletion, restoration)
    .filter((operation) => operation.operationType !== "create" || operation.parentId !== operation.objectId),
  keepPlace: fc.boolean()
})

const pause = fc.record({ by: fc.constant("settle" as const) })

type Own = typeof own extends fc.Arbitrary<infer A> ? A : never

const makeWorld = async () => {
  const network = new FakeNetwork()
  const file = new EditorFile({ url: "http://easel", fileId, userId: "me", WebSocket: network.WebSocket })
  const other = new SimulatedEditor("other", 300, network.server)
  other.connect(true, 0)
  await network.settle()
  const otherEdits = async (edit: Edit) => {
    while (other.read());
    other.edit(edit)
    other.flush(1)
    if (other.socket !== undefined) network.server.receive([other.socket])
    if (other.socket !== undefined) network.server.acknowledge(other.socket)
    while (other.read());
  }
  return { file, network, otherEdits }
}

const act = (file: EditorFile, { object, parent, path, type, value }: Own): void => {
  const ids = Array.from(file.document.all(), ({ id }) => id)
  const idOf = (index: number) => ids[index % Math.max(1, ids.length)]
  const target = idOf(object)
  const parentId = parent === null ? null : idOf(parent) ?? null
  const kinds: ReadonlyArray<ObjectType> = ["group", "text", "frame"]
  if (type === "create") return void file.create(kinds[value] ?? "group", { "data.a": value }, { parentId })
  if (target === undefined) return
  if (type === "update") return file.update(target, { [path]: path === "name" ? `n${value}` : value })
  if (type === "delete") return file.delete(target)
  if (type === "restore") return file.restore(target)
  if (type === "move") return moveIfPossible(file, target, parentId)
  if (type === "swap") return swapEnds(file, parentId)
  file.transact(() => {
    file.update(target, { name: `first ${value}` })
    const id = file.create("group", {}, { parentId: null, place: value === 0 ? "first" : "last" })
    moveIfPossible(file, target, value === 1 ? id : parentId)
    file.update(target, { name: `second ${value}` })
    if (value === 2) file.delete(target, id)
  })
}

/** One step in which an object takes the very key that another has just left. */
const swapEnds = (file: EditorFile, parentId: string | null): void =>
  file.transact(() => {
    const children = Array.from(file.document.children(parentId), ({ id }) => id)
    const [first, last] = [children[0], children.at(-1)]
    if (first === undefined || last === undefined || first === last) return
    file.move(first, parentId, "last")
    file.move(last, parentId, "first")
  })

const moveIfPossible = (file: EditorFile, objectId: string, parentId: string | null): void => {
  try {
    file.move(objectId, parentId)
  } catch (error) {
    if (!(error instanceof Error) || !error.message.includes("into itself")) throw error
  }
}

test("C4: n undos and n redos change nothing, whoever edited in between", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.oneof({ weight: 4, arbitrary: own }, { weight: 3, arbitrary: foreign }, { weight: 2, arbitrary: pause }), { maxLength: 30, size: "max" }), fc.integer({ min: 1, max: 15 }), fc.boolean(), async (actions, count, isPatient) => {
      const { file, network, otherEdits } = await makeWorld()
      for (const action of actions) {
        if (action.by === "me") act(file, action)
        else if (action.by === "other") await otherEdits(action)
        else await network.settle()
      }
      await network.settle()
      const before = digest(file.document)
      for (const change of [() => file.undo(), () => file.redo()]) {
        for (let time = 0; time < count; time++) {
          change()
          if (isPatient) await network.settle()
        }
      }
      expect(digest(file.document)).toBe(before)
      await network.settle()
      expect([file.status.waiting, digest(file.document), file.digest()]).toEqual([0, before, before])
      expect(digest(network.server.document)).toBe(before)
      file.close()
    }),
    runs(600)
  )
})

test("C4: a place that somebody took meanwhile is shared, not lost", async () => {
  const { file, network, otherEdits } = await makeWorld()
  const moved = file.create("group")
  file.create("group")
  file.move(moved, null)
  const place = file.document.get(moved)?.parent
  file.delete(moved)
  await network.settle()
  const common = { id: "o1", idempotencyKey: "o1", timestamp: 0, objectId: "o1", newValue: {} }
  const newcomer: Edit["operation"] = { ...common, operationType: "create", objectType: "group", parentId: null, orderKey: place?.orderKey ?? "" }
  await otherEdits({ operation: newcomer, keepPlace: true })
  await network.settle()
  const before = digest(file.document)
  for (const change of [() => file.undo(), () => file.undo(), () => file.redo(), () => file.redo()]) {
    change()
    await network.settle()
  }
  expect(file.document.get(moved)?.parent).toEqual(place)
  expect([digest(file.document), digest(network.server.document)]).toEqual([before, before])
  file.close()
})

test("C4: undo touches only the registers that the editor wrote itself", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.oneof({ weight: 2, arbitrary: own }, { weight: 3, arbitrary: foreign }), { maxLength: 25, size: "max" }), async (actions) => {
      const { file, network, otherEdits } = await makeWorld()
      const mine = new Set<string>()
      file.on("change", ({ objectIds, origin }) => {
        if (origin === "local") for (const id of objectIds ?? []) mine.add(id)
      })
      for (const action of actions) {
        if (action.by === "me") act(file, action)
        else if (action.by === "other") await otherEdits(action)
      }
      await network.settle()
      const others = () => Array.from(file.document.all()).filter(({ id }) => !mine.has(id))
      const before = others()
      while (file.canUndo) file.undo()
      await network.settle()
      expect(others()).toEqual(before)
      file.close()
    }),
    runs(300)
  )
})

test("C4: alone, undoing everything leaves nothing to be seen, and redoing everything brings all of it back", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(own, { maxLength: 20, size: "max" }), async (actions) => {
      const { file, network } = await makeWorld()
      for (const action of actions) act(file, action)
      await network.settle()
      const before = digest(file.document)
      while (file.canUndo) file.undo()
      await network.settle()
      expect(Array.from(file.document.all()).filter(({ deleted }) => !deleted)).toEqual([])
      while (file.canRedo) file.redo()
      await network.settle()
      expect(digest(file.document)).toBe(before)
      file.close()
    }),
    runs(500)
  )
})

test("C4: a new change ends all redo, and a thousand steps are kept", () => {
  const undo = new Undo()
  const step = (objectId: string) => [{ operationType: "delete", objectId } as const]
  for (let index = 0; index < 1_500; index++) undo.record(step(`o${index}`))
  let undone = 0
  let last: ReturnType<typeof step> | undefined
  while (undo.canUndo) {
    last = undo.undo((changes) => changes).length === 1 ? step("seen") : undefined
    undone++
  }
  expect([undone, last]).toEqual([1_000, step("seen")])
  expect([undo.canUndo, undo.canRedo]).toEqual([false, true])
  expect(undo.redo((changes) => changes)).toEqual(step("o500"))
  undo.record(step("new"))
  expect(undo.canRedo).toBe(false)
  expect(undo.undo((changes) => changes)).toEqual(step("new"))
})
