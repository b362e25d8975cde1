import { type Change, Checkpoint, difference, digest, Document, toOperation, validateOperation, visibleBytes, visibleDigest } from "@easel/document"
import { wireNewValue } from "@easel/protocol"
import * as fc from "fast-check"
import { expect, test } from "vitest"
import { runs } from "../../harness/arbitraries.ts"
import { made, objectsIn, pair, registerOf, restored, states } from "./versions.ts"

const visible = (document: Document.Document): string => Buffer.from(visibleBytes(document)).toString("utf8")

test("V1 V2: the difference makes readers of one state see the other, and none of its changes is refused or in vain", () => {
  fc.assert(
    fc.property(pair, ({ from, to }) => {
      const { next, statuses } = restored(from, to.document)
      expect(statuses).toEqual(statuses.map(() => "applied"))
      expect(visible(next.document)).toBe(visible(to.document))
      expect(visibleDigest(next.document)).toBe(visibleDigest(to.document))
    }),
    runs(3000)
  )
})

test("V1: afterwards every object of the other state is as it is there, and what is only in the first is hidden", () => {
  fc.assert(
    fc.property(pair, ({ from, to }) => {
      const { next: { document } } = restored(from, to.document)
      const wanted = objectsIn(to.document)
      const objects = objectsIn(document)
      for (const [id, text] of wanted) expect(objects.get(id)).toBe(text)
      for (const object of document.all()) if (!wanted.has(object.id)) expect(Document.isVisible(document, object)).toBe(false)
    }),
    runs(3000)
  )
})

test("V1: states that readers cannot tell apart have no difference, whether or not they share memory", () => {
  fc.assert(
    fc.property(pair, ({ from, to }) => {
      const { next } = restored(from, to.document)
      expect(difference(from.document, from.document)).toEqual([])
      expect(difference(from.document, Checkpoint.decode([...Checkpoint.encode(from.document)].join("")))).toEqual([])
      expect(difference(next.document, to.document)).toEqual([])
    }),
    runs(1000)
  )
})

test("V1: the difference back undoes it: everything is as it was, and what was created is deleted", () => {
  fc.assert(
    fc.property(pair, ({ from, to }) => {
      const { next } = restored(from, to.document)
      const { next: back, statuses } = restored(next, from.document)
      expect(statuses).toEqual(statuses.map(() => "applied"))
      expect(visible(back.document)).toBe(visible(from.document))
      const objects = objectsIn(back.document)
      for (const [id, text] of objectsIn(from.document)) expect(objects.get(id)).toBe(text)
    }),
    runs(2000)
  )
})

test("V1 D9: going back in a file's history gives the digest of then, but for objects made since and cleared properties", () => {
  fc.assert(
    fc.property(states, fc.nat(), (all, at) => {
      const { document: then } = all[at % all.length] ?? { document: Document.empty }
      const now = all.at(-1)
      if (now === undefined) return
      const { next: { document } } = restored(now, then)
      const sinceThen = Array.from(document.all()).some(({ id }) => then.get(id) === undefined)
      const cleared = Array.from(document.all()).some((object) => object.values.includes(null))
      if (!sinceThen && !cleared) expect(digest(document)).toBe(digest(then))
    }),
    runs(1000)
  )
})

test("V2: each register is changed at most once, and what is created is moved only where a sibling had its key", () => {
  fc.assert(
    fc.property(pair, ({ from, to }) => {
      const changes = difference(from.document, to.document)
      expect(new Set(changes.map(registerOf)).size).toBe(changes.length)
      for (const change of changes) expect(validateOperation(onTheWire(change))).not.toHaveProperty("_tag")
      let state = from
      changes.forEach((change, index) => {
        const isCreated = changes.some(({ objectId, operationType }) => operationType === "create" && objectId === change.objectId)
        if (isCreated && change.operationType === "move") {
          expect(changes[index - 1]).toMatchObject({ operationType: "create", objectId: change.objectId })
          expect(state.document.orderKeyTaken(change.parentId, change.orderKey, (id) => id !== change.objectId)).toBe(true)
        }
        state = made(state, [change]).next
      })
    }),
    runs(1000)
  )
})

test("V2: unrelated files that know an object by different types differ in no change that would be refused", () => {
  fc.assert(
    fc.property(pair, fc.constantFrom("rectangle", "line", "instance"), ({ from, to }, type) => {
      const other = to.document.edit((draft) => {
        for (const object of to.document.all()) {
          if (object.id < "o4") draft.write(object.id, [{ path: "type", value: type }, { path: type === "line" ? "x1" : "name", value: type === "line" ? 7 : "b" }], { timestamp: 9e9, clientId: "A", counter: 1 })
        }
      })
      const { statuses } = restored(from, other)
      expect(statuses).toEqual(statuses.map(() => "applied"))
    }),
    runs(1000)
  )
})

/** As an editor would send it. */
const onTheWire = (change: Change): unknown => {
  const operation = toOperation(change, "id", 1)
  return { ...operation, newValue: wireNewValue(operation) }
}
