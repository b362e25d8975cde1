import { canonicalText, describe, Document, type Json } from "@easel/document"
import * as fc from "fast-check"
import { expect, test } from "vitest"
import { type Delivery, log, runs } from "../../harness/arbitraries.ts"
import { documentOf } from "./documentFixture.ts"

/** What the rule says, looked at register by register. */
const plainly = (from: Document.Document, to: Document.Document) => {
  const isThere = (document: Document.Document, id: string) => document.get(id)?.deleted === false
  const ids = [...new Set([...from.all(), ...to.all()].map(({ id }) => id))].sort()
  const both = ids.filter((id) => isThere(from, id) && isThere(to, id))
  const apart = (id: string, path: string): boolean => canonicalText(from.get(id)?.get(path) ?? null) !== canonicalText(to.get(id)?.get(path) ?? null)
  const changed = both.flatMap((objectId) => {
    const all = new Set([...from.get(objectId)?.paths ?? [], ...to.get(objectId)?.paths ?? []])
    const paths = [...all].filter((path) => !["type", "parent", "_deleted"].includes(path) && apart(objectId, path))
    return paths.length === 0 ? [] : [{ objectId, paths: paths.sort() }]
  })
  return {
    created: ids.filter((id) => !isThere(from, id) && isThere(to, id)),
    deleted: ids.filter((id) => isThere(from, id) && !isThere(to, id)),
    changed,
    moved: both.filter((id) => canonicalText(placeIn(from, id)) !== canonicalText(placeIn(to, id)))
  }
}

const placeIn = (document: Document.Document, id: string): Json => document.get(id)?.get("parent") ?? { parentId: null, orderKey: "a0" }

const pair = fc.tuple(log, fc.nat(30), fc.boolean()).map(([log, at, turned]) => {
  const early = documentOf(log.slice(0, at))
  const late = documentOf(log.slice(at), early)
  return turned ? { from: late, to: early } : { from: early, to: late }
})

test("V4: a description names what was created, deleted, changed and moved, with the values of both sides", () => {
  fc.assert(
    fc.property(pair, ({ from, to }) => {
      const { changed, moved, truncated, ...lists } = describe(from, to, { valueCharsMax: 1e6 })
      const names = { ...lists, changed: changed.map(({ objectId, paths }) => ({ objectId, paths: paths.map(({ path }) => path).sort() })), moved: moved.map(({ objectId }) => objectId) }
      expect(names).toEqual(plainly(from, to))
      expect(truncated).toEqual({ created: 0, deleted: 0, changed: 0, moved: 0 })
      for (const { objectId, paths } of changed) {
        for (const { from: before, path, to: after } of paths) {
          expect([before, after]).toEqual([from.get(objectId)?.get(path) ?? null, to.get(objectId)?.get(path) ?? null])
        }
      }
      for (const { from: before, objectId, to: after } of moved) expect([before, after]).toEqual([placeIn(from, objectId), placeIn(to, objectId)])
    }),
    runs(2000)
  )
})

test("V4: what exceeds the bound is counted, and a long value is left out", () => {
  fc.assert(
    fc.property(pair, fc.nat(3), ({ from, to }, entriesMax) => {
      const all = describe(from, to)
      const few = describe(from, to, { entriesMax })
      const count = ({ changed }: typeof all) => changed.reduce((sum, { paths }) => sum + paths.length, 0)
      for (const list of ["created", "deleted", "moved"] as const) {
        expect(few[list]).toEqual(all[list].slice(0, entriesMax))
        expect(few[list].length + few.truncated[list]).toBe(all[list].length)
      }
      expect(count(few)).toBe(Math.min(entriesMax, count(all)))
      expect(count(few) + few.truncated.changed).toBe(count(all))
    }),
    runs(1000)
  )
  const at = (counter: number, name: string): Delivery => ({
    objectId: "o",
    writes: [{ path: "type", value: "text" }, { path: "name", value: name }],
    stamp: { timestamp: counter, clientId: "A", counter }
  })
  const [short, long] = [documentOf([at(1, "short")]), documentOf([at(1, "x".repeat(1_000))])]
  expect(describe(short, long).changed).toEqual([{ objectId: "o", paths: [{ path: "name", from: "short" }] }])
})
