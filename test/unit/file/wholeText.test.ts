import { type DesignObject, digest, Document, finish, inPaintOrder } from "@easel/document"
import { expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as fc from "fast-check"
import { encodeSnapshot } from "../../../cluster/file/snapshot.ts"
import { sortSteps } from "../../../cluster/file/sortSteps.ts"
import { wholeSteps } from "../../../cluster/file/wholeText.ts"
import { deliver, log, runs } from "../../harness/arbitraries.ts"
import { documentOf } from "../document/documentFixture.ts"

/** More than one step sorts or places, some in others, deleted here and there, in an order that ids do not have. */
const large = documentOf(Array.from({ length: 5_000 }, (_, index) => [
  deliver({
    id: "c",
    idempotencyKey: "c",
    timestamp: 1,
    objectId: `o${index}`,
    operationType: "create",
    objectType: "text",
    newValue: { text: `中😀"\\${index}` },
    parentId: index % 3 === 0 || index < 30 ? null : `o${index % 30}`,
    orderKey: `a${(index * 7) % 10}`
  }, "A", index + 1),
  ...(index % 11 === 1 ? [deliver({ id: "d", idempotencyKey: "d", timestamp: 2, objectId: `o${index}`, operationType: "delete" }, "A", index + 1)] : [])
]).flat())

const groupsOf = (document: Document.Document, size: number): ReadonlyArray<ReadonlyArray<DesignObject>> => {
  const objects = [...document.held()]
  return Array.from({ length: Math.ceil(objects.length / size) }, (_, group) => objects.slice(group * size, (group + 1) * size))
}

/** Whether each object is reached from the root of the file. */
const hangsTogether = (document: Document.Document): boolean => {
  const reached = (parentId: string | null): number =>
    [...document.children(parentId)].reduce((sum, { id }) => sum + 1 + reached(id), 0)
  return reached(null) === [...document.all()].length
}

it.effect("H2 V12: the text of a whole file is its snapshot with its digest, made without a document; what hangs nowhere is left to the document", () =>
  Effect.gen(function*() {
    let [made, left] = [0, 0]
    for (const document of [Document.empty, large, ...fc.sample(log, 300).map((log) => documentOf(log))]) {
      const whole = finish(wholeSteps("f", "A \"name\"", groupsOf(document, 1 + made % 70)))
      expect(whole !== undefined).toBe(hangsTogether(document))
      if (whole === undefined) left++
      else {
        made++
        const snapshot = yield* encodeSnapshot("f", "A \"name\"", document, { format: "json", encoding: "identity" })
        expect(Buffer.from(whole.body).toString("utf8")).toBe(snapshot.toString("utf8"))
        expect(whole.digest).toBe(digest(document))
      }
    }
    expect(Math.min(made, left)).toBeGreaterThan(10)
    expect(hangsTogether(large)).toBe(true)
    expect([...inPaintOrder(large)].filter(({ hidden }) => hidden).length).toBeGreaterThan(500)
  }))

it("V12: a sort in steps is a stable sort", () => {
  const byFirst = (a: readonly [number, number], b: readonly [number, number]): number => a[0] - b[0]
  fc.assert(
    fc.property(fc.array(fc.nat(50), { maxLength: 20 }), fc.nat(5_000), (numbers, count) => {
      const items = Array.from({ length: count }, (_, index) => [numbers[index % numbers.length] ?? index % 7, index] as const)
      expect(finish(sortSteps(items, byFirst))).toEqual(items.toSorted(byFirst))
      expect([...sortSteps(items, byFirst)].length).toBeGreaterThanOrEqual(Math.ceil(count / 1_000) - 1)
    }),
    runs(100)
  )
})
